// Package watch checks an exercise of a workspace as soon as its file is
// saved, and shows in a terminal how far the learner is:
//
//	err := watch.Run(ctx, watch.Config{Dir: dir, Course: course, Out: os.Stdout, Keys: keys, Size: size})
//
// It polls, because the notices of file systems get lost in containers and on
// network drives. One exercise is current: at first the first that is not
// passed, then the one that was saved last or that the learner went to. It
// never goes on by itself.
package watch

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"duplex/lessons"
	"duplex/lessons/check"
	"duplex/lessons/check/attempt"
)

// Poll is the time between two looks at the files.
const Poll = 250 * time.Millisecond

// Config says what to watch, and where to show it.
type Config struct {
	Dir    string // the workspace
	Course *lessons.Course
	Out    io.Writer
	Color  bool

	// Keys are what is typed. Without them there is no screen: what happens is
	// written line by line.
	Keys <-chan Key

	// Size is the terminal's, in columns and lines; it may change.
	Size func() (width, height int)

	// Told is called with each report that says something, so that an open page
	// can show it. May be nil.
	Told func(*check.Report)

	tick  <-chan time.Time // in tests, instead of Poll
	check checker          // in tests, instead of a build and a check
}

// A checker checks an exercise, and calls onStep with each result.
type checker func(ctx context.Context, e *exercise, onStep func(check.Result)) attempt.Outcome

// An event is something that a check says.
type event struct {
	e       *exercise
	step    *check.Result
	outcome *attempt.Outcome // the last
}

// Run watches until ctx ends, or the learner quits. The programs that it
// started have ended when it returns.
func Run(ctx context.Context, cfg Config) error {
	scratch, err := os.MkdirTemp("", "duplex-watch-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	if cfg.check == nil {
		cfg.check = checkIn(scratch)
	}
	if cfg.tick == nil {
		ticker := time.NewTicker(Poll)
		defer ticker.Stop()
		cfg.tick = ticker.C
	}
	w := &watcher{Config: cfg, model: newModel(cfg.Dir, cfg.Course), events: make(chan event)}
	w.front = w.newFront()
	defer w.front.close()
	w.recall()
	w.loop(ctx)
	return nil
}

// checkIn builds to a folder.
func checkIn(scratch string) checker {
	return func(ctx context.Context, e *exercise, onStep func(check.Result)) (o attempt.Outcome) {
		defer func() {
			if v := recover(); v != nil { // the terminal has to be put in order first
				o = attempt.Outcome{Err: fmt.Errorf("the checker itself broke: %v", v)}
			}
		}()
		source := attempt.Source{Dir: e.dir, Exe: filepath.Join(scratch, e.Name+".exe")}
		return attempt.Run(ctx, source, e.Script, check.Options{
			Loopback: true,
			OnStep:   onStep,
			Rerun:    func(step string) string { return fmt.Sprintf("go test -v -run '/%s' ./%s", step, e.Name) },
		})
	}
}

// A watcher is the loop's state. Only the loop's goroutine uses it; checks send
// it events.
type watcher struct {
	Config
	*model
	front  front
	events chan event
	queue  []*exercise // to be checked, without the one that is
	cancel func()      // of the check under way
}

func (w *watcher) loop(ctx context.Context) {
	ctx, stop := context.WithCancel(ctx)
	defer w.drain()
	defer stop()
	w.ask(w.current)
	for {
		w.start(ctx)
		w.front.show(w.model)
		select {
		case <-ctx.Done():
			return
		case key, ok := <-w.Keys:
			if !ok || w.press(key) {
				return
			}
		case <-w.tick:
			w.look()
		case ev := <-w.events:
			w.hear(ev)
		}
	}
}

// drain waits for the end of the check under way, which was told to stop.
func (w *watcher) drain() {
	for w.checking != nil {
		if ev := <-w.events; ev.outcome != nil {
			w.checking = nil
		}
	}
}

// look finds what was saved or removed since the last look. Of several, the
// current one stays current.
func (w *watcher) look() {
	var saved *exercise
	for _, e := range w.exercises {
		if !e.changed() {
			continue
		}
		e.forget()
		if e.missing() {
			w.gone(e)
			continue
		}
		if saved == nil || saved != w.current {
			saved = e
		}
		w.askFirst(e)
	}
	if saved != nil {
		w.current, w.list, w.scroll = saved, false, 0
		w.askFirst(saved)
	}
}

// gone is for a program that was removed.
func (w *watcher) gone(e *exercise) {
	e.verdict = check.NotStarted
	w.queue = slices.DeleteFunc(w.queue, func(other *exercise) bool { return other == e })
	if w.checking == e {
		w.cancel()
	}
}

// ask puts an exercise at the end of the queue.
func (w *watcher) ask(e *exercise) {
	if !e.missing() && e != w.checking && !slices.Contains(w.queue, e) {
		w.queue = append(w.queue, e)
	}
}

// askFirst has an exercise checked at once: who saves or goes to it wants to
// see that. The check under way is stopped; if it is of another exercise, it is
// done again later.
func (w *watcher) askFirst(e *exercise) {
	if e.missing() {
		return
	}
	w.queue = slices.DeleteFunc(w.queue, func(other *exercise) bool { return other == e })
	w.queue = slices.Insert(w.queue, 0, e)
	if w.checking != nil {
		w.cancel()
	}
}

// start begins the next check, when none is under way.
func (w *watcher) start(ctx context.Context) {
	if w.checking != nil || len(w.queue) == 0 {
		return
	}
	w.look() // the check is of what is there now
	if len(w.queue) == 0 {
		return
	}
	e := w.queue[0]
	w.queue = w.queue[1:]
	ctx, w.cancel = context.WithCancel(ctx)
	w.checking = e
	e.begin()
	w.front.begins(e)
	go func() {
		outcome := w.Config.check(ctx, e, func(r check.Result) { w.events <- event{e: e, step: &r} })
		w.events <- event{e: e, outcome: &outcome}
	}()
}

// hear takes in what a check says, unless the program is another by now.
func (w *watcher) hear(ev event) {
	if ev.step != nil {
		if !ev.e.stale() {
			ev.e.steps = append(ev.e.steps, *ev.step)
		}
		return
	}
	w.look()
	w.cancel()
	w.checking = nil
	if !ev.e.stale() {
		ev.e.end(*ev.outcome)
	}
	if ev.e.stale() || ev.e.stopped {
		w.ask(ev.e)
		return
	}
	w.front.ends(w.model, ev.e)
	w.remember()
	if r := ev.outcome.Report; r != nil && r.Verdict != check.NotStarted && w.Told != nil {
		w.Told(r)
	}
}

// A front shows what happens: a screen, or lines.
type front interface {
	show(m *model)              // something may have changed
	begins(e *exercise)         // a check
	ends(m *model, e *exercise) // a check
	close()
}

func (w *watcher) newFront() front {
	if w.Keys == nil {
		return newLines(w.Config, w.model)
	}
	return newScreen(w.Config)
}
