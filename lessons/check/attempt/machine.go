package attempt

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"

	"duplex/lessons/check/program"
)

// A MachineError is why a program could not be built or started, where that is
// this machine's trouble and says nothing of the program: a full disk, say.
type MachineError struct{ Err error }

func (e *MachineError) Error() string {
	return "it could not be built and started here, which says nothing of the program: " + strings.TrimRight(e.why(), ".\n") +
		". See to that (often it is this machine's memory, the room on a disk, or its Go), and check it again"
}

func (e *MachineError) Unwrap() error { return e.Err }

func (e *MachineError) why() string {
	var b *program.BuildError
	var f *program.Failure
	switch {
	case errors.As(e.Err, &b):
		return b.Output
	case errors.As(e.Err, &f) && f.Cause == program.TooLong: // only a build is bounded
		return "the build was stopped, after " + buildLimit.String()
	case errors.As(e.Err, &f):
		return f.What + ": " + f.Why
	}
	return e.Err.Error()
}

// blameBuild tells a program that does not build from a machine that can't
// build it.
func blameBuild(ctx context.Context, err error) error {
	var b *program.BuildError
	switch {
	case err == nil, ctx.Err() != nil, errors.Is(err, exec.ErrNotFound):
		return err
	case errors.As(err, &b) && b.OfProgram():
		return err
	}
	return &MachineError{err}
}

// blameStart tells a program that does not come to serve from a machine that
// can't start it, or that ended it.
func blameStart(ctx context.Context, err error) error {
	var f *program.Failure
	if ctx.Err() != nil || errors.As(err, &f) && f.OfProgram() {
		return err
	}
	return &MachineError{err}
}

// archive is how a package begins that is not package main: the go command
// builds it, too.
var archive = []byte("!<arch>\n")

// runnable is an error for what was built and can't run.
func runnable(exe string) error {
	f, err := os.Open(exe)
	if err != nil {
		return &MachineError{err}
	}
	defer f.Close()
	start := make([]byte, len(archive))
	if _, err := io.ReadFull(f, start); err == nil && bytes.Equal(start, archive) {
		return &program.BuildError{Output: notMain}
	}
	return nil
}

const notMain = "this is not package main, and only package main makes a program: write package main\n"
