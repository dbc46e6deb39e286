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

// lines calls say with each line that is written to it. One goroutine writes.
// A line is as long as it is: limits.Output bounds it.
type lines struct {
	say  func(line string)
	part []byte // of a line whose end has not come
}

func (l *lines) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		l.part = append(l.part, line...)
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
	line := strings.TrimSuffix(string(l.part), "\r")
	l.part = l.part[:0]
	l.say(line)
}

// bounded passes on what is logged, as far as longest and most allow, and says
// where it leaves something out. One goroutine calls it.
func bounded(log func(level, text string)) func(level, text string) {
	said := 0
	return func(level, text string) {
		switch said++; {
		case said <= most:
			log(level, clip(text))
		case said == most+1:
			log(level, fmt.Sprintf("… more than %d lines: the others are left out", most))
		}
	}
}

func clip(text string) string {
	if left := len(text) - longest; left > 0 {
		return fmt.Sprintf("%s… and %d bytes more", text[:longest], left)
	}
	return text
}
