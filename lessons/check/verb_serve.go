package check

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"duplex/server/wire"
)

// serveAction opens the place and starts the program.
type serveAction struct {
	stream   bool
	many     bool
	path     string
	settings []setting
	random   *float64
}

// A setting is what the program finds under a name of its "exercise".
type setting struct {
	name   string
	number float64
	text   *template // instead of the number
}

func parseServe(a *args) action {
	s := serveAction{stream: a.take("stream")}
	s.path = a.word("a path such as /ws")
	if u, err := url.Parse(s.path); !a.bad && (err != nil || !strings.HasPrefix(s.path, "/") || u.Path != s.path) {
		a.fail(s.path, "a path that begins with /, without a query")
	}
	for s.option(a) {
	}
	a.p.scope.streams = s.stream
	return s
}

// option consumes one option, if there is one.
func (s *serveAction) option(a *args) bool {
	switch {
	case a.bad:
		return false
	case a.take("many"):
		s.many = true
	case a.take("random"):
		x, err := strconv.ParseFloat(a.peek(), 64)
		if err != nil || x < 0 || x >= 1 {
			a.failHere("a number from 0 up to, but not, 1")
			return false
		}
		a.at++
		s.random = &x
	case a.take("setting"):
		s.settings = append(s.settings, a.setting())
	default:
		return false
	}
	return !a.bad
}

// setting consumes NAME VALUE.
func (a *args) setting() setting {
	s := setting{name: a.word("the setting's name")}
	if !a.bad && (!isName(strings.ToLower(s.name)) || strings.Contains(s.name, "-") || s.name == "url" || s.name == "oninput") {
		a.fail(s.name, "a name of letters and digits, but not url or oninput")
	}
	if a.isString() {
		t := a.template("the value in quotes")
		s.text = &t
		return s
	}
	number, err := strconv.ParseFloat(a.peek(), 64)
	if err != nil {
		var d time.Duration
		d, err = time.ParseDuration(a.peek())
		number = float64(d) / float64(time.Millisecond)
	}
	if err != nil {
		a.failHere(`a duration such as 100ms, a number or a string`)
		return s
	}
	a.at++
	s.number = number
	return s
}

func (s serveAction) do(r *stepRun, _ member) *failure {
	if r.opt.Client == nil {
		return &failure{verdict: Inconclusive, awaiting: "target", why: "this exercise runs a program of yours, and none was given",
			likely: "Give the file that is to be run: duplex check " + r.script.Exercise + " main.js"}
	}
	if err := r.serve(s); err != nil {
		return &failure{verdict: Inconclusive, awaiting: "target", why: "no place for the server that this step plays: " + reason(err)}
	}
	return r.served.startProgram(r.ctx, s.start(r, r.served))
}

// url is where the program is to connect.
func (s serveAction) url(base string) string {
	if !s.stream {
		base = "ws" + strings.TrimPrefix(base, "http")
	}
	return base + s.path
}

// start is what the program is told.
func (s serveAction) start(r *stepRun, place *service) ClientStart {
	settings := map[string]any{"url": place.url}
	for _, set := range s.settings {
		settings[set.name] = set.number
		if set.text != nil {
			settings[set.name] = set.text.fill(r.values(nil, member{}))
		}
	}
	return ClientStart{Step: r.spec.Name, Settings: settings, Random: s.random, Output: place.output, Ended: place.breaks}
}

// startProgram begins the run, from which the first connection's time counts.
func (s *service) startProgram(ctx context.Context, start ClientStart) *failure {
	s.mu.Lock()
	s.origin = s.step.tape.now()
	s.mu.Unlock()
	began := time.Now()
	program, err := s.step.opt.Client.Start(ctx, start)
	if err != nil {
		if s.step.stopped() && ctx.Err() != nil {
			return nil // the check was stopped, which is found next
		}
		return &failure{verdict: Inconclusive, awaiting: "target", why: fmt.Sprintf("your program could not be started: %v", err),
			likely: "Look at what the message names; the other steps need the program, too."}
	}
	s.program = program
	s.keepPace(time.Since(began))
	s.awaitSign()
	s.started = s.step.tape.now()
	s.step.until = time.Now().Add(s.step.limit())
	s.clock.Reset(s.step.limit())
	s.did("your program was started")
	return nil
}

// awaitSign waits for a first sign of a program that takes its time to start. One
// that gave none is not waited for again in later steps.
func (s *service) awaitSign() {
	slow, is := s.step.opt.Client.(SlowClient)
	if !is || s.step.noSign {
		return
	}
	s.step.noSign = !s.step.waitOn(s.changed, time.Now().Add(slow.StartsWithin()), func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.asked > 0 || len(s.conns) > 0 || len(s.logged) > 0 || s.broken != nil
	})
}

// input gives the program a line that its user typed.
type input struct{ text template }

func parseInput(a *args) action { return input{a.template("the line in quotes")} }

func (i input) do(r *stepRun, _ member) *failure {
	text := i.text.fill(r.values(nil, member{}))
	r.served.did("input " + showPayload([]byte(text), true))
	r.tape.note("", wire.KindNote, "types "+showPayload([]byte(text), true))
	if err := r.served.program.Input(text); err != nil {
		f := fail("your program takes no input any more: "+reason(err), "eof")
		f.awaiting = "input"
		return f
	}
	return nil
}
