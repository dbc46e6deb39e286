package play

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"duplex/lessons/check"
)

// What a program may log in one run. No step waits for more, and the check
// keeps it all in memory.
const (
	maxLines = 2_000
	maxBytes = 256 << 10
)

// levels are those of the console.
var levels = map[string]bool{"log": true, "info": true, "debug": true, "warn": true, "error": true}

// A run is one run of the program. Safe for concurrent use.
type run struct {
	page *Page
	n    int
	with check.ClientStart

	started, stopped context.Context // each ends when the page says so
	start, stop      context.CancelFunc

	mu      sync.Mutex // held while the check is told something: after Stop it is told nothing
	over    bool
	broken  bool // it threw
	lines   int
	bytes   int
	crowded bool // it logged too much
}

func newRun(p *Page, n int, with check.ClientStart) *run {
	r := &run{page: p, n: n, with: with}
	r.started, r.start = context.WithCancel(context.Background())
	r.stopped, r.stop = context.WithCancel(context.Background())
	return r
}

// wait waits for the page until ctx ends, but not for ever.
func (r *run) wait(ctx context.Context, event context.Context, limit time.Duration) error {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-event.Done():
		return nil
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.Canceled) {
			return context.Canceled
		}
	case <-timer.C:
	}
	return errors.New("the page did not start it in time: is the page asleep, or the machine very busy?")
}

// Input gives the program a line that its user typed.
func (r *run) Input(text string) error {
	r.mu.Lock()
	over := r.over
	r.mu.Unlock()
	if over {
		return errors.New("the program was stopped")
	}
	return r.page.say(tellRun{Type: "input", Run: r.n, Text: text})
}

// Stop ends the program and waits until the page says that it has, or stopWait
// is over.
func (r *run) Stop() {
	r.mu.Lock()
	over := r.over
	r.over = true
	r.mu.Unlock()
	if over {
		return
	}
	if r.page.say(tellRun{Type: "stop", Run: r.n}) == nil {
		_ = r.wait(r.page.there, r.stopped, stopWait) // it can do no more
	}
}

// heard takes in what the page says of the run.
func (r *run) heard(m said) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case m.Type == "stopped":
		r.stop()
	case r.over: // it is being stopped
	case m.Type == "started":
		r.start()
	case m.Type == "log":
		r.log(m.Level, m.Text)
	case m.Type == "ended":
		r.end(m.Why)
	}
}

// log passes a line on, within the bounds.
func (r *run) log(level, text string) {
	if r.crowded || r.with.Output == nil {
		return
	}
	r.lines++
	r.bytes += len(text)
	if r.crowded = r.lines > maxLines || r.bytes > maxBytes; r.crowded {
		level, text = "warn", fmt.Sprintf("What your program logs beyond %d lines or %d KiB is not looked at.", maxLines, maxBytes>>10)
	}
	if !levels[level] {
		level = "log"
	}
	r.with.Output(level, text)
}

// end says why the program broke, the first time.
func (r *run) end(why string) {
	if r.broken || r.with.Ended == nil {
		return
	}
	r.broken = true
	r.with.Ended(why)
}
