package program

import (
	"os"
	"runtime"
	"strings"
)

// passed are the variables that a program gets from this process: where things
// are, and how its user writes. Nobody keeps a secret in them.
var passed = []string{
	"PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ", "LANG", "LANGUAGE", "TERM",
	"XDG_CACHE_HOME", "GOROOT", "GOPATH", "GOCACHE", "GOMODCACHE", "GOTMPDIR", "CGO_ENABLED",
	"SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "TEMP", "TMP", "USERPROFILE", "HOMEDRIVE", "HOMEPATH",
	"LOCALAPPDATA", "APPDATA", "PROGRAMDATA", "PROGRAMFILES", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE",
}

// offline keeps the go command from the network, and from settings that would
// make a build differ between two machines. An empty GOFLAGS would be looked
// up in the file that "go env -w" writes, so that there is none.
var offline = []string{"GOENV=off", "GOFLAGS=", "GOPROXY=off", "GOSUMDB=off", "GOTOOLCHAIN=local", "GOWORK=off"}

// Env is the environment of a learner's program and of the tools that build
// it: what both need of this process's own, and nothing that may be a secret.
func Env() []string {
	var env []string
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if passes(name) {
			env = append(env, pair)
		}
	}
	return append(env, offline...)
}

// ToolEnv is the environment of a go command that takes a fifth less time for a
// program of the exercises: without cgo, which none of them needs but for the
// race detector.
func ToolEnv() []string { return append(Env(), "CGO_ENABLED=0") }

func passes(name string) bool {
	if runtime.GOOS == "windows" {
		name = strings.ToUpper(name)
	}
	for _, p := range passed {
		if name == p {
			return true
		}
	}
	return strings.HasPrefix(name, "LC_")
}
