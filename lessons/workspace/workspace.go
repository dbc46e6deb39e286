// Package workspace makes a learner's own folder of exercises: an ordinary Go
// module that builds, runs and grades itself with no network, because all it
// needs is vendored into it.
//
//	written, err := workspace.Write("my-exercises", course)
//
// leaves, for every exercise of the course, a folder with the starter, the
// check script and a test:
//
//	go.mod               module workspace
//	README.md            how to run, test and check
//	echo/main.go         the starter, the learner's from now on
//	echo/check.txt       what is checked, in words
//	echo/…_test.go       go test ./echo grades it
//	reconnect/main.js    the starter of an exercise for the client
//	vendor/              the WebSocket library and the checker
//	.duplex/starters/    the starters, as the learner's files began
//
// Write again brings all of it up to date but what the learner changed: see
// Written.
package workspace

import (
	"embed"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"duplex/lessons"
)

//go:embed README.md gitignore
var files embed.FS

// Written says what Write did, as slash-separated paths in Dir.
type Written struct {
	Dir     string
	New     []string // files that were not there before, vendored ones left out
	Updated []string // files of the learner's that were an older starter still
	Kept    []string // files of the learner's that differ from the starter, untouched
	Changes []Change // of starters whose file was kept
}

// Write makes a workspace for the course in dir, or brings the one that is
// there up to date. What the learner has changed (in every file of an exercise
// but its script and its test) is never overwritten. A folder that holds
// anything but a workspace is refused. Each file is put in place whole.
func Write(dir string, c *lessons.Course) (*Written, error) {
	if _, err := Open(dir); err != nil {
		return nil, err
	}
	w := &writer{Written: Written{Dir: dir}}
	w.ours("go.mod", goMod())
	w.learners("README.md", readFile("README.md"))
	w.learners(".gitignore", readFile("gitignore"))
	for _, l := range c.Lessons {
		for _, e := range l.Exercises {
			w.exercise(e)
		}
	}
	w.vendor()
	return &w.Written, w.err
}

// A writer writes files below Dir until the first error, which it keeps.
type writer struct {
	Written
	err error
}

func (w *writer) exercise(e *lessons.Exercise) {
	for _, f := range e.Starter {
		name := path.Join(e.Name, path.Base(f.Path))
		if strings.HasSuffix(name, "_test.go") {
			w.ours(name, f.Source)
			continue
		}
		w.learners(name, f.Source)
	}
	w.ours(path.Join(e.Name, "check.txt"), e.ScriptSource)
}

// ours writes a file that the learner has no reason to edit.
func (w *writer) ours(name string, content []byte) {
	if w.err != nil {
		return
	}
	if _, err := os.Stat(w.path(name)); err != nil {
		w.New = append(w.New, name)
	}
	w.err = put(w.path(name), content)
}

// vendor replaces the vendored code as a whole, so that nothing stale is left.
func (w *writer) vendor() {
	if w.err != nil {
		return
	}
	tree := vendored()
	if w.err = os.RemoveAll(w.path("vendor")); w.err != nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		if w.err = put(w.path(path.Join("vendor", name)), tree[name]); w.err != nil {
			return
		}
	}
}

func (w *writer) path(name string) string { return filepath.Join(w.Dir, filepath.FromSlash(name)) }

// put writes a file, and makes the folder that it is in.
func put(file string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return Replace(file, content, 0o644)
}

// Replace writes a file under another name and renames it, so that it is never
// there in part. Its folder must be there.
func Replace(file string, content []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(mode), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

func readFile(name string) []byte {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err) // embedded: the compiler saw it
	}
	return b
}
