package client

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	// longest is how much of a line is passed on.
	longest = 16 << 10
	// most is how many lines of a stream are passed on: a step needs some
	// tens, and a loop without an end makes millions.
	most = 2000
)

// eachLine calls f with each line of r, until its end. What is beyond the
// limits is read and left out, so that the program is not held up; f is told.
func eachLine(r io.Reader, f func(line string)) {
	in := bufio.NewReader(r)
	for n := 0; ; n++ {
		line, left, err := readLine(in)
		switch {
		case err != nil && line == "":
			return
		case n < most && left > 0:
			f(fmt.Sprintf("%s… and %d bytes more", line, left))
		case n < most:
			f(line)
		case n == most:
			f(fmt.Sprintf("… more than %d lines: the others are left out", most))
		}
	}
}

// readLine returns the beginning of a line without its end, and how many bytes
// were left out.
func readLine(in *bufio.Reader) (line string, left int, err error) {
	var b strings.Builder
	for {
		part, err := in.ReadSlice('\n')
		n := min(len(part), longest-b.Len())
		b.Write(part[:n])
		left += len(part) - n
		if !errors.Is(err, bufio.ErrBufferFull) {
			return strings.TrimSuffix(strings.TrimSuffix(b.String(), "\n"), "\r"), left, err
		}
	}
}
