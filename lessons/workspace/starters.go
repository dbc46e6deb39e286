package workspace

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// What a workspace remembers of the starters, below it.
const (
	// startersDir holds for each of the learner's files the starter that it is
	// measured against: the one it came from, or the newest one that its
	// learner was shown. The go command passes over folders that begin with a
	// dot.
	startersDir = ".duplex/starters"

	// changesDir holds how starters have changed whose files were kept.
	changesDir = ".duplex/changes"
)

// A Change is how a starter has changed whose file the learner has changed, too.
type Change struct {
	File  string // the learner's, which was kept
	Diff  []byte // unified, from the starter as it was to the starter as it is
	Saved string // the file in the workspace that holds Diff
}

// learners writes a file that belongs to the learner as soon as the learner
// changes it. As long as it is what some starter was, it follows the starter.
func (w *writer) learners(name string, starter []byte) {
	if w.err != nil {
		return
	}
	have, err := w.read(name)
	if err != nil {
		w.err = err
		return
	}
	came, err := w.read(path.Join(startersDir, name))
	if err != nil {
		w.err = err
		return
	}
	switch {
	case have == nil && came != nil && w.moved(name):
		w.Left = append(w.Left, name)
	case have == nil:
		w.ours(name, starter)
	case same(have, starter):
	case came != nil && same(have, came):
		w.put(name, starter)
		w.Updated = append(w.Updated, name)
	default:
		w.Kept = append(w.Kept, name)
		w.change(name, came, starter)
	}
	// Last, so that after a crash in between the file is not taken for changed.
	if came == nil || !bytes.Equal(came, starter) {
		w.put(path.Join(startersDir, name), starter)
	}
}

// moved reports whether a Go file that is gone has, it seems, another name now:
// there are others beside it that no starter was.
func (w *writer) moved(name string) bool {
	if path.Ext(name) != ".go" {
		return false // a client is known by its name
	}
	beside, _ := fs.Glob(os.DirFS(w.Dir), path.Join(path.Dir(name), "*.go"))
	return slices.ContainsFunc(beside, func(other string) bool {
		_, err := os.Stat(w.path(path.Join(startersDir, other)))
		return err != nil && !strings.HasSuffix(other, "_test.go")
	})
}

// change shows how the starter of a file that was kept has changed. Of a
// workspace that did not remember its starters nothing can be said.
func (w *writer) change(name string, came, starter []byte) {
	if came == nil || same(came, starter) {
		return
	}
	c := Change{File: name, Saved: path.Join(changesDir, name+".diff")}
	c.Diff = diff.Diff("a/"+name, came, "b/"+name, starter)
	before, err := w.read(c.Saved)
	if err != nil {
		w.err = err
		return
	}
	w.put(c.Saved, append(before, c.Diff...))
	w.Changes = append(w.Changes, c)
}

// read returns a file's content, or nil where there is none.
func (w *writer) read(name string) ([]byte, error) {
	b, err := os.ReadFile(w.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return append([]byte{}, b...), err
}

// put writes a file, whoever it belongs to.
func (w *writer) put(name string, content []byte) {
	if w.err == nil {
		w.err = put(w.path(name), content)
	}
}

// same compares two texts. Line ends are no difference: a system's tools may
// have turned one kind into the other.
func same(a, b []byte) bool { return bytes.Equal(unixLines(a), unixLines(b)) }

func unixLines(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) }
