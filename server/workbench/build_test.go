package workbench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duplex/lessons/check/program"
)

// What keeps the compiler from its work is no fault of the program: once it has
// passed, the same sources are built.
func TestBuildFailsInPassing(t *testing.T) {
	b := open(t)
	b.save(t, "echo", "main.go", says)
	tmp := t.TempDir()
	t.Setenv("GOTMPDIR", filepath.Join(tmp, "none"))
	for range 2 {
		own, err := b.Serve(t.Context(), "echo")
		if e := fails(t, err, Failed); e.What != "The program was not built" || !strings.Contains(e.Why, "no such file") && !strings.Contains(e.Why, "cannot find") {
			t.Errorf("%+v, %v", own, err)
		}
	}
	if v := b.mustView(t); v.Run.What != "The program was not built" || v.Build.State != Bad || v.Build.Output == "" {
		t.Errorf("the page sees %+v", v)
	}
	t.Setenv("GOTMPDIR", tmp)
	if got := answer(t, b.serves(t)); got != "one" {
		t.Errorf("then it answers %q", got)
	}
}

// A mistake has its place, and is not looked for again.
func TestRefused(t *testing.T) {
	b := open(t)
	x, _ := b.exercise("echo")
	for said, place := range map[string]bool{
		"# workspace/echo\necho/main.go:3:2: undefined: a\n":                true,
		"echo/room/room.go:1:1: expected 'package', found 'EOF'\n":          true,
		"# workspace/echo\n/go/link: signal: killed\n":                      false,
		"# fmt\n/go/src/fmt/print.go:1:1: write: no space left on device\n": false,
		"# x\nvendor/github.com/x/x.go:1:1: no space left on device\n":      false,
	} {
		build, err := x.refused(&program.BuildError{Output: said})
		if (err == nil) != place || build.Problems == nil || build.State != Bad || build.Output != said {
			t.Errorf("%q: %+v, %v", said, build, err)
		}
		if err != nil {
			t.Log(err)
		}
	}
	b.save(t, "echo", "main.go", says)
	write(t, b, "echo/room.go", "package room\n")
	own, err := b.Serve(t.Context(), "echo")
	if err != nil || own.Build.State != Bad || len(own.Build.Problems) != 1 || own.Build.Problems[0].File != "room.go" {
		t.Errorf("two packages: %+v, %v", own, err)
	}
	write(t, b, "echo/room.go", "package main\n")
	b.save(t, "echo", "main.go", "package main\n")
	if own, err := b.Serve(t.Context(), "echo"); err != nil || own.Build.State != Bad || !strings.Contains(own.Build.Output, "main is undeclared") {
		t.Errorf("no main: %+v, %v", own, err)
	}
}

// A program that is no longer there is built again, and one exercise's programs
// are no other's.
func TestBuiltProgramVanishes(t *testing.T) {
	b := open(t, func(c *Config) { c.Data = filepath.Join(filepath.Dir(c.Dir), "data [1]") })
	b.works(t)
	if _, err := b.Stop("echo"); err != nil {
		t.Fatal(err)
	}
	dir, err := b.builds()
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, b.id+"-echo-rooms-0123456789abcdef.exe")
	old := filepath.Join(dir, b.id+"-echo-0123456789abcdef.exe")
	for _, exe := range b.built(t) {
		if err := os.Remove(exe); err != nil {
			t.Fatal(err)
		}
	}
	for _, exe := range []string{other, old} {
		if err := os.WriteFile(exe, nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	b.works(t)
	if built := b.built(t); len(built) != 2 || built[0] != other && built[1] != other {
		t.Errorf("there are %q", built)
	}
}

// built are the programs that are kept.
func (b *Bench) built(t *testing.T) (names []string) {
	t.Helper()
	dir, err := b.builds()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, filepath.Join(dir, e.Name()))
	}
	return names
}
