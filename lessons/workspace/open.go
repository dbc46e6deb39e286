package workspace

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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

// Open reports whether a workspace is in dir. Where none is but Write could make
// one, because dir is empty or not there, it is false without an error; a
// folder that holds anything else is an error for a person.
func Open(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err == nil && bytes.HasPrefix(unixLines(mod), []byte(moduleLine)) {
		return true, nil
	}
	return false, fmt.Errorf("%s holds files that are not a workspace; name a new or an empty folder", dir)
}
