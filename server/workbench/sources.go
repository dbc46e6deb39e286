package workbench

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// relists is how often the sources are listed anew because one of them went
// away in between. An editor that renames needs one; a link to nothing stays.
const relists = 10

// compiled are the endings of what the go command compiles, or gives to the
// tools that it calls.
var compiled = []string{".go", ".s", ".S", ".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx", ".m", ".syso"}

// source reports whether the go command takes a file for a part of a program.
// It passes over names that begin with _ or a dot, such as the locks and
// temporary files of editors.
func source(name string) bool {
	return !hidden(name) && !strings.HasSuffix(name, "_test.go") && slices.Contains(compiled, path.Ext(name))
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") }

// refs is what a source file needs besides itself.
type refs struct {
	module  string   // in go.mod: the module's path
	imports []string // paths of packages
	embeds  []string // patterns of go:embed
}

// refsOf finds them. A file that does not parse has those up to its mistake.
func refsOf(name string, content []byte) (r refs) {
	switch {
	case name == "go.mod":
		for line := range strings.Lines(string(content)) {
			if f := strings.Fields(line); len(f) >= 2 && f[0] == "module" {
				r.module = strings.Trim(f[1], "\"`")
			}
		}
	case strings.HasSuffix(name, ".go"):
		f, _ := parser.ParseFile(token.NewFileSet(), name, content, parser.ImportsOnly)
		if f == nil {
			return r
		}
		for _, i := range f.Imports {
			p, _ := strconv.Unquote(i.Path.Value)
			r.imports = append(r.imports, p)
		}
		r.embeds = embedsOf(content)
	}
	return r
}

// embedsOf returns the patterns of all go:embed lines.
func embedsOf(content []byte) (patterns []string) {
	for len(content) > 0 {
		_, rest, found := bytes.Cut(content, []byte("//go:embed"))
		if !found {
			break
		}
		line, _, _ := strings.Cut(string(rest), "\n")
		patterns = append(patterns, words(line)...)
		content = rest
	}
	return patterns
}

// words takes a line apart at blanks; a word may stand in quotes.
func words(line string) (list []string) {
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		word, err := strconv.QuotedPrefix(line)
		if err == nil {
			line = line[len(word):]
			word, _ = strconv.Unquote(word)
		} else {
			word = strings.Fields(line)[0]
			line = line[len(word):]
		}
		list = append(list, word)
	}
	return list
}

// A walk goes through the files that a program is built from: those of its
// package and of each package of the workspace that it imports, with all that
// they embed, and what says which other modules there are. It is the set that
// the go command would read, and not the whole folder: what a program writes
// there while it runs must not make it another program.
type walk struct {
	root  string                          // the workspace
	visit func(name string) (refs, error) // name is relative to root, with slashes
	seen  map[string]bool                 // files and folders
	queue []string                        // folders of packages to come
}

// each visits all of them, each once, in an order that depends on nothing but
// the files. A package that is not there, or can't be listed, is left out: the
// compiler will say so.
func (w *walk) each(dir string) error {
	w.seen = map[string]bool{}
	mod, err := w.once("go.mod")
	if err == nil {
		_, err = w.once("vendor/modules.txt")
	}
	w.queue = []string{dir}
	for err == nil && len(w.queue) > 0 {
		dir, w.queue = w.queue[0], w.queue[1:]
		if !w.seen[dir] {
			w.seen[dir] = true
			err = w.pack(dir, mod.module)
		}
	}
	return err
}

func (w *walk) once(name string) (r refs, err error) {
	if w.seen[name] {
		return r, nil
	}
	w.seen[name] = true
	return w.visit(name)
}

// pack visits the files of one package.
func (w *walk) pack(dir, module string) error {
	entries, _ := os.ReadDir(filepath.Join(w.root, filepath.FromSlash(dir)))
	for _, e := range entries {
		if e.IsDir() || !source(e.Name()) {
			continue
		}
		r, err := w.once(path.Join(dir, e.Name()))
		for i := 0; i < len(r.embeds) && err == nil; i++ {
			err = w.embedded(dir, r.embeds[i])
		}
		if err != nil {
			return err
		}
		for _, p := range r.imports {
			if below, ok := strings.CutPrefix(p, module); ok && module != "" && (below == "" || below[0] == '/') {
				w.queue = append(w.queue, path.Join(".", below))
			}
		}
	}
	return nil
}

// embedded visits what a pattern of go:embed names: files, and folders with all
// that is in them.
func (w *walk) embedded(dir, pattern string) error {
	pattern, all := strings.CutPrefix(pattern, "all:")
	matches, _ := fs.Glob(os.DirFS(w.root), path.Join(dir, pattern))
	for _, match := range matches {
		err := fs.WalkDir(os.DirFS(w.root), match, func(name string, e fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil // the compiler will say so
			case name != match && hidden(e.Name()) && !all && e.IsDir():
				return fs.SkipDir
			case e.IsDir(), name != match && hidden(e.Name()) && !all:
				return nil
			}
			_, err = w.once(name)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// key tells the states of a program's sources apart.
func (x *exercise) key() (string, error) {
	for try := 1; ; try++ {
		key, err := x.keyOnce(try < relists)
		if !errors.Is(err, errGone) {
			return key, err
		}
	}
}

var errGone = errors.New("a file that was listed is gone")

// keyOnce is key; strict: a file that is listed must be there.
func (x *exercise) keyOnce(strict bool) (string, error) {
	if _, err := os.ReadDir(x.dir); err != nil {
		return "", err
	}
	h := sha256.New()
	w := walk{root: x.bench.cfg.Dir, visit: func(name string) (refs, error) {
		content, err := x.part(name)
		ours := name == "go.mod" || name == "vendor/modules.txt" // need not be there
		if errors.Is(err, fs.ErrNotExist) {
			if strict && !ours {
				return refs{}, errGone
			}
			err = nil
		}
		fmt.Fprintf(h, "%s\x00%s\x00", name, hash(content))
		return refsOf(name, content), err
	}}
	err := w.each(x.name)
	return hex.EncodeToString(h.Sum(nil)[:8]), err
}

// part is what a file brings to a program; of a very large one only its size
// and time. What is no ordinary file brings nothing.
func (x *exercise) part(name string) ([]byte, error) {
	file := filepath.Join(x.bench.cfg.Dir, filepath.FromSlash(name))
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, nil
	case info.Size() > maxKept:
		return fmt.Append(nil, info.Size(), info.ModTime().UnixNano()), nil
	}
	return os.ReadFile(file)
}

// A piece is how a source file looked, and what it needs.
type piece struct {
	stamp
	refs
}

// moved looks at the sources, and reports whether any has changed since the
// last look, was added or removed. A file is read only when it may have
// changed. It is for look alone.
func (x *exercise) moved() bool {
	now := map[string]piece{}
	w := walk{root: x.bench.cfg.Dir, visit: func(name string) (refs, error) {
		p, ok := x.piece(name)
		if ok {
			now[name] = p
		}
		return p.refs, nil
	}}
	_ = w.each(x.name)
	changed := len(now) != len(x.pieces)
	for name, p := range now {
		changed = changed || p.hash != x.pieces[name].hash
	}
	x.pieces = now
	return changed
}

// piece looks at one source file, which may be gone.
func (x *exercise) piece(name string) (p piece, ok bool) {
	info, err := os.Stat(filepath.Join(x.bench.cfg.Dir, filepath.FromSlash(name)))
	if err != nil {
		return p, false
	}
	p.stamp = stampOf(info)
	if old, known := x.pieces[name]; known && p.same(old.stamp) {
		p.hash, p.refs = old.hash, old.refs
		return p, true
	}
	if content, err := x.part(name); err == nil {
		p.hash, p.refs = hash(content), refsOf(name, content)
	}
	return p, true
}
