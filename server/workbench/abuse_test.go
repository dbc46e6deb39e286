package workbench

import (
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"duplex/lessons/check/program"
)

// abusive is the program of testdata that does that harm.
func abusive(t *testing.T, harm string, also ...string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/abuse.go")
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(append([]string{"HARM", harm}, also...)...).Replace(string(text))
}

// tight are limits that a test reaches soon. A busy machine may need a while.
func tight(ready time.Duration) func(*Config) {
	return func(c *Config) {
		c.Limits = program.Limits{Output: 4 << 20, Run: 2 * patience, Processes: 20, Memory: 300 << 20}
		c.Ready = ready
	}
}

// Every program that does harm ends in clear words, and the bench works
// afterwards.
func TestAbuse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	b := open(t, tight(patience))
	for harm, why := range map[string]string{
		"output": "it printed more than 4 MB",
		"forks":  "it had more than 20 processes",
		"memory": "it used more than 300 MB of memory",
		"port":   "another program listens there already",
		"ends":   "exit status 0",
		"panic":  "it panicked (exit status 2)",
	} {
		if runtime.GOOS != "linux" && (harm == "forks" || harm == "memory") {
			continue // nobody looks there
		}
		b.breaks(t, harm, why, "TAKEN", port)
	}
	b.works(t)
}

// A program that never listens is not waited for.
func TestNeverListens(t *testing.T) {
	b := open(t, tight(time.Second))
	for _, harm := range []string{"loop", "silent"} {
		b.breaks(t, harm, "it still ran after 1s, and nothing answered there")
	}
}

// breaks asserts that a program comes to that end.
func (b *Bench) breaks(t *testing.T, harm, why string, also ...string) {
	t.Helper()
	b.save(t, "echo", "main.go", abusive(t, harm, also...))
	w := b.watching(t, "echo")
	if _, err := b.Run("echo"); err != nil {
		t.Fatal(err)
	}
	run := w.state(Broken)
	if run.Why != why || run.What == "" || run.Next == "" {
		t.Errorf("%s: %+v, want %s", harm, run, why)
	}
	t.Logf("%-6s %4d ms: %s: %s. %s", harm, run.Took.Start, run.What, run.Why, run.Next)
}

// works asserts that a good program can be saved and run.
func (b *Bench) works(t *testing.T) {
	t.Helper()
	b.save(t, "echo", "main.go", says)
	if got := answer(t, b.serves(t)); got != "one" {
		t.Errorf("afterwards it answers %q", got)
	}
}

// A program that ignores SIGTERM is stopped all the same, and nothing of it is
// left.
func TestStubborn(t *testing.T) {
	b := open(t)
	b.save(t, "echo", "main.go", abusive(t, "stubborn"))
	url := b.serves(t)
	began := time.Now()
	if run, err := b.Stop("echo"); err != nil || run.State != Idle {
		t.Errorf("%+v, %v", run, err)
	}
	t.Logf("stopped after %d ms", time.Since(began).Milliseconds())
	if _, err := http.Get(url); err == nil {
		t.Error("it still answers")
	}
	b.works(t)
}

// A file that may not be written to is not, and that is said.
func TestReadOnly(t *testing.T) {
	b := open(t)
	file := filepath.Join(b.Dir(), "echo", "main.go")
	if err := os.Chmod(file, 0o444); err != nil {
		t.Fatal(err)
	}
	f := b.file(t, "echo", "main.go")
	_, err := b.Save("echo", "main.go", Edit{Content: says, Base: f.Hash})
	t.Log(fails(t, err, ReadOnly))
	if now := b.file(t, "echo", "main.go"); now.Content != f.Content || !now.ReadOnly {
		t.Errorf("then it is %+v", now)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	b.works(t)
}

// A folder that stands where a file should be is left alone.
func TestFolderInPlaceOfFile(t *testing.T) {
	b := open(t)
	file := filepath.Join(b.Dir(), "echo", "main.go")
	if err := errors.Join(os.Remove(file), os.MkdirAll(filepath.Join(file, "inside"), 0o755)); err != nil {
		t.Fatal(err)
	}
	_, err := b.Save("echo", "main.go", Edit{Content: says})
	t.Log(fails(t, err, Failed))
	t.Log(b.file(t, "echo", "main.go").Problem)
	if err := os.RemoveAll(file); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Save("echo", "main.go", Edit{Content: says}); err != nil {
		t.Errorf("a file that is not there can't be saved: %v", err)
	}
	b.works(t)
}

// On a full disk nothing is saved, and nothing is lost: the file is as it was,
// and nobody is told that a text was kept which was not.
func TestDiskFull(t *testing.T) {
	full := true
	b := open(t, func(c *Config) {
		c.Write = func(file string, content []byte) error {
			if full {
				return &os.PathError{Op: "write", Path: file, Err: syscall.ENOSPC}
			}
			return writeFile(file, content)
		}
	})
	f := b.file(t, "echo", "main.go")
	_, err := b.Save("echo", "main.go", Edit{Content: says, Base: f.Hash})
	t.Log(fails(t, err, DiskFull))
	_, err = b.Reset("echo")
	fails(t, err, DiskFull)
	_, err = b.Save("echo", "main.go", Edit{Content: says, Base: "another"})
	fails(t, err, DiskFull)
	_, err = b.Save("echo", "gone.go", Edit{Content: says, Base: "another"})
	fails(t, err, DiskFull)
	if now := b.file(t, "echo", "main.go"); now != f {
		t.Errorf("then it is %+v", now)
	}
	full = false
	b.works(t)
}

// Who removes the workspace while it is open is told, can make it again, and
// finds the versions of before.
func TestWorkspaceRemoved(t *testing.T) {
	b := open(t)
	w := b.watching(t, "echo")
	b.works(t)
	w.state(Running)
	f := b.file(t, "echo", "main.go")
	if err := os.RemoveAll(b.Dir()); err != nil {
		t.Fatal(err)
	}
	w.until("word that it is gone", func(n News) bool {
		if n.Files != nil && len(*n.Files) > 0 && (*n.Files)[0].Starter {
			t.Error("the starter is told as what the disk has")
		}
		return n.Exists != nil && !*n.Exists && n.Gone && n.Files == nil && n.Names == nil
	})
	if s, v := b.State(t.Context()), b.mustView(t); !s.Gone || !v.Gone || s.Exists || v.Exists {
		t.Errorf("the state is %+v, the view %+v", s, v)
	}
	_, err := b.Save("echo", "main.go", Edit{Content: says + "// more\n", Base: f.Hash})
	t.Log(fails(t, err, NoWorkspace))
	x, _ := b.exercise("echo")
	fails(t, x.folder(), NoWorkspace) // as for a save that was under way
	if _, err := os.Stat(b.Dir()); err == nil {
		t.Error("the folder is there again, unasked")
	}
	_, err = b.Serve(t.Context(), "echo")
	fails(t, err, NoWorkspace)
	if err := b.Make(); err != nil {
		t.Fatal(err)
	}
	if kept := b.versions(t, "echo", "main.go"); len(kept) == 0 || kept[0] != says {
		t.Errorf("kept are %q", kept)
	}
	b.works(t)
}
