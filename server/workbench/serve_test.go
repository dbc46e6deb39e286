package workbench

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// What Stop ends stays ended, also for a check that waits for the build.
func TestStopDuringACheck(t *testing.T) {
	b := open(t)
	building, goOn := slowBuild(t)
	defer goOn()
	served := make(chan error, 1)
	go func() {
		_, err := b.Serve(context.Background(), "echo")
		served <- err
	}()
	building()
	if run, err := b.Stop("echo"); err != nil || run.State != Idle {
		t.Errorf("stopped: %+v, %v", run, err)
	}
	t.Log(fails(t, <-served, Stopped))
	if run := b.mustView(t).Run; run.State != Idle {
		t.Errorf("it was started again: %+v", run)
	}
}

// slowBuild puts a go command in the path that waits before it builds. building
// returns when it does, and goOn lets it.
func slowBuild(t *testing.T) (building, goOn func()) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the go command of this test is a shell script")
	}
	real, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	gate := filepath.Join(dir, "gate")
	if out, err := exec.Command("mkfifo", gate).CombinedOutput(); err != nil {
		t.Skipf("no mkfifo: %v %s", err, out)
	}
	script := fmt.Sprintf("#!/bin/sh\nif [ \"$1\" = build ]; then cat '%s'; fi\nexec '%s' \"$@\"\n", gate, real)
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	var f *os.File
	building = func() {
		if f, err = os.OpenFile(gate, os.O_WRONLY, 0); err != nil { // waits for the reader
			t.Fatal(err)
		}
	}
	return building, func() { f.Close() }
}

// Who uses a program is told when it gives way to another one, and when it is
// stopped; its own end is what a check may find.
func TestFollow(t *testing.T) {
	b := open(t)
	for what, tc := range map[string]struct {
		end  func()
		code Code
	}{
		"a save": {func() { write(t, b, "echo/main.go", strings.ReplaceAll(says, "one", "other")) }, Superseded},
		"a run":  {func() { _, _ = b.Run("echo") }, Superseded},
		"a stop": {func() { _, _ = b.Stop("echo") }, Stopped},
	} {
		b.save(t, "echo", "main.go", says)
		own, err := b.Serve(t.Context(), "echo")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := own.Follow(t.Context())
		if own.Err() != nil || ctx.Err() != nil {
			t.Errorf("before %s it has ended: %v", what, own.Err())
		}
		tc.end()
		<-ctx.Done()
		fails(t, context.Cause(ctx), tc.code)
		fails(t, own.Err(), tc.code)
		cancel()
	}
}

func TestAnEndOfItsOwn(t *testing.T) {
	b := open(t)
	b.save(t, "echo", "main.go", strings.Replace(says, `fmt.Fprint(w, "one")`, `os.Exit(3)`, 1))
	own, err := b.Serve(t.Context(), "echo")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := own.Follow(t.Context())
	defer cancel()
	w := b.watching(t, "echo")
	if res, err := http.Get(own.URL); err == nil {
		res.Body.Close()
	}
	w.state(Ended)
	<-own.session.done
	if ctx.Err() != nil || own.Err() != nil {
		t.Errorf("told as if somebody had ended it: %v", own.Err())
	}
}

// A program that was built from what an editor has saved just now is not
// started anew when that save is noticed.
func TestNoticingIsNoChange(t *testing.T) {
	b := open(t)
	x, err := b.exercise("echo")
	if err != nil {
		t.Fatal(err)
	}
	x.writing.Lock() // nobody looks
	write(t, b, "echo/main.go", says)
	own, err := b.Serve(t.Context(), "echo")
	x.writing.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	b.look()
	x.changed(true)
	if err := own.Err(); err != nil || x.Run().State != Running {
		t.Errorf("it was started anew: %v, %+v", err, x.Run())
	}
}
