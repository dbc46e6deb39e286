package grade

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"duplex/lessons"
	"duplex/lessons/workspace/sources"
)

// Bounds of what is taken of one exercise. No exercise comes near.
const (
	maxFile  = 1 << 20
	maxBytes = 16 << 20
	maxFiles = 100
	maxSeen  = 1000 // files beside the program
)

// errNothing is that the learner has no such exercise.
var errNothing = errors.New("there is nothing of it in the folder")

// A refusal is why a learner's files are not taken, where that is the
// learner's to mend.
type refusal string

func (r refusal) Error() string { return string(r) }

// A work is what was taken from a learner's folder, by names from there.
type work struct {
	program map[string][]byte // what it is built from
	beside  map[string][]byte // what else a server may read from its folder
}

// take reads an exercise: main.js, or the files that the go command would build
// and what lies beside them. Links are not followed, and what can be no program
// is refused. module is what the workspace's packages are imported by.
func take(dir string, e *lessons.Exercise, module string) (*work, error) {
	t := &taker{exercise: e.Name, module: module, work: work{map[string][]byte{}, map[string][]byte{}}}
	if err := t.open(dir); err != nil {
		return nil, err
	}
	defer t.root.Close()
	if e.Language == lessons.JS {
		_, err := t.take(path.Join(e.Name, e.Main()))
		if errors.Is(err, fs.ErrNotExist) {
			err = errNothing
		}
		return &t.work, err
	}
	if err := sources.Walk(t.root.FS(), e.Name, t.visit); err != nil {
		return nil, err
	}
	if len(t.program) == 0 {
		return nil, errNothing
	}
	t.takeBeside()
	return &t.work, nil
}

// A taker takes one exercise of one learner.
type taker struct {
	work
	root     *os.Root // the learner's folder, which no name leads out of
	exercise string
	module   string
	bytes    int
}

func (t *taker) open(dir string) error {
	info, err := os.Lstat(filepath.Join(dir, t.exercise))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errNothing
	case err == nil && info.Mode()&fs.ModeSymlink != 0:
		return refusal("the folder is a link, and links are not followed")
	case err == nil && !info.IsDir():
		return errNothing
	}
	if err == nil {
		_, err = os.ReadDir(filepath.Join(dir, t.exercise))
	}
	if err == nil {
		t.root, err = os.OpenRoot(dir)
	}
	if err != nil {
		return fmt.Errorf("the folder cannot be read: %w; see to that, and grade again", err)
	}
	return nil
}

// visit takes a file of the program. The module's own are not the learner's.
func (t *taker) visit(name string) (sources.Refs, error) {
	if name == "go.mod" {
		return sources.Refs{Module: t.module}, nil
	}
	if ours(name) {
		return sources.Refs{}, nil
	}
	content, err := t.take(name)
	return sources.RefsOf(name, content), err
}

// ours reports whether a name is one of the workspace that programs are built
// in, as a file system sees it that does not mind capital letters.
func ours(name string) bool {
	top, _, _ := strings.Cut(strings.ToLower(name), "/")
	return top == "vendor" || top == "go.mod" || top == "go.sum"
}

func (t *taker) take(name string) ([]byte, error) {
	short := strings.TrimPrefix(name, t.exercise+"/")
	content, err := t.read(name)
	var no refusal
	switch {
	case errors.As(err, &no):
		return nil, refusal(short + " " + err.Error())
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w; see to that, and grade again", short, err)
	case isText(name) && (bytes.IndexByte(content, 0) >= 0 || !utf8.Valid(content)):
		return nil, refusal(short + " is no text")
	case len(t.program) == maxFiles:
		return nil, refusal(fmt.Sprintf("the program has more than %d files", maxFiles))
	}
	if t.bytes += len(content); t.bytes > maxBytes {
		return nil, refusal(fmt.Sprintf("the program's files have more than %d bytes", maxBytes))
	}
	t.program[name] = content
	return content, nil
}

func isText(name string) bool { return path.Ext(name) == ".go" || path.Ext(name) == ".js" }

// takeBeside takes what else is in the exercise's folder, as far as there is
// room: a page that the server reads while it runs, say.
func (t *taker) takeBeside() {
	seen := 0
	_ = fs.WalkDir(t.root.FS(), t.exercise, func(name string, e fs.DirEntry, err error) error {
		seen++
		switch {
		case seen > maxSeen, len(t.beside) == maxFiles:
			return fs.SkipAll
		case err != nil:
			return nil
		case sources.Hidden(e.Name()) && e.IsDir():
			return fs.SkipDir
		case t.program[name] != nil, sources.Hidden(e.Name()), !e.Type().IsRegular():
			return nil
		}
		content, err := t.read(name)
		if err == nil && t.bytes+len(content) <= maxBytes {
			t.bytes += len(content)
			t.beside[name] = content
		}
		return nil
	})
}

// read reads a regular file. A refusal goes on from the file's name.
func (t *taker) read(name string) ([]byte, error) {
	info, err := t.root.Lstat(name)
	switch {
	case err != nil:
		return nil, err
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, refusal("is a link, and links are not followed")
	case !info.Mode().IsRegular():
		return nil, refusal("is no file")
	}
	f, err := t.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(content) > maxFile {
		err = refusal(fmt.Sprintf("has more than %d bytes", maxFile))
	}
	return content, err
}

// keyOf is the same for the same program of the same exercise, and no other.
func keyOf(exercise string, files map[string][]byte) string {
	h := sha256.New()
	fmt.Fprintln(h, exercise)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%q %d\n%s", name, len(files[name]), files[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// put writes files below a folder, and the folders that they are in.
func put(dir string, files map[string][]byte) error {
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// remove takes away what put has written, with all that is beside it.
func remove(dir string, files map[string][]byte) {
	for name := range files {
		top, _, _ := strings.Cut(name, "/")
		os.RemoveAll(filepath.Join(dir, top))
	}
}

// namesOf are the learners' names: those of their folders, or, where two are
// the same, the paths as they were given.
func namesOf(dirs []string) []string {
	count := map[string]int{}
	names := make([]string, len(dirs))
	for i, dir := range dirs {
		names[i] = filepath.Base(dir)
		if abs, err := filepath.Abs(dir); err == nil {
			names[i] = filepath.Base(abs)
		}
		count[names[i]]++
	}
	for i, dir := range dirs {
		if count[names[i]] > 1 {
			names[i] = filepath.Clean(dir)
		}
	}
	return names
}
