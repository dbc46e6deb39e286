package program

import (
	"regexp"
	"strings"
)

// A BuildError is what the go command said where it built nothing.
type BuildError struct{ Output string }

func (e *BuildError) Error() string {
	return "the program does not build:\n" + strings.TrimRight(e.Output, "\n")
}

var (
	// place begins what a compiler says of one place in a program.
	place = regexp.MustCompile(`^(?:[A-Za-z]:)?[^:]+\.\w+:\d+(?::\d+)?: `)

	// whole is what the go command says of a program as a whole.
	whole = regexp.MustCompile(`function main is undeclared in the main package|^found packages |import cycle not allowed|build constraints exclude all Go files|no Go files in `)

	// shortage is what a system says that has too little of something.
	shortage = regexp.MustCompile(`(?i)no space left on device|not enough space on the disk|disk quota exceeded|signal: killed|cannot allocate memory|out of memory|too many open files|resource temporarily unavailable|input/output error`)
)

// OfProgram reports whether the go command has found something wrong with the
// program. Otherwise it is the machine that could not build it: its disk was
// full, say, or its Go is too old.
func (e *BuildError) OfProgram() bool {
	for line := range strings.Lines(e.Output) {
		if (place.MatchString(line) || whole.MatchString(line)) && !shortage.MatchString(line) {
			return true
		}
	}
	return false
}
