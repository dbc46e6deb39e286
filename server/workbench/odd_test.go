package workbench

import (
	"errors"
	"os"
	"path/filepath"
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
