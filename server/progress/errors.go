package progress

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	boltErrors "go.etcd.io/bbolt/errors"
)

// An Error says why the store can't be used, and what to do about it.
type Error struct {
	What, Why, Next string
	Err             error // the cause; may be nil
}

// Error is all of it on one line.
func (e *Error) Error() string { return e.What + ": " + e.Why + ". " + e.Next }

func (e *Error) Unwrap() error { return e.Err }

// openError turns what bbolt and the system say about file into an Error.
func openError(file string, err error) *Error {
	dir := filepath.Dir(file)
	switch {
	case errors.Is(err, boltErrors.ErrTimeout):
		return &Error{
			What: "the data directory " + dir + " is in use",
			Why:  "another duplex is running on it",
			Next: "Stop that one, or give this one its own directory with --data DIR",
			Err:  err,
		}
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return &Error{
			What: "no progress can be kept in " + dir,
			Why:  "it is read-only for you",
			Next: "Name a directory that you may write to with --data DIR",
			Err:  err,
		}
	case damagedBy(err):
		return &Error{
			What: "the progress kept in " + file + " can't be read",
			Why:  fmt.Sprintf("the file is damaged (%v)", err),
			Next: fmt.Sprintf("Nothing was changed. Keep it for rescue and start afresh with: mv %q %q", file, file+".damaged"),
			Err:  err,
		}
	}
	return &Error{
		What: "no progress can be kept in " + dir,
		Why:  err.Error(),
		Next: "Name another directory with --data DIR",
		Err:  err,
	}
}

// errDamaged marks damage that bbolt itself answers by a panic.
var errDamaged = errors.New("its pages do not fit together")

func damagedBy(err error) bool {
	for _, target := range []error{
		errDamaged, boltErrors.ErrInvalid, boltErrors.ErrChecksum, boltErrors.ErrVersionMismatch,
		boltErrors.ErrInvalidMapping,
	} {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}
