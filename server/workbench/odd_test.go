package workbench

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A reset overwrites nothing that is not a version: a file too long to be
// edited here becomes one, and what can't even be read stays.
func TestResetKeepsWhatItOverwrites(t *testing.T) {
	b := open(t)
	long := "package main\n" + strings.Repeat("// a long file\n", MaxFile/10)
	write(t, b, "echo/main.go", long)
	if _, err := b.Reset("echo"); err != nil {
		t.Fatal(err)
	}
	if kept := b.versions(t, "echo", "main.go"); len(kept) < 2 || kept[1] != long {
		t.Errorf("%d versions, none of what was overwritten", len(kept))
	}
	file := filepath.Join(b.Dir(), "echo", "main.go")
	if err := os.WriteFile(file, make([]byte, maxKept+1), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := b.Reset("echo")
	t.Log(fails(t, err, Failed))
	if info, err := os.Stat(file); err != nil || info.Size() != maxKept+1 {
		t.Errorf("what can't be kept was overwritten: %v, %v", info, err)
	}
	if err := errors.Join(os.Remove(file), os.Mkdir(file, 0o755)); err != nil {
		t.Fatal(err)
	}
	_, err = b.Reset("echo")
	t.Log(fails(t, err, Failed))
}

// One file that can't be edited says so itself, and the others are as they were.
func TestOddFiles(t *testing.T) {
	b := open(t)
	write(t, b, "echo/big.go", strings.Repeat("x", MaxFile+1))
	write(t, b, "echo/huge.go", strings.Repeat("x", maxKept+1))
	write(t, b, "echo/latin.go", "package main // caf\xe9\n")
	write(t, b, "echo/control.go", strings.Repeat("\x01", MaxFile))
	place(t, b, "echo/folder.go/inside", "")
	want := map[string]string{"big.go": "larger than 64 KB", "huge.go": "larger than 64 KB", "latin.go": "it is not UTF-8", "control.go": "characters", "folder.go": "it is a folder"}
	if os.Geteuid() != 0 {
		write(t, b, "echo/secret.go", "package main\n")
		if err := os.Chmod(filepath.Join(b.Dir(), "echo", "secret.go"), 0); err != nil {
			t.Fatal(err)
		}
		want["secret.go"] = "chmod u+r echo/secret.go"
	}
	v, err := b.View("echo")
	if err != nil || len(v.Files) != len(want)+1 || v.Files[0].Name != "main.go" || v.Files[0].Problem != "" {
		t.Fatalf("%v, %+v", err, v)
	}
	for _, f := range v.Files[1:] {
		if f.Content != "" || f.Hash != "" || !strings.Contains(f.Problem, want[f.Name]) {
			t.Errorf("%s: hash %q, %q", f.Name, f.Hash, f.Problem)
		}
		t.Log(f.Problem)
		_, err := b.Save("echo", f.Name, Edit{Content: "package main // " + f.Name + "\n", Base: "something"})
		fails(t, err, Failed)
	}
	if kept := b.versions(t, "echo", "big.go"); !slices.Contains(kept, "package main // big.go\n") {
		t.Errorf("what the page had is not among %d versions", len(kept))
	}
}

// What the system says of a file that may not be read is about reading.
func TestNotReadable(t *testing.T) {
	b := open(t)
	x, _ := b.exercise("echo")
	denied := &os.PathError{Op: "open", Path: "main.go", Err: os.ErrPermission}
	if o := x.odd("main.go", held{}, denied); !strings.Contains(o.next, "chmod u+r") {
		t.Errorf("%+v", o)
	}
	if err := fails(t, b.readError("The program can't be built", "echo", denied), Failed); strings.Contains(err.Error(), "written") {
		t.Error(err)
	}
}
