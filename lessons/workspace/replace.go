package workspace

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// How long, and how often, a file is put in the place of one that another
// program holds.
const (
	insistence = time.Second
	pause      = 20 * time.Millisecond
)

// Replace writes a file under another name and renames it, so that it is never
// there in part. Its folder must be there. Where another program has just opened
// the file that is replaced, which only Windows minds, it tries for a second.
func Replace(file string, content []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(mode), f.Close())
	if err == nil {
		err = insist(inUse, func() error { return os.Rename(f.Name(), file) })
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// insist does it until it is done, another error than a passing one comes, or
// time is up.
func insist(passing func(error) bool, do func() error) (err error) {
	for end := time.Now().Add(insistence); ; time.Sleep(pause) {
		if err = do(); err == nil || !passing(err) || time.Now().After(end) {
			return err
		}
	}
}
