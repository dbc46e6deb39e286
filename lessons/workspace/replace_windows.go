package workspace

import (
	"errors"
	"syscall"
)

// sharingViolation is ERROR_SHARING_VIOLATION: the file is open elsewhere.
const sharingViolation syscall.Errno = 32

// inUse says of an error of renaming whether it may pass: an editor, a search
// or a virus scanner holds the file, and lets go of it soon.
func inUse(err error) bool {
	return errors.Is(err, syscall.ERROR_ACCESS_DENIED) || errors.Is(err, sharingViolation)
}
