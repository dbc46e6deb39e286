package workbench

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"
)

// A Code tells errors apart for a page.
type Code string

const (
	NotFound    Code = "not-found"
	NoWorkspace Code = "no-workspace" // with Offer
	Conflict    Code = "conflict"     // with Theirs
	Removed     Code = "removed"      // the file is gone
	ReadOnly    Code = "read-only"
	DiskFull    Code = "disk-full"
	BadName     Code = "bad-name"
	TooLarge    Code = "too-large"
	NoGo        Code = "no-go"
	NotRunning  Code = "not-running"
	NotGo       Code = "not-go"     // the exercise is not a Go program
	Stopped     Code = "stopped"    // a person has ended the program
	Superseded  Code = "superseded" // its sources have changed since
	Failed      Code = "failed"     // anything else that the system refused
)

// An Error tells a person what happened, why, and what to do next.
type Error struct {
	Code            Code
	What, Why, Next string
	Offer           string // NoWorkspace: where it would be made
	Theirs          *File  // Conflict: the file as it is
	Err             error  // the cause, if any
}

// Error is all of it on one line.
func (e *Error) Error() string { return e.What + ": " + e.Why + ". " + e.Next }

func (e *Error) Unwrap() error { return e.Err }

// readError puts into words that something can't be read.
func (b *Bench) readError(what, name string, err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return &Error{Code: Failed, What: what, Err: err, Why: name + " may not be read", Next: "Allow it (on Linux and macOS: chmod u+r) and try again"}
	}
	return b.fsError(what, name, err)
}

// fsError puts an error of the file system into words; it is the error of
// writing, where it matters which.
func (b *Bench) fsError(what, name string, err error) error {
	if told := (*Error)(nil); errors.As(err, &told) {
		return err
	}
	e := &Error{Code: Failed, What: what, Err: err, Why: name + ": " + reason(err), Next: "Mend that and try again; the text in the page is kept"}
	switch {
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		e.Code, e.Why, e.Next = DiskFull, "the disk is full", "Make room on it and save again; the text in the page is kept"
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS):
		e.Code, e.Why, e.Next = ReadOnly, name+" can't be written to", "Allow it (on Linux and macOS: chmod u+w) and save again; the text in the page is kept"
	case errors.Is(err, syscall.EISDIR) || errors.Is(err, syscall.ENOTDIR):
		e.Next = "Move that folder or file away and save again; the text in the page is kept"
	}
	return e
}

// reason is what the system says, without the operation and the path.
func reason(err error) string {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err.Error()
	case errors.As(err, &link):
		return link.Err.Error()
	}
	return err.Error()
}

// sentence makes words stand alone.
func sentence(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// shortened bounds what is repeated of a stranger's words.
func shortened(s string) string {
	if len(s) > 100 {
		return fmt.Sprintf("%s…", strings.ToValidUTF8(s[:100], ""))
	}
	return s
}
