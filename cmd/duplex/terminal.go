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

// styleOf is how to write for w: in colour on a terminal that has some, unless
// NO_COLOR is set (no-color.org); as wide as the terminal.
func styleOf(w io.Writer, verbose bool) check.Style {
	style := check.Style{Width: 80, Verbose: verbose}
	f, ok := w.(*os.File)
	if ok && term.IsTerminal(int(f.Fd())) {
		style.Color = os.Getenv("NO_COLOR") == "" && draws(f)
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			style.Width = width
		}
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		style.Width = n
	}
	return style
}

// draws reports whether f is a terminal that heeds escape sequences: those of
// colours, and those that move the cursor.
func draws(f *os.File) bool {
	return term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" && heedsEscapes(f)
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
