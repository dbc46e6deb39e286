package workspace

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// marker is the last file that Write puts in place, and the first that it takes
// away where go.mod or anything vendored is to change. A workspace without it
// may not build: Open says that there is none, and another Write makes it whole.
const marker = "vendor/modules.txt"

// aside is what the marker is to hold, as long as it is away: nothing else tells
// of the modules that the learner has vendored.
const aside = ".duplex/modules.txt"

// begin takes the marker away where the module is not as it is to be, and puts
// go.mod in place.
func (w *writer) begin() (m module) {
	if m, w.err = w.module(); w.err != nil {
		return m
	}
	if !w.holds(m) {
		if m.yours {
			w.renew(aside, m.vendor["modules.txt"])
		}
		w.remove(marker)
	}
	w.ours("go.mod", m.mod)
	return m
}

// holds reports whether the module is there, just as it is to be.
func (w *writer) holds(m module) bool {
	for name, content := range m.vendor {
		if have, err := w.read(path.Join("vendor", name)); err != nil || have == nil || !same(have, content) {
			return false
		}
	}
	have, err := w.read("go.mod")
	return err == nil && have != nil && same(have, m.mod) && len(w.strays(m)) == 0
}

// finish brings the vendored code up to date, file by file, and then puts the
// marker in place.
func (w *writer) finish(m module) {
	for _, name := range w.strays(m) {
		w.remove(path.Join("vendor", name))
	}
	for name, content := range m.vendor {
		if name = path.Join("vendor", name); name != marker {
			w.renew(name, content)
		}
	}
	w.remember(m)
	w.renew(marker, m.vendor["modules.txt"])
	w.remove(aside)
}

// remember does for go.mod what is done for a learner's file.
func (w *writer) remember(m module) {
	if w.err != nil {
		return
	}
	came, err := w.read(path.Join(startersDir, "go.mod"))
	w.err = err
	if m.yours && w.err == nil {
		w.Kept = append(w.Kept, "go.mod")
		w.change("go.mod", came, goMod())
	}
	w.renew(path.Join(startersDir, "go.mod"), goMod())
}

// strays are the files below vendor that are not to be there. What an operating
// system leaves in folders is none.
func (w *writer) strays(m module) (names []string) {
	_ = fs.WalkDir(os.DirFS(w.path("vendor")), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || litter[d.Name()] || m.vendor[name] != nil {
			return nil // what can't be listed can't be removed
		}
		of := func(module string) bool { return name == module || strings.HasPrefix(name, module+"/") }
		if !m.yours || slices.ContainsFunc(m.ours, of) {
			names = append(names, name)
		}
		return nil
	})
	return names
}

// remove removes a file that may be there, and the folders that are empty then.
func (w *writer) remove(name string) {
	if w.err != nil {
		return
	}
	if err := os.Remove(w.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.err = err
		return
	}
	for dir := path.Dir(name); dir != "." && os.Remove(w.path(dir)) == nil; dir = path.Dir(dir) {
	}
}

// renew writes a file, unless it holds that already.
func (w *writer) renew(name string, content []byte) {
	if w.err != nil {
		return
	}
	have, err := w.read(name)
	if err != nil || have == nil || string(have) != string(content) {
		w.put(name, content)
	}
}

func (w *writer) path(name string) string { return filepath.Join(w.Dir, filepath.FromSlash(name)) }
