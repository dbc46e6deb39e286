package bench

import (
	"context"
	"time"
)

// load publishes for as long as the configuration says, or until ctx ends or
// nobody is left.
func (r *run) load(ctx context.Context) {
	begin := time.Since(r.start)
	r.from.Store(int64(begin + r.cfg.Warm))
	r.to.Store(int64(begin + r.cfg.Warm + r.cfg.Duration))
	stop := make(chan struct{})
	for _, p := range r.publishers {
		r.writers.Go(func() { p.publish(stop) })
	}
	r.broken = !r.watch(ctx, begin)
	end := min(r.to.Load(), r.now().ns)
	r.to.Store(end)
	r.seconds = time.Duration(max(end-r.from.Load(), 0)).Seconds()
	close(stop)
	for _, p := range r.publishers {
		p.out.hurry()
	}
	r.writers.Wait()
}

// watch waits for the end, and tells once a second how it goes. It reports
// whether the time is up.
func (r *run) watch(ctx context.Context, begin time.Duration) bool {
	whole := r.cfg.Warm + r.cfg.Duration
	end := time.NewTimer(whole)
	defer end.Stop()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	last, at := uint64(0), begin
	for {
		select {
		case <-end.C:
			return true
		case <-ctx.Done():
			return false
		case <-r.nobody:
			return false
		case <-tick.C:
			if r.cfg.OnTick == nil {
				continue
			}
			got, now := r.got(), time.Since(r.start)
			r.cfg.OnTick(Progress{now - begin, whole, got, float64(got-last) / (now - at).Seconds(), int(r.alive.Load())})
			last, at = got, now
		}
	}
}

// got is how many messages were delivered so far.
func (r *run) got() (n uint64) {
	for _, rx := range r.receivers {
		rx.mu.Lock()
		n += rx.got
		rx.mu.Unlock()
	}
	return n
}

// drain waits until all that was sent has come, or nothing comes any more.
func (r *run) drain() {
	if r.cfg.Mode == Events {
		return
	}
	look := time.NewTicker(drainLook)
	defer look.Stop()
	most := time.NewTimer(drainMost)
	defer most.Stop()
	got, since := r.got(), time.Now()
	for !r.complete() && time.Since(since) < drainQuiet {
		select {
		case <-look.C:
		case <-r.nobody:
			return
		case <-most.C:
			return
		}
		if now := r.got(); now != got {
			got, since = now, time.Now()
		}
	}
}

// complete reports whether each receiver that is still there has got all.
func (r *run) complete() bool {
	for _, rx := range r.receivers {
		if !rx.complete() {
			return false
		}
	}
	return true
}

func (rx *receiver) complete() bool {
	rx.mu.Lock()
	defer rx.mu.Unlock()
	if rx.end != nil {
		return true
	}
	for i, f := range rx.flows {
		if f.lost > 0 || f.last < rx.run.publishers[rx.first+i].sent {
			return false
		}
	}
	return true
}
