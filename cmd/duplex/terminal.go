package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"

	"duplex/lessons/check"
	"golang.org/x/term"
)

// styleOf is how to write for w: in colour on a terminal, unless NO_COLOR is
// set (no-color.org) or the terminal is dumb; as wide as the terminal.
func styleOf(w io.Writer, verbose bool) check.Style {
	style := check.Style{Width: 80, Verbose: verbose}
	f, ok := w.(*os.File)
	if ok && term.IsTerminal(int(f.Fd())) {
		style.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			style.Width = width
		}
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		style.Width = n
	}
	return style
}

// reason strips the operation and the path from a file's error: the sentence
// around it names them already.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
