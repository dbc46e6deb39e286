package check

import (
	"context"
	"iter"
	"sync"
)

// results runs the steps, opt.AtOnce of them at a time, and yields what they
// came to in the order of the script. All have ended when it returns.
func (r *run) results(ctx context.Context, steps []*Step) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		done := make([]chan Result, len(steps))
		for i := range done {
			done[i] = make(chan Result, 1)
		}
		var all sync.WaitGroup
		defer all.Wait()
		for i, step := range steps {
			if i == 0 || r.opt.AtOnce < 2 {
				done[i] <- r.step(ctx, step)
			} else if i == 1 {
				all.Go(func() { r.runAtOnce(ctx, steps[1:], done[1:]) })
			}
			if !yield(<-done[i]) {
				return
			}
		}
	}
}

// runAtOnce runs steps side by side and hands each result to its channel. A
// long step takes up a quarter of the places, so that what is measured is the
// server, and not how busy we are.
func (r *run) runAtOnce(ctx context.Context, steps []*Step, done []chan Result) {
	var all sync.WaitGroup
	defer all.Wait()
	slots := make(chan struct{}, r.opt.AtOnce)
	for i, step := range steps {
		places := 1
		if step.Limit > DefaultLimit {
			places = (r.opt.AtOnce + 3) / 4
		}
		for range places {
			slots <- struct{}{}
		}
		all.Go(func() {
			done[i] <- r.step(ctx, step)
			for range places {
				<-slots
			}
		})
	}
}

// skipRest leaves out the steps that have not begun.
func (r *run) skipRest(why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.skip = why
}

// skipped says why a step is not to be tried, or "".
func (r *run) skipped() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.skip
}
