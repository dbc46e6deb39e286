package workbench

import (
	"bytes"
	"strings"
	"time"
)

// What is kept of a program's output.
const (
	keptLines = 1000
	keptBytes = 256 << 10
	maxLine   = 4 << 10 // a longer line is cut
)

// A Line is one line that a program printed, its colours included.
type Line struct {
	At     int64  `json:"at"`     // ms since the start of the program
	Stream string `json:"stream"` // out or err
	Text   string `json:"text"`
}

// A ring holds the last lines of a run, numbered through all runs.
type ring struct {
	run   int // counts the runs
	began time.Time
	lines []Line
	first int // the number of lines[0]
	start int // the number of the run's first line
	bytes int
}

// restart forgets the run before.
func (r *ring) restart() {
	r.first += len(r.lines)
	r.start = r.first
	r.lines, r.bytes = nil, 0
	r.began = time.Now()
	r.run++
}

func (r *ring) add(stream, text string) {
	r.lines = append(r.lines, Line{time.Since(r.began).Milliseconds(), stream, text})
	r.bytes += len(text)
	for len(r.lines) > keptLines || r.bytes > keptBytes {
		r.bytes -= len(r.lines[0].Text)
		r.lines = r.lines[1:]
		r.first++
	}
}

// since returns the lines from number n on, how many of this run were dropped
// before them, and the number after the last.
func (r *ring) since(n int) (lines []Line, dropped, next int) {
	n = max(n, r.start)
	dropped = max(0, r.first-n)
	n = max(n, r.first)
	return append([]Line(nil), r.lines[n-r.first:]...), dropped, r.first + len(r.lines)
}

// A printer takes one stream of a program's output apart into lines.
type printer struct {
	x       *exercise
	stream  string
	partial []byte
	cut     bool // the rest of this line is too much
}

func (p *printer) Write(b []byte) (int, error) {
	n := len(b)
	p.x.mu.Lock()
	defer p.x.mu.Unlock()
	for len(b) > 0 {
		line, rest, ended := bytes.Cut(b, []byte("\n"))
		p.gather(line)
		if ended {
			p.flush()
		}
		b = rest
	}
	p.x.told(func(*Watch) {})
	return n, nil
}

func (p *printer) gather(b []byte) {
	if room := maxLine - len(p.partial); len(b) > room {
		b, p.cut = b[:room], true
	}
	p.partial = append(p.partial, b...)
}

// flush ends a line. The program's end does so, too.
func (p *printer) flush() {
	text := strings.TrimSuffix(strings.ToValidUTF8(string(p.partial), "\uFFFD"), "\r")
	if p.cut {
		text += "…"
	}
	p.x.log.add(p.stream, text)
	p.partial, p.cut = p.partial[:0], false
}

// end flushes a line that has no end.
func (p *printer) end() {
	p.x.mu.Lock()
	defer p.x.mu.Unlock()
	if len(p.partial) > 0 {
		p.flush()
		p.x.told(func(*Watch) {})
	}
}
