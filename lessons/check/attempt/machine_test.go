package attempt

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"duplex/lessons/check"
	"duplex/lessons/check/program"
)

// What the go command says of a program, and what it says of a machine.
func TestWhoseTrouble(t *testing.T) {
	for output, want := range map[string]bool{
		"# m/echo\n./main.go:3:15: undefined: x\n":                                                                true,
		"# m/echo\n.\\main.go:3:15: undefined: x\n":                                                               true,
		"main.go:3:8: package m/zzz is not in std (/usr/local/go/src/m/zzz)\n":                                    true,
		"# m/echo\n./main.go:2:6: \"out of memory\" (untyped string constant) is not used\n./a.go:1:1: x":         true,
		"found packages two (b.go) and main (main.go) in /w/echo\n":                                               true,
		"package m/echo\n\timports m/echo/a from main.go\n\timports m/echo from a.go: import cycle not allowed\n": true,
		"package m/echo: build constraints exclude all Go files in /w/echo\n":                                     true,
		"# m/echo\nruntime.main_main·f: function main is undeclared in the main package\n":                        true,

		"# m/echo\n/usr/local/go/pkg/tool/linux_amd64/link: open x.exe: no space left on device\n": false,
		"main.go:3:8: could not import fmt (open /c/fmt.a: no space left on device)\n":             false,
		"# fmt\n/usr/local/go/pkg/tool/linux_amd64/compile: signal: killed\n":                      false,
		"go: go.mod requires go >= 1.26.0 (running go 1.22.1; GOTOOLCHAIN=local)\n":                false,
		"go: creating work dir: mkdir /tmp/go-build1: permission denied\n":                         false,
		"": false,
	} {
		if ofProgram(output) != want {
			t.Errorf("of the program: %v, want %v:\n%s", !want, want, output)
		}
	}
}

// A machine that can't build or start a program says nothing of it.
func TestMachineTrouble(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the go command of this test is a shell script, and no program ends by a signal")
	}
	killed := folder(t, map[string]string{"main.go": "package main\n\nimport \"os\"\n\nfunc main() {\n\tp, _ := os.FindProcess(os.Getpid())\n\tp.Kill()\n\tselect {}\n}\n"})
	gone := folder(t, map[string]string{"main.go": answers("200")})
	p, err := Prepare(t.Context(), gone)
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(gone.Exe)
	full := folder(t, map[string]string{"main.go": answers("200")})
	outcomes := map[string]Outcome{
		"something else ended it": Run(t.Context(), killed, script(t), check.Options{}),
		"no such file":            p.Check(t.Context(), script(t), check.Options{}),
	}
	fakeGo(t, "echo 'link: no space left on device'; exit 1")
	outcomes["no space left on device"] = Run(t.Context(), full, script(t), check.Options{})
	for words, o := range outcomes {
		if o.Verdict() != check.Inconclusive || !strings.Contains(o.Words(), words) || !strings.Contains(o.Words(), "says nothing of the program") {
			t.Errorf("%s: %s, %q", words, o.Verdict(), o.Words())
		}
	}
}

// fakeGo puts another go command in place of the real one.
func fakeGo(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// The go command builds a package that is not main, too, but to no program.
func TestNotPackageMain(t *testing.T) {
	o := Run(t.Context(), folder(t, map[string]string{"main.go": "package echo\n\nfunc main() {}\n"}), script(t), check.Options{})
	var b *program.BuildError
	if o.Verdict() != check.Fail || !errors.As(o.Err, &b) || !strings.Contains(o.Words(), "write package main") {
		t.Errorf("%s, %q", o.Verdict(), o.Words())
	}
}
