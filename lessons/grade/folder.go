package grade

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of what is taken from a learner's folder. No exercise comes near.
const (
	maxFile  = 1 << 20
	maxFiles = 100
)

// errNothing is that the learner has no such exercise.
var errNothing = errors.New("there is nothing of it in the folder")

// take reads the files of an exercise: main.js, or the Go files that are no
// tests. Links are not followed, and what can be no program is refused.
func take(dir, main string) (map[string][]byte, error) {
	if info, err := os.Lstat(dir); err == nil && info.Mode()&os.ModeSymlink != 0 {
		return nil, errors.New("the folder is a link, and links are not followed")
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, errNothing
	}
	if err != nil {
		return nil, fmt.Errorf("the folder cannot be read: %w", err)
	}
	entries = slices.DeleteFunc(entries, func(e os.DirEntry) bool { return !wanted(e.Name(), main) })
	switch {
	case len(entries) == 0:
		return nil, errNothing
	case len(entries) > maxFiles:
		return nil, fmt.Errorf("the folder has %d Go files, and at most %d are taken", len(entries), maxFiles)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if files[e.Name()], err = read(filepath.Join(dir, e.Name())); err != nil {
			return nil, fmt.Errorf("%s %w", e.Name(), err)
		}
	}
	return files, nil
}

// keyOf is the same for the same files, and no other.
func keyOf(files map[string][]byte) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%q %d\n%s", name, len(files[name]), files[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// put writes files to a new folder.
func put(dir string, files map[string][]byte) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for name, source := range files {
		if err := os.WriteFile(filepath.Join(dir, name), source, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// wanted reports whether a file belongs to an exercise that begins in main.
func wanted(name, main string) bool {
	if filepath.Ext(main) == ".js" {
		return name == main
	}
	return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go")
}

// read reads a regular file of text. What is no such file is said so that it
// goes on from the file's name.
func read(file string) ([]byte, error) {
	info, err := os.Lstat(file)
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot be read: %w", err)
	case info.Mode()&os.ModeSymlink != 0:
		return nil, errors.New("is a link, and links are not followed")
	case !info.Mode().IsRegular():
		return nil, errors.New("is no file")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	defer f.Close()
	source, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot be read: %w", err)
	case len(source) > maxFile:
		return nil, fmt.Errorf("has more than %d bytes", maxFile)
	case bytes.IndexByte(source, 0) >= 0 || !utf8.Valid(source):
		return nil, errors.New("is no text")
	}
	return source, nil
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
