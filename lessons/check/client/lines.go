package client

import (
	"bytes"
	"fmt"
	"strings"
)

const (
	// longest is how much of a line is passed on.
	longest = 16 << 10
	// most is how many lines of a stream are passed on: a step needs some
	// tens, and a loop without an end makes millions.
	most = 2000
)

// lines calls say with each line that is written to it. What is beyond the
// limits is left out, and say is told. One goroutine writes.
type lines struct {
	say  func(line string)
	part []byte // of a line whose end has not come
	left int    // bytes of it that are left out
	said int
}

func (l *lines) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		n := min(len(line), longest-len(l.part))
		l.part = append(l.part, line[:n]...)
		l.left += len(line) - n
		if whole {
			l.flush()
		}
		rest = after
	}
	return len(b), nil
}

// end says the last line, which may have no end.
func (l *lines) end() {
	if len(l.part) > 0 {
		l.flush()
	}
}

func (l *lines) flush() {
	line, left := strings.TrimSuffix(string(l.part), "\r"), l.left
	l.part, l.left = l.part[:0], 0
	l.said++
	switch {
	case l.said == most+1:
		l.say(fmt.Sprintf("… more than %d lines: the others are left out", most))
	case l.said > most:
	case left > 0:
		l.say(fmt.Sprintf("%s… and %d bytes more", line, left))
	default:
		l.say(line)
	}
}
