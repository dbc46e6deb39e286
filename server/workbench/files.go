package workbench

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"duplex/lessons"
	"duplex/lessons/workspace"
	"duplex/lessons/workspace/sources"
)

// MaxFile is the size above which a file is not edited here.
const MaxFile = 64 << 10

// maxKept is the size above which a file is not even read, so that it can't
// become a version. Nobody writes that much by hand.
const maxKept = sources.MaxPart

var (
	errNoFile = errors.New("it is no ordinary file")
	errHuge   = fmt.Errorf("it is larger than %d MB", maxKept>>20)
)

// A File is one file of an exercise that a learner edits.
type File struct {
	Name     string `json:"name"`
	Content  string `json:"content"`  // its lines end in LF, whatever those of the file do
	Hash     string `json:"hash"`     // of the bytes on disk
	Starter  bool   `json:"starter"`  // it is still what the learner began with
	ReadOnly bool   `json:"readonly"` // its permissions forbid to write it

	// Problem says why it can't be read or edited here, and what to do: then
	// there is no content and no hash.
	Problem string `json:"problem,omitempty"`
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:12])
}

// fileName is what a file of an exercise may be called. Tests are not the
// learner's, and the go command passes over files that begin with _ or a dot.
var fileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*\.(go|js|mjs)$`)

func editable(name string) bool {
	return fileName.MatchString(name) && !strings.HasSuffix(name, "_test.go")
}

// starter returns the files that an exercise begins with, the main one first.
func starter(e *lessons.Exercise) []File {
	files := []File{}
	for _, f := range e.Starter {
		if name := path.Base(f.Path); editable(name) {
			files = append(files, File{Name: name, Content: shown(f.Source), Hash: hash(f.Source), Starter: true})
		}
	}
	return files
}

// files reads the exercise's files in the workspace: those of the starter
// first, then what the learner has added, by name. A file of the starter that
// is gone is left out.
func (x *exercise) files() ([]File, error) {
	begun := starter(x.exercise())
	entries, err := os.ReadDir(x.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return []File{}, nil
	}
	if err != nil {
		return nil, err
	}
	files := []File{}
	for _, entry := range entries {
		if !editable(entry.Name()) {
			continue
		}
		if f, err := x.file(entry.Name()); err == nil {
			files = append(files, f) // otherwise it is gone meanwhile
		}
	}
	place := func(f File) int { // ReadDir has sorted the others by name
		if i := slices.IndexFunc(begun, func(s File) bool { return s.Name == f.Name }); i >= 0 {
			return i
		}
		return len(begun)
	}
	slices.SortStableFunc(files, func(a, b File) int { return place(a) - place(b) })
	return files, nil
}

// A held is what the disk holds of a file.
type held struct {
	content  []byte
	hash     string
	readOnly bool
}

// read reads one file, edited here or not.
func (x *exercise) read(name string) (held, error) {
	file := filepath.Join(x.dir, name)
	info, err := os.Stat(file)
	if err != nil {
		return held{}, err
	}
	if !info.Mode().IsRegular() {
		return held{}, &fs.PathError{Op: "read", Path: file, Err: errNoFile}
	}
	if info.Size() > maxKept {
		return held{}, &fs.PathError{Op: "read", Path: file, Err: errHuge}
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return held{}, err
	}
	return held{content: content, hash: hash(content), readOnly: info.Mode().Perm()&0o200 == 0}, nil
}

// writeFile puts a file in place whole. It keeps the permissions of the file
// that was there, and a link to it, wherever it leads: its owner has made it.
func writeFile(file string, content []byte) error {
	if at, err := filepath.EvalSymlinks(file); err == nil {
		file = at
	}
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(file); err == nil {
		mode = info.Mode().Perm()
	}
	return workspace.Replace(file, content, mode)
}
