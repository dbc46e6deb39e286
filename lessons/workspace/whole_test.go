package workspace

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

const vendoredFile = "vendor/github.com/gorilla/websocket/conn.go"

// What a learner's own module adds to go.mod and to what lists the vendored
// code, where another folder takes the module's place.
const (
	ownRequire = "\nrequire example.com/own v1.2.3\n\nreplace example.com/own => ../own\n"
	ownList    = "# example.com/own v1.2.3 => ../own\n## explicit; go 1.26\nexample.com/own\n# example.com/own => ../own\n"
)

// TestInterrupted: where a folder stands in a file's place, as any error might,
// the workspace is none until another Write has come to its end. That has a
// learner's module still.
func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	for _, begun := range []string{"anew", "in a workspace that is there"} {
		in := at(vendoredFile)
		if err := errors.Join(os.RemoveAll(in), os.MkdirAll(filepath.Join(in, ".DS_Store"), 0o755)); err != nil {
			t.Fatal(err)
		}
		if begun == "anew" {
			write(t, at("go.mod"), goMod())
		} else {
			write(t, at("go.mod"), []byte(string(goMod())+ownRequire))
			write(t, at(marker), []byte(content(t, at(marker))+ownList))
		}
		if _, err := Write(dir, exercise("one\n")); err == nil {
			t.Fatalf("%s: no error", begun)
		}
		if is, err := Open(dir); is || err != nil {
			t.Errorf("%s, in part: %v, %v", begun, is, err)
		}
		if err := os.RemoveAll(in); err != nil {
			t.Fatal(err)
		}
		rewrite(t, dir, "one\n")
		if is, err := Open(dir); !is || err != nil || content(t, in) == "" {
			t.Errorf("%s, then: %v, %v", begun, is, err)
		}
		if _, err := os.Stat(at(aside)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %s stays: %v", begun, aside, err)
		}
	}
	if got, want := content(t, at(marker)), string(vendored()["modules.txt"])+ownList; got != want {
		t.Errorf("%s is\n%s\nwant\n%s", marker, got, want)
	}
}

// TestVendored: what is vendored is made as it is to be, and nothing is touched
// that is so already.
func TestVendored(t *testing.T) {
	dir := t.TempDir()
	rewrite(t, dir, "one\n")
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	marked := filepath.Join(dir, filepath.FromSlash(marker))
	if err := os.Chtimes(marked, old, old); err != nil {
		t.Fatal(err)
	}
	rewrite(t, dir, "one\n")
	if info, err := os.Stat(marked); err != nil || !info.ModTime().Equal(old) {
		t.Errorf("written anew for nothing: %v, %v", info.ModTime(), err)
	}
	file, stray := filepath.Join(dir, filepath.FromSlash(vendoredFile)), filepath.Join(dir, "vendor", "a", "b", "stray.go")
	write(t, file, []byte("changed"))
	write(t, stray, []byte("package stray\n"))
	rewrite(t, dir, "one\n")
	if content(t, file) != string(vendored()[strings.TrimPrefix(vendoredFile, "vendor/")]) {
		t.Error("a changed file stays changed")
	}
	if _, err := os.Stat(filepath.Join(dir, "vendor", "a")); err == nil {
		t.Error("a stray file stays")
	}
}

// TestGoMod: a go.mod that the learner has changed keeps what it requires more,
// and vendor has it still; what it requires of ours is what is vendored.
func TestGoMod(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	rewrite(t, dir, "one\n")
	const require, list = "\nrequire example.com/other v1.0.0\n" + ownRequire, "# example.com/other v1.0.0\n## explicit\n" + ownList
	mod := strings.Replace(string(goMod()), "github.com/gorilla/websocket v1", "github.com/gorilla/websocket v0", 1)
	write(t, at("go.mod"), []byte(mod+require))
	write(t, at(marker), []byte(content(t, at(marker))+list))
	write(t, at("vendor/example.com/own/own.go"), []byte("package own\n"))
	write(t, at("vendor/duplex/stray.go"), []byte("package stray\n"))
	write(t, at(startersDir+"/go.mod"), []byte("module workspace\n\ngo 1.25\n"))
	w := rewrite(t, dir, "one\n")
	if got, want := content(t, at("go.mod")), string(goMod())+require; got != want {
		t.Errorf("go.mod is\n%s\nwant\n%s", got, want)
	}
	if got, want := content(t, at(marker)), string(vendored()["modules.txt"])+list; got != want {
		t.Errorf("%s is\n%s\nwant\n%s", marker, got, want)
	}
	if !slices.Contains(w.Kept, "go.mod") || len(w.Changes) != 1 || w.Changes[0].File != "go.mod" {
		t.Errorf("kept %v, changes %v", w.Kept, w.Changes)
	}
	if _, err := os.Stat(at("vendor/duplex/stray.go")); err == nil || content(t, at("vendor/example.com/own/own.go")) == "" {
		t.Errorf("a stray file of ours stays, or the learner's is gone: %v", err)
	}
	gotool(t, dir, "build", "-mod=vendor", "example.com/own")
	write(t, at("go.mod"), goMod())
	rewrite(t, dir, "one\n")
	if _, err := os.Stat(at("vendor/example.com")); err == nil {
		t.Error("what nobody requires any more stays")
	}
}

// TestRequiring: each module gets its line, once.
func TestRequiring(t *testing.T) {
	list := []byte("# a.com/b v1.5.0\n## explicit; go 1.26\na.com/b\na.com/b/c\n# d v0.0.0\n## explicit\nd\n")
	for mod, want := range map[string]string{
		"module workspace\n": "module workspace\n\nrequire a.com/b v1.5.0\n\nrequire d v0.0.0\n",
		"require a.com/b v1.4.0 // why\r\nrequire d v0.0.0\r\n":           "require a.com/b v1.5.0 // why\r\nrequire d v0.0.0\r\n",
		"require (\n\ta.com/b v1.6.0\n\td v0.0.0\n\ta.com/b/v2 v2.0.0\n)": "require (\n\ta.com/b v1.5.0\n\td v0.0.0\n\ta.com/b/v2 v2.0.0\n)",
		"require a.com/b v1.5.0\nrequire d v0.0.0\nreplace d => ./d\n":    "require a.com/b v1.5.0\nrequire d v0.0.0\nreplace d => ./d\n",
	} {
		if got := string(requiring([]byte(mod), list)); got != want {
			t.Errorf("%q becomes %q, want %q", mod, got, want)
		}
	}
}

// TestInsist: what is in use now is replaced once it is not, or not at all.
func TestInsist(t *testing.T) {
	used := func(err error) bool { return errors.Is(err, syscall.EBUSY) }
	for _, c := range []struct {
		name string
		free time.Duration
		then error
		took time.Duration
	}{
		{"free", 0, nil, 0},
		{"in use for a while", 100 * time.Millisecond, nil, 100 * time.Millisecond},
		{"in use for long", time.Hour, syscall.EBUSY, insistence + pause},
		{"another error", 0, fs.ErrNotExist, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			err := insist(used, func() error {
				if time.Since(began) < c.free {
					return syscall.EBUSY
				}
				return c.then
			})
			if took := time.Since(began); !errors.Is(err, c.then) || took != c.took {
				t.Errorf("%s: %v after %v", c.name, err, took)
			}
		})
	}
}
