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
