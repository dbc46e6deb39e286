package check

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A slowRun is a run on a slow machine: what the program does late, it does
// before it says that it has caught up.
type slowRun struct {
	ClientRun
	late func()
}

func (r slowRun) Settle(ctx context.Context) error {
	select {
	case <-time.After(300 * time.Millisecond):
		r.late()
	case <-ctx.Done():
	}
	return ctx.Err()
}

// TestWaitsForASlowProgram finds what is wrong in a program that is slower than
// the time for which a script expects nothing, in that time's own command.
func TestWaitsForASlowProgram(t *testing.T) {
	throws := func(p *programRun, _ *peer) { p.Ended("RangeError: too long (main.js:7)") }
	for _, c := range []struct {
		name, quiet string
		late        func(p *programRun, c *peer)
		want        string
	}{
		{"threw, where nothing was to be logged", "expect nothing logged 20ms", throws, "your program broke"},
		{"threw, where it was not to connect", "expect no connection 20ms", throws, "your program broke"},
		{"threw in a silence", "silence 20ms", throws, "your program broke"},
		{"logged", "expect nothing logged 20ms", func(p *programRun, _ *peer) { p.log("x") }, `got: logged "x"`},
		{"sent", "silence 20ms", func(_ *programRun, c *peer) { c.tell("x") }, `got: ← Text "x"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := script(t, "serve /ws\naccept\n"+c.quiet+"\nexpect log \"y\"")
			synctest.Test(t, func(t *testing.T) {
				conns := make(chan *peer, 1)
				m := newInMemory(func(p *programRun) { conns <- p.websocket(); p.rest() })
				slow := starter(func(ctx context.Context, with ClientStart) (ClientRun, error) {
					run, err := m.Start(ctx, with)
					return slowRun{run, func() { c.late(run.(*programRun), <-conns) }}, err
				})
				listen := func(context.Context) (Place, error) { return Place{m, "http://place"}, nil }
				res := s.Run(t.Context(), Options{Client: slow, Listen: listen}).Steps[0]
				if res.wants(t, Fail, c.want); res.Command != c.quiet {
					t.Errorf("it fails at %q", res.Command)
				}
			})
		})
	}
}

// TestBrokeWhileItConnected: what a program began before it broke still comes.
func TestBrokeWhileItConnected(t *testing.T) {
	s := script(t, "serve /ws\naccept\nrecv text \"hello\"")
	synctest.Test(t, func(t *testing.T) {
		m := newInMemory(func(p *programRun) { p.Ended("InvalidStateError: Sent before connected."); p.rest() })
		slow := starter(func(ctx context.Context, with ClientStart) (ClientRun, error) {
			run, err := m.Start(ctx, with)
			p := run.(*programRun)
			return slowRun{run, func() { p.all.Go(func() { p.websocket() }) }}, err
		})
		listen := func(context.Context) (Place, error) { return Place{m, "http://place"}, nil }
		s.Run(t.Context(), Options{Client: slow, Listen: listen}).Steps[0].wants(t, Fail, "your program broke: a text message did not come")
	})
}

// TestDoesNotWaitForAProgramThatHangs bounds the wait.
func TestDoesNotWaitForAProgramThatHangs(t *testing.T) {
	s := script(t, "serve /ws\naccept\nexpect nothing logged 20ms")
	synctest.Test(t, func(t *testing.T) {
		m := newInMemory(func(p *programRun) { p.websocket(); p.rest() })
		hangs := starter(func(ctx context.Context, with ClientStart) (ClientRun, error) {
			run, err := m.Start(ctx, with)
			return hungRun{run}, err
		})
		listen := func(context.Context) (Place, error) { return Place{m, "http://place"}, nil }
		began := time.Now()
		s.Run(t.Context(), Options{Client: hangs, Listen: listen}).Steps[0].wants(t, Pass)
		if took := time.Since(began); took > 2*catchUpTime {
			t.Errorf("it took %v", took)
		}
	})
}

type hungRun struct{ ClientRun }

func (hungRun) Settle(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

// startsSlowly is a client whose program takes its time before it begins.
type startsSlowly struct{ starter }

func (startsSlowly) StartsWithin() time.Duration { return 10 * time.Second }

// TestProgramStartsSlowly begins a step's time with the first sign of such a
// program, and waits once for one that gives none.
func TestProgramStartsSlowly(t *testing.T) {
	s, err := Parse("t", []byte("exercise e\ngoal g\nstep a\nsays s\nhint h\nserve /ws\naccept within 100ms\nstep b\nsays s\nhint h\nserve /ws\naccept within 100ms\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		program program
		verdict Verdict
		longest time.Duration
	}{
		{"connects", func(p *programRun) { p.sleep(9 * time.Second); p.websocket(); p.rest() }, Pass, 19 * time.Second},
		{"logs first", func(p *programRun) {
			p.sleep(6 * time.Second)
			p.log("up")
			p.sleep(50 * time.Millisecond)
			p.websocket()
			p.rest()
		}, Pass, 13 * time.Second},
		{"never", (*programRun).rest, Fail, 11 * time.Second},
		{"breaks", func(p *programRun) { p.Ended("exit status 1"); p.rest() }, Fail, 2 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var m *inMemory
				listen := func(context.Context) (Place, error) { m = newInMemory(c.program); return Place{m, "http://place"}, nil }
				slow := startsSlowly{func(ctx context.Context, with ClientStart) (ClientRun, error) { return m.Start(ctx, with) }}
				began := time.Now()
				report := s.Run(t.Context(), Options{Client: slow, Listen: listen})
				if report.Verdict != c.verdict || time.Since(began) > c.longest {
					t.Errorf("%s after %v: %+v", report.Verdict, time.Since(began), report.Steps)
				}
			})
		})
	}
}

// TestSlowStartMakesPatient: a program whose runtime was slow to start comes
// back too late for the script, and in time for its machine.
func TestSlowStartMakesPatient(t *testing.T) {
	s := script(t, "serve /ws\naccept\ndrop\naccept within 200ms")
	for _, c := range []struct {
		start, back time.Duration
		verdict     Verdict
		want        string // in the transcript, or why it fails
	}{
		{200 * time.Millisecond, 150 * time.Millisecond, Pass, ""},
		{200 * time.Millisecond, 250 * time.Millisecond, Fail, "within 200ms"},
		{900 * time.Millisecond, 550 * time.Millisecond, Pass, "took 900ms to start, so the step's times are 3 times as long"},
		{900 * time.Millisecond, 650 * time.Millisecond, Fail, "within 200ms"},
		{15 * time.Second, 550 * time.Millisecond, Pass, "took 15s to start, so the step's times are 3 times as long"},
	} {
		synctest.Test(t, func(t *testing.T) {
			m := newInMemory(func(p *programRun) {
				ws := p.websocket()
				ws.wait()
				ws.Close()
				p.sleep(c.back)
				p.websocket()
				p.rest()
			})
			slow := starter(func(ctx context.Context, with ClientStart) (ClientRun, error) {
				run, err := m.Start(ctx, with)
				time.Sleep(c.start) // meanwhile it connects
				return run, err
			})
			listen := func(context.Context) (Place, error) { return Place{m, "http://place"}, nil }
			res := s.Run(t.Context(), Options{Client: slow, Listen: listen}).Steps[0]
			if all := fmt.Sprint(res.Why, res.Transcript); res.Verdict != c.verdict || !strings.Contains(all, c.want) {
				t.Errorf("%v to start, %v to come back: %s %s", c.start, c.back, res.Verdict, all)
			}
		})
	}
}
