package play

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"duplex/lessons/check"
)

const (
	// startWait is how long a page may take to start a program: it may have to
	// load the frame first.
	startWait = 10 * time.Second

	// stopWait is how long a page may take to end a program. What is left of it
	// then can do no more: its place is closed, and what it says is passed over.
	stopWait = 2 * time.Second
)

// A Page runs the learner's program in their page. It is a check.Client, for one
// check.
type Page struct {
	there context.Context
	say   func(message any) error

	mu   sync.Mutex
	runs int
	now  *run // the present run
}

// NewPage returns a page that is there until the context ends, and to which say
// sends a message as JSON. say may be called from several goroutines; its error
// is why the program can't be run.
func NewPage(there context.Context, say func(message any) error) *Page {
	return &Page{there: there, say: say}
}

// What a page is told about a run.
type (
	startRun struct {
		Type     string         `json:"type"` // "client"
		Run      int            `json:"run"`
		Step     string         `json:"step"`
		Exercise map[string]any `json:"exercise"`
		Random   *float64       `json:"random"`
	}
	tellRun struct {
		Type string `json:"type"` // "input", "stop"
		Run  int    `json:"run"`
		Text string `json:"text,omitempty"`
	}
)

// Start has the page start the program.
func (p *Page) Start(ctx context.Context, with check.ClientStart) (check.ClientRun, error) {
	r := p.next(with)
	err := p.say(startRun{Type: "client", Run: r.n, Step: with.Step, Exercise: with.Settings, Random: with.Random})
	if err == nil {
		err = r.wait(ctx, r.started, startWait)
	}
	if err != nil {
		r.Stop()
		return nil, err
	}
	return r, nil
}

// next makes the present run.
func (p *Page) next(with check.ClientStart) *run {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.runs++
	p.now = newRun(p, p.runs, with)
	return p.now
}

// present returns the run that has the number, or nil when it is over.
func (p *Page) present(n int) *run {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now == nil || p.now.n != n {
		return nil
	}
	return p.now
}

// said is what a page says about a run.
type said struct {
	Type, Level, Text, Why string
	Run                    int
}

// Heard takes in a message of the page. One goroutine at a time may call it. An
// error means that the page talks nonsense.
func (p *Page) Heard(message []byte) error {
	var m said
	if json.Unmarshal(message, &m) != nil {
		return errors.New("the message is no JSON object")
	}
	r := p.present(m.Run)
	switch {
	case m.Type != "started" && m.Type != "log" && m.Type != "ended" && m.Type != "stopped":
		return errors.New("only started, log, ended and stopped can be said of a run")
	case r == nil: // too late
	default:
		r.heard(m)
	}
	return nil
}
