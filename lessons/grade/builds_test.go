package grade

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"duplex/lessons/check"
)

// fakeGo puts a shell script in place of the go command.
func fakeGo(t *testing.T, script string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the go command of this test is a shell script")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// What this machine can't do is no learner's fail.
func TestMachineTrouble(t *testing.T) {
	fakeGo(t, "echo 'link: no space left on device'; exit 1")
	c := run(t, Config{}, class(t, map[string]string{"ada": solution})["ada"])
	g := c.Learners[0].Grades[0]
	if g.Verdict != check.Inconclusive || !strings.Contains(g.Why, "no space left") || c.Verdict() != check.Inconclusive {
		t.Errorf("%s, %q; the class: %s", g.Verdict, g.Why, c.Verdict())
	}
}

// A whole class's programs do not lie in the scratch folder at once, and one
// that is in use does.
func TestProgramsAreRemoved(t *testing.T) {
	fakeGo(t, `while [ "$1" != -o ]; do shift; done; echo built >"$2"`)
	b, err := newBuilder(t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	get := func(source string) (exe string, done func()) {
		t.Helper()
		_, done, err := b.get(t.Context(), "hello", map[string][]byte{"hello/main.go": []byte(source)})
		if err != nil {
			t.Fatal(err)
		}
		return filepath.Join(b.scratch, keyOf("hello", map[string][]byte{"hello/main.go": []byte(source)})+".exe"), done
	}
	there := func(exe string) bool { _, err := os.Stat(exe); return err == nil }
	first, done := get("first")
	for i := range 3 * spare {
		_, done := get(fmt.Sprint(i))
		done()
	}
	if !there(first) {
		t.Error("a program that is in use was removed")
	}
	again, doneAgain := get("first")
	done()
	if !there(again) {
		t.Error("a program that somebody uses still was removed")
	}
	doneAgain()
	if exes, _ := filepath.Glob(filepath.Join(b.scratch, "*.exe")); len(exes) != spare || len(b.built) != spare {
		t.Errorf("%d programs are left, %d are known; want %d", len(exes), len(b.built), spare)
	}
}

// What the machine could not build is tried again for the next who has it.
func TestTriedAgain(t *testing.T) {
	fakeGo(t, "echo 'link: no space left on device'; exit 1")
	b, err := newBuilder(t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"hello/main.go": []byte("x")}
	_, done, err := b.get(t.Context(), "hello", files)
	done()
	if err == nil || len(b.built) != 0 {
		t.Errorf("%v, %d builds are remembered", err, len(b.built))
	}
}

// A program's builds leave nothing for the next one's.
func TestModuleIsLeftClean(t *testing.T) {
	fakeGo(t, `while [ "$1" != -o ]; do shift; done; echo built >"$2"`)
	b, err := newBuilder(t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	_, done, err := b.get(t.Context(), "hello", map[string][]byte{"hello/main.go": nil, "hello/a/b.go": nil, "shared/c.go": nil})
	done()
	module := <-b.modules
	for _, name := range []string{"hello", "shared"} {
		if _, e := os.Stat(filepath.Join(module, name)); e == nil || err != nil {
			t.Errorf("%s is there still; %v", name, err)
		}
	}
	if _, err := os.Stat(filepath.Join(module, "vendor", "modules.txt")); err != nil {
		t.Error(err)
	}
}

// A client that waits for a processor holds no job that a server could have.
func TestClientsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &grader{Config: Config{Jobs: 1}, processors: make(chan struct{}, 1)}
		servers, clients := make([]task, 3), make([]task, 3)
		for i := range servers {
			servers[i].dir = "server"
		}
		g.processors <- struct{}{} // none is free
		left := len(servers)       // one job: one at a time
		g.run(servers, clients, func(one task) {
			if one.dir != "server" {
				if left > 0 {
					t.Error("a client is checked without a processor")
				}
				return
			}
			synctest.Wait() // until the others wait for what they lack
			if left--; left == 0 {
				<-g.processors
			}
		})
		if g.done != len(servers)+len(clients) {
			t.Errorf("%d done", g.done)
		}
	})
}
