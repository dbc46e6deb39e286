package play

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duplex/lessons/check"
)

// A desk is what stands in for a page: it gets the messages, and answers as it
// is told to.
type desk struct {
	t      *testing.T
	page   *Page
	leave  context.CancelFunc
	got    []string
	answer func(kind string, run int)
}

func newDesk(t *testing.T) *desk {
	d := &desk{t: t, answer: func(string, int) {}}
	there, leave := context.WithCancel(t.Context())
	d.leave = leave
	d.page = NewPage(there, func(m any) error {
		text, err := json.Marshal(m)
		if err != nil {
			t.Error(err)
		}
		d.got = append(d.got, string(text))
		var sent tellRun
		_ = json.Unmarshal(text, &sent)
		d.answer(sent.Type, sent.Run)
		return nil
	})
	return d
}

// willing answers as a page does that is well.
func (d *desk) willing() *desk {
	d.answer = func(kind string, run int) {
		switch kind {
		case "client":
			d.says(map[string]any{"type": "started", "run": run})
		case "stop":
			d.says(map[string]any{"type": "stopped", "run": run})
		}
	}
	return d
}

func (d *desk) says(m any) {
	d.t.Helper()
	text, err := json.Marshal(m)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.page.Heard(text); err != nil {
		d.t.Error(err)
	}
}

func (d *desk) log(run int, level, text string) {
	d.says(map[string]any{"type": "log", "run": run, "level": level, "text": text})
}

// A log keeps what a check is told.
type log struct{ lines []string }

func (l *log) start(step string) check.ClientStart {
	return check.ClientStart{
		Step:     step,
		Settings: map[string]any{"url": "ws://a/ws", "base": 100},
		Output:   func(level, text string) { l.lines = append(l.lines, level+": "+text) },
		Ended:    func(why string) { l.lines = append(l.lines, "ended: "+why) },
	}
}

func (l *log) is(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(l.lines, want) {
		t.Errorf("the check was told %q, want %q", l.lines, want)
	}
}

// A run from its beginning to its end, and what the page and the check are told.
func TestRun(t *testing.T) {
	d, l := newDesk(t).willing(), &log{}
	with, half := l.start("text"), 0.5
	with.Random = &half
	run, err := d.page.Start(t.Context(), with)
	if err != nil {
		t.Fatal(err)
	}
	d.log(1, "log", "open")
	d.log(1, "<b>", "an unknown level")
	d.says(map[string]any{"type": "ended", "run": 1, "why": "Line 2: TypeError"})
	d.says(map[string]any{"type": "ended", "run": 1, "why": "again"})
	d.log(7, "log", "of a run that never was")
	if err := run.Input("hello"); err != nil {
		t.Error(err)
	}
	run.Stop()
	run.Stop()
	d.log(1, "log", "too late")
	if err := run.Input("too late"); err == nil {
		t.Error("a program that was stopped took a line")
	}
	l.is(t, "log: open", "log: an unknown level", "ended: Line 2: TypeError")
	want := []string{
		`{"type":"client","run":1,"step":"text","exercise":{"base":100,"url":"ws://a/ws"},"random":0.5}`,
		`{"type":"input","run":1,"text":"hello"}`,
		`{"type":"stop","run":1}`,
	}
	if !slices.Equal(d.got, want) {
		t.Errorf("the page was told %q", d.got)
	}
}

// What is said of the run before is not taken for the present one's.
func TestRunsAreToldApart(t *testing.T) {
	d, first, second := newDesk(t).willing(), &log{}, &log{}
	for _, l := range []*log{first, second} {
		run, err := d.page.Start(t.Context(), l.start("text"))
		if err != nil {
			t.Fatal(err)
		}
		defer run.Stop()
		if l == first {
			run.Stop()
		}
	}
	d.log(1, "log", "late words")
	d.says(map[string]any{"type": "stopped", "run": 1})
	d.log(2, "log", "mine")
	first.is(t)
	second.is(t, "log: mine")
}

// A page that sleeps holds a check for a bounded time.
func TestPageIsNotWaitedForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		begin := time.Now()
		_, err := d.page.Start(t.Context(), check.ClientStart{})
		if err == nil || !strings.Contains(err.Error(), "did not start it in time") {
			t.Errorf("got %v", err)
		}
		if took := time.Since(begin); took != startWait+stopWait {
			t.Errorf("it took %v", took)
		}
	})
}

// Who stops the check, or closes the page, waits for nothing.
func TestPageThatHasGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		d := newDesk(t)
		ctx, cancel := context.WithCancel(t.Context())
		d.answer = func(kind string, _ int) {
			if kind == "client" {
				cancel()
				d.leave()
			}
		}
		if _, err := d.page.Start(ctx, check.ClientStart{}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("it took %v", took)
		}
	})
	gone := errors.New("gone")
	page := NewPage(t.Context(), func(any) error { return gone })
	if _, err := page.Start(t.Context(), check.ClientStart{}); !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
}

// What a program logs is bounded, in lines and in bytes; the check is told once.
func TestFlood(t *testing.T) {
	for name, line := range map[string]string{"lines": "x", "bytes": strings.Repeat("x", 4000)} {
		d, l := newDesk(t).willing(), &log{}
		run, err := d.page.Start(t.Context(), l.start("text"))
		if err != nil {
			t.Fatal(err)
		}
		for range maxLines + 10 {
			d.log(1, "log", line)
		}
		run.Stop()
		last := len(l.lines) - 1
		if last > maxLines || last*len(line) > maxBytes || !strings.HasPrefix(l.lines[last], "warn: What your program logs beyond") {
			t.Errorf("%s: %d lines, the last %.60q", name, len(l.lines), l.lines[last])
		}
		if strings.HasPrefix(l.lines[last-1], "warn") {
			t.Errorf("%s: it is told more than once", name)
		}
	}
}

// A page that is none of ours is found out.
func TestNonsense(t *testing.T) {
	page := newDesk(t).page
	for _, message := range []string{"", "hello", "[1]", `{"type":"end","run":1}`, `{"type":"log","run":"x"}`, `{}`} {
		if page.Heard([]byte(message)) == nil {
			t.Errorf("%q passes", message)
		}
	}
}
