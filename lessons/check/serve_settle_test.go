package check

import (
	"context"
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
