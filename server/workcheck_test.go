package server

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duplex/lessons/check"
	"duplex/lessons/check/program"
	"duplex/server/workbench"
)

// A check that finds nothing out says why, and whose fault it is.
func TestCheckOfWhatDoesNotServe(t *testing.T) {
	w := working(t)
	w.ask("POST", "/work", `{}`, nil)
	says := func(why string, wants ...string) {
		t.Helper()
		_, said := w.do("POST", "/check/echo", `{"run":true}`, tokenHeader, w.token)
		for _, want := range wants {
			if !strings.Contains(said, want) {
				t.Errorf("%s: no %s in %s", why, want, said)
			}
		}
		if strings.Contains(said, `"type":"step"`) {
			t.Errorf("%s: it has steps: %s", why, said)
		}
	}
	tried := func(why string, want bool) {
		t.Helper()
		if got, err := w.s.tried("echo"); err != nil || got != want {
			t.Errorf("%s: it counts as tried: %v, %v; want %v", why, got, err, want)
		}
		if p, err := w.s.store.Progress(); err != nil || len(p.Exercises["echo"].Steps) > 0 {
			t.Errorf("%s: steps were decided: %+v, %v", why, p.Exercises["echo"], err)
		}
		if err := w.s.store.Reset(); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(w.dir, "echo", "main.go")
	if err := os.WriteFile(file, []byte("package main\n\nfunc main() { println(\"bye\"); panic(1) }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	says("it panics", `{"type":"build","state":"ok"`, `{"type":"failed","error":{"code":"exited","what":"Your program ended before`, `"next":`, `"output":"bye\n`, `{"type":"end","report":{"verdict":"fail"`)
	tried("it panics", true)
	if err := os.WriteFile(file, []byte("package echo\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	says("another package", `{"type":"build","state":"failed"`, `"file":"main.go","line":1,`, `"verdict":"fail"`)
	tried("another package", true)
	if err := os.RemoveAll(w.dir); err != nil {
		t.Fatal(err)
	}
	says("no folder", `{"type":"failed","error":{"code":"no-workspace"`, `"verdict":"inconclusive"`)
	tried("no folder", false)
}

// What the system or the workbench could not do is no fail of the program.
func TestBlames(t *testing.T) {
	build := &program.Failure{Cause: program.TooLong}
	for err, want := range map[error]bool{
		&program.Failure{Cause: program.Exited}:        true,
		&program.Failure{Cause: program.NeverListened}: true,
		&program.Failure{Cause: program.Signaled}:      false,
		build:                        true,
		&workbench.Error{Err: build}: false,
		context.Canceled:             false,
	} {
		if blames(err) != want {
			t.Errorf("%v: %v, want %v", err, !want, want)
		}
	}
}

// A check whose program was ended in between says so, and nothing of it is kept.
func TestCheckThatIsMoot(t *testing.T) {
	w := working(t)
	e := w.s.course().Exercise("echo")
	run := func(moot func() error) string {
		var said strings.Builder
		out := json.NewEncoder(&said)
		w.s.run(t.Context(), e.Script, []stepTitle{{}}, check.Options{Target: "http://127.0.0.1:1"}, moot, func(m any) { _ = out.Encode(m) })
		return said.String()
	}
	gone := &workbench.Error{Code: workbench.Superseded, What: "a", Why: "b", Next: "c"}
	for _, want := range []string{`{"type":"failed","error":{"code":"superseded","what":"a","why":"b","next":"c"},"output":""}`, `{"type":"end","report":{"verdict":"inconclusive"`} {
		if said := run(func() error { return gone }); !strings.Contains(said, want) {
			t.Errorf("no %s in %s", want, said)
		}
	}
	if said := run(func() error { return context.Canceled }); strings.Contains(said, `"end"`) {
		t.Errorf("the server stops, and it says %s", said)
	}
	if tried, err := w.s.tried("echo"); err != nil || tried {
		t.Errorf("it was recorded: %v, %v", tried, err)
	}
	run(counts)
	if tried, err := w.s.tried("echo"); err != nil || !tried {
		t.Errorf("one that counts was not: %v, %v", tried, err)
	}
}
