package conformance

import (
	"bytes"
	"io"
	"strings"

	"duplex/lessons/check"
)

// A Printer writes the results of the suite for people, as they come: each
// step that does not pass in full, and a line for each chapter that is done.
type Printer struct {
	Out   io.Writer
	Style check.Style
	All   bool // the steps that pass as well; Style.Verbose does so, too

	done check.Report // the chapter so far
	err  error
}

// Step takes in a result. It is for check.Options.OnStep.
func (p *Printer) Step(r check.Result) {
	chapter, _, _ := strings.Cut(r.Step, "/")
	if name := r.Exercise + "/" + chapter; name != p.done.Exercise {
		p.endChapter()
		p.done.Exercise = name
	}
	p.done.Steps = append(p.done.Steps, r)
	if p.shows(r) && p.err == nil {
		p.err = r.Write(p.Out, p.Style)
	}
}

// shows reports whether a result is written by itself. What was not tried is
// in its chapter's line.
func (p *Printer) shows(r check.Result) bool {
	return p.All || p.Style.Verbose || r.Verdict != check.Pass && !r.Skipped
}

// Summary writes what is left to say once the check is over. It returns the
// first error of writing.
func (p *Printer) Summary(r *check.Report) error {
	p.endChapter()
	if p.err == nil {
		p.err = r.WriteSummary(p.Out, p.Style)
	}
	return p.err
}

// endChapter writes the line of a chapter.
func (p *Printer) endChapter() {
	if len(p.done.Steps) == 0 {
		return
	}
	p.done.Verdict = check.Worst(p.done.Steps)
	var line bytes.Buffer
	p.done.WriteSummary(&line, p.Style) // a bytes.Buffer takes everything
	p.done = check.Report{}
	if p.err == nil {
		_, p.err = p.Out.Write(bytes.TrimLeft(line.Bytes(), "\n"))
	}
}
