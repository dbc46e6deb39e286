package workbench

import (
	"os"
	"path/filepath"
	"testing"
)

// A link to a file is that file: its changes are noticed, and a save writes
// what it leads to and leaves the link.
func TestLinkedFile(t *testing.T) {
	b := open(t)
	link := filepath.Join(b.Dir(), "echo", "main.go")
	real := filepath.Join(t.TempDir(), "kept elsewhere.go")
	if err := os.WriteFile(real, []byte("package main // linked\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, link); err != nil {
		t.Skip(err) // Windows asks for a privilege
	}
	b.save(t, "echo", "main.go", says)
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 || string(mustRead(t, real)) != says {
		t.Errorf("the link is %v, %v, and the file holds %q", info, err, mustRead(t, real))
	}
	w := b.watching(t, "echo")
	w.until("first look", func(n News) bool { return n.Files != nil })
	text := "package main // changed there\n"
	if err := os.WriteFile(real, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	w.until("new text", func(n News) bool { return n.Files != nil && (*n.Files)[0].Content == text })
}

// What a file may be read and written by is news, too.
func TestPermissionsAreNews(t *testing.T) {
	b := open(t)
	w := b.watching(t, "echo")
	w.until("first look", func(n News) bool { return n.Files != nil })
	if err := os.Chmod(filepath.Join(b.Dir(), "echo", "main.go"), 0o444); err != nil {
		t.Fatal(err)
	}
	w.until("read-only file", func(n News) bool { return n.Files != nil && (*n.Files)[0].ReadOnly })
}
