// Package workspace makes a learner's own folder of exercises: an ordinary Go
// module that builds, runs and grades itself with no network, because all it
// needs is vendored into it.
//
//	written, err := workspace.Write("my-exercises", course)
//
// leaves, for every exercise of the course, a folder with the starter, the
// check script and a test:
//
//	go.mod               module workspace, which requires what is vendored
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
	"os"
	"path"
	"path/filepath"
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
	Kept    []string // files of the learner's that differ from the starter
	Left    []string // starters that were left out, as the learner has other files in their place
	Changes []Change // of starters whose file was kept
}

// Write makes a workspace for the course in dir, or brings the one that is
// there up to date. What the learner has changed is never overwritten, in every
// file but an exercise's script and its test and the vendored code of the
// modules that come with the workspace; in a go.mod only the versions of those
// modules are. A folder that holds anything but a workspace is refused.
//
// Each file is put in place whole. A workspace that was made or renewed only in
// part, as when the disk is full, is none for Open until another Write.
func Write(dir string, c *lessons.Course) (*Written, error) {
	if _, err := Open(dir); err != nil {
		return nil, err
	}
	w := &writer{Written: Written{Dir: dir}}
	m := w.begin()
	w.learners("README.md", readFile("README.md"))
	w.learners(".gitignore", readFile("gitignore"))
	for _, l := range c.Lessons {
		for _, e := range l.Exercises {
			w.exercise(e)
		}
	}
	w.finish(m)
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
	w.renew(name, content)
}

// put writes a file, and makes the folder that it is in.
func put(file string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return Replace(file, content, 0o644)
}

func readFile(name string) []byte {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err) // embedded: the compiler saw it
	}
	return b
}
