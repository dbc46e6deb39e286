package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/gobwas/ws"
)

const (
	greetEvery = 50 * time.Millisecond // doubled after each hello
	greetMost  = 5 * time.Second       // after that the load begins, although not all have heard one
)

// greet publishes hellos until every receiver has heard one: an answer to an
// opening handshake does not mean that the server has put the connection on its
// list yet.
func (r *run) greet(ctx context.Context) error {
	if r.cfg.Mode == Echo || r.cfg.Mode == Events {
		return nil
	}
	if err := r.hello(ctx, r.everybody, greetMost); err != nil {
		return err
	}
	if r.hears.Load() == 0 {
		return r.unheard()
	}
	return nil
}

// everybody reports whether all receivers that are there have heard a hello.
func (r *run) everybody() bool { return r.hears.Load() >= r.alive.Load() }

// hello publishes hellos, ever more rarely, until enough reports true or the
// time is up.
func (r *run) hello(ctx context.Context, enough func() bool, most time.Duration) error {
	up := time.NewTimer(most)
	defer up.Stop()
	wait := greetEvery
	again := time.NewTimer(0)
	defer again.Stop()
	for !enough() {
		select {
		case <-again.C:
			if err := r.publishers[0].hello(); err != nil {
				return r.unheard()
			}
			wait *= 2
			again.Reset(wait)
		case <-r.news:
		case <-r.nobody:
			return r.unheard()
		case <-up.C:
			return nil
		case <-ctx.Done():
			return stopped(ctx.Err())
		}
	}
	return nil
}

// someoneHeard tells that one more receiver has heard a hello.
func (r *run) someoneHeard() {
	r.hears.Add(1)
	r.tellNews()
}

func (r *run) tellNews() {
	select {
	case r.news <- struct{}{}:
	default:
	}
}

// unheard says that nobody hears what is published, and what the server said
// instead.
func (r *run) unheard() error {
	answered, next := "", "Look what the server expects, and give it with --send, like --send '{\"text\":\"{message}\"}'."
	for _, rx := range r.receivers {
		rx.mu.Lock()
		switch {
		case rx.end != nil:
			answered = ", and the connection ended: " + rx.end.String()
		case rx.refusal != "":
			answered = fmt.Sprintf(", and the server refused it: %q", rx.refusal)
		case rx.stranger != "":
			answered = fmt.Sprintf(", but this: %q", rx.stranger)
		}
		rx.mu.Unlock()
		if answered != "" {
			break
		}
	}
	if p, ok := r.publishers[0].out.(*poster); ok {
		next = "Look whether what is posted there comes out of the stream."
		if p.refusal != "" {
			answered = ", and the server answered " + p.refusal
		}
	}
	return &ConnectError{"a message was published, but nobody heard it" + answered, next}
}

// String is the code and the reason of a Close frame, or what happened without
// one.
func (e *ending) String() string {
	switch {
	case e.Code == 0:
		return e.Why
	case e.Why == "" && e.Code == int(ws.StatusNoStatusRcvd):
		return "a Close frame without a code"
	case e.Why == "":
		return fmt.Sprint(e.Code)
	}
	return fmt.Sprintf("%d %s", e.Code, e.Why)
}
