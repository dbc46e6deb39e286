// Package sources finds the files that a program of a workspace is built from,
// in the one way of all that build, copy or watch it:
//
//	workspace := os.DirFS(dir)
//	err := sources.Walk(workspace, "echo", func(name string) (sources.Refs, error) {
//		content, err := sources.Part(workspace, name)
//		return sources.RefsOf(name, content), err
//	})
package sources

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// compiled are the endings of what the go command compiles, or gives to the
// tools that it calls.
var compiled = []string{".go", ".s", ".S", ".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx", ".m", ".syso"}

// Is reports whether the go command takes a file for a part of a program.
// It passes over names that begin with _ or a dot, such as the locks and
// temporary files of editors.
func Is(name string) bool {
	return !Hidden(name) && !strings.HasSuffix(name, "_test.go") && slices.Contains(compiled, path.Ext(name))
}

// Hidden reports whether the go command passes over a name.
func Hidden(name string) bool { return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") }

// Refs is what a source file needs besides itself.
type Refs struct {
	Module  string   // in go.mod: the module's path
	Imports []string // paths of packages
	Embeds  []string // patterns of go:embed
}

// RefsOf finds them. A file that does not parse has those up to its mistake.
func RefsOf(name string, content []byte) (r Refs) {
	switch {
	case name == "go.mod":
		for line := range strings.Lines(string(content)) {
			if f := strings.Fields(line); len(f) >= 2 && f[0] == "module" {
				r.Module = strings.Trim(f[1], "\"`")
			}
		}
	case strings.HasSuffix(name, ".go"):
		f, _ := parser.ParseFile(token.NewFileSet(), name, content, parser.ImportsOnly)
		if f == nil {
			return r
		}
		for _, i := range f.Imports {
			p, _ := strconv.Unquote(i.Path.Value)
			r.Imports = append(r.Imports, p)
		}
		r.Embeds = embedsOf(content)
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

// MaxPart is the size in bytes above which no file is read, so that a film that
// is embedded can't fill the memory.
const MaxPart = 8 << 20

// Part is what a file of the workspace brings to a program, for telling it from
// another program: its content, or of one that is larger than MaxPart its size and
// time. What is no ordinary file brings nothing.
func Part(workspace fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(workspace, name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, nil
	case info.Size() > MaxPart:
		return fmt.Append(nil, info.Size(), info.ModTime().UnixNano()), nil
	}
	return fs.ReadFile(workspace, name)
}

// Walk visits the files that the program in the folder dir of a workspace is
// built from: those of its package and of each package of the workspace that it
// imports, with all that they embed, and what says which other modules there
// are. It is the set that the go command would read, and not the whole folder:
// what a program writes there while it runs must not make it another program.
//
// Each is visited once, in an order that depends on nothing but the files; the
// first error of visit ends it. go.mod and vendor/modules.txt are visited
// whether they are there or not. A package that is not there, or can't be
// listed, is left out: the compiler will say so.
func Walk(workspace fs.FS, dir string, visit func(name string) (Refs, error)) error {
	w := walk{fsys: workspace, visit: visit, files: map[string]Refs{}, packages: map[string]bool{}, queue: []string{dir}}
	mod, err := w.once("go.mod")
	if err == nil {
		_, err = w.once("vendor/modules.txt")
	}
	for err == nil && len(w.queue) > 0 {
		dir, w.queue = w.queue[0], w.queue[1:]
		if !w.packages[dir] {
			w.packages[dir] = true
			err = w.pack(dir, mod.Module)
		}
	}
	return err
}

// A walk is the state of Walk. Names are relative to the workspace, with
// slashes.
type walk struct {
	fsys     fs.FS
	visit    func(name string) (Refs, error)
	files    map[string]Refs // that were visited
	packages map[string]bool // that were visited, by their folders
	queue    []string        // folders of packages to come
}

// once visits a file, unless it was visited before: a Go file may be embedded,
// too.
func (w *walk) once(name string) (Refs, error) {
	r, seen := w.files[name]
	if seen {
		return r, nil
	}
	r, err := w.visit(name)
	w.files[name] = r
	return r, err
}

// pack visits the files of one package.
func (w *walk) pack(dir, module string) error {
	entries, _ := fs.ReadDir(w.fsys, dir)
	for _, e := range entries {
		if e.IsDir() || !Is(e.Name()) {
			continue
		}
		r, err := w.once(path.Join(dir, e.Name()))
		for i := 0; i < len(r.Embeds) && err == nil; i++ {
			err = w.embedded(dir, r.Embeds[i])
		}
		if err != nil {
			return err
		}
		for _, p := range r.Imports {
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
	matches, _ := fs.Glob(w.fsys, path.Join(dir, pattern))
	for _, match := range matches {
		err := fs.WalkDir(w.fsys, match, func(name string, e fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil // the compiler will say so
			case name != match && Hidden(e.Name()) && !all && e.IsDir():
				return fs.SkipDir
			case e.IsDir(), name != match && Hidden(e.Name()) && !all:
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
