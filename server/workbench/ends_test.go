package workbench

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A page gets LF and sends LF; the file keeps its CRLF, also when it is
// formatted, put back or brought back; and versions are what was on disk.
func TestLineEnds(t *testing.T) {
	b := open(t)
	onDisk := func() string { return string(mustRead(t, filepath.Join(b.Dir(), "echo", "main.go"))) }
	theirs := "package main\r\nfunc main() {\r\n}\r\n"
	write(t, b, "echo/main.go", theirs)
	f := b.file(t, "echo", "main.go")
	if f.Content != "package main\nfunc main() {\n}\n" || f.Hash != hash([]byte(theirs)) {
		t.Fatalf("the page gets %+v", f)
	}
	if _, err := b.Save("echo", "main.go", Edit{Content: f.Content, Base: f.Hash}); err != nil || onDisk() != theirs {
		t.Errorf("what was not changed is now %q, %v", onDisk(), err)
	}
	saved := b.save(t, "echo", "main.go", f.Content)
	if want := "package main\n\nfunc main() {\n}\n"; saved.Content != want || onDisk() != strings.ReplaceAll(want, "\n", "\r\n") || saved.Hash != hash([]byte(onDisk())) {
		t.Errorf("formatted: %+v, on disk %q", saved, onDisk())
	}
	_, err := b.Save("echo", "main.go", Edit{Content: "package mine\n", Base: f.Hash})
	if e := fails(t, err, Conflict); e.Theirs.Content != saved.Content || e.Theirs.Hash != saved.Hash {
		t.Errorf("theirs is %+v", e.Theirs)
	}
	if kept := b.versions(t, "echo", "main.go"); !slices.Contains(kept, f.Content) || slices.Contains(kept, theirs) {
		t.Errorf("the page gets the versions %q", kept)
	}
	if kept, _ := filepath.Glob(filepath.Join(b.store.dir("echo", "main.go"), "*"+hash([]byte(theirs)))); len(kept) == 0 || string(mustRead(t, kept[0])) != theirs {
		t.Errorf("no version holds the bytes: %v", kept)
	}
	files, err := b.Reset("echo")
	if err != nil || !files[0].Starter || strings.Contains(files[0].Content, "\r") || !hasCRLF([]byte(onDisk())) {
		t.Errorf("put back: %+v, %v; on disk %q", files, err, onDisk())
	}
	if _, err := b.Save("echo", "more.go", Edit{Content: "package main\r\n"}); err != nil || string(mustRead(t, filepath.Join(b.Dir(), "echo", "more.go"))) != "package main\n" {
		t.Errorf("a new file: %v", err)
	}
}

func TestWithEndsOf(t *testing.T) {
	for _, tc := range []struct{ file, text, want string }{
		{"a\r\nb\r\n", "x\ny", "x\r\ny"},
		{"a\r\nb\r\n", "x\r\ny\rz", "x\r\ny\r\nz"},
		{"a\nb\nc\r\n", "x\ny", "x\ny"},
		{"a", "x\r\n", "x\n"},
		{"", "x\n", "x\n"},
	} {
		if got := string(withEndsOf([]byte(tc.file), tc.text)); got != tc.want {
			t.Errorf("%q in place of %q: %q, want %q", tc.text, tc.file, got, tc.want)
		}
	}
}
