package workspace

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// moduleLine begins the go.mod of every workspace; it is how one is known.
const moduleLine = "module workspace\n"

// DefaultDir is where a workspace is made when nobody names another place: the
// folder duplex-exercises in the person's home.
func DefaultDir() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, "duplex-exercises"), nil
}

// litter is what operating systems leave in folders, and is nobody's.
var litter = map[string]bool{".DS_Store": true, "desktop.ini": true, "Thumbs.db": true, ".directory": true}

// Open reports whether a workspace is in dir. Where none is but Write could make
// one, because dir is empty or not there, or holds a workspace in part, it is
// false without an error; a folder that holds anything else is an error for a
// person.
func Open(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return litter[e.Name()] })
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err == nil && bytes.HasPrefix(unixLines(mod), []byte(moduleLine)) {
		_, err := os.Stat(filepath.Join(dir, filepath.FromSlash(marker)))
		return err == nil, nil
	}
	return false, fmt.Errorf("%s holds files that are not a workspace; name a new or an empty folder", dir)
}
