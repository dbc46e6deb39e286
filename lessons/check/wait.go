package check

import "time"

// stretched is how long a time of the script is in this step.
func (r *stepRun) stretched(d time.Duration) time.Duration {
	return time.Duration(float64(d) * r.patience)
}

// deadline is when a wait that begins now ends.
func (r *stepRun) deadline(within time.Duration) time.Time {
	at := time.Now().Add(r.stretched(within))
	if at.After(r.until) {
		return r.until
	}
	return at
}

// inTime says how long a wait that begins now may be, in the script's time.
func (r *stepRun) inTime(within time.Duration) string {
	if time.Now().Add(r.stretched(within)).After(r.until) {
		return "within the step's limit of " + showDuration(r.spec.Limit)
	}
	return "within " + showDuration(within)
}

// wait returns true once ready holds, or false at the deadline or when the step
// is stopped. ready is called with the inbox locked.
func (r *stepRun) wait(c *conn, until time.Time, ready func(*inbox) bool) bool {
	return r.waitOn(c.box.changed, until, func() bool {
		c.box.mu.Lock()
		defer c.box.mu.Unlock()
		return ready(c.box)
	})
}

// waitOn does so for anything that puts a token into changed. Where the script
// plays the server, it also ends when there is nothing left to wait for.
func (r *stepRun) waitOn(changed <-chan struct{}, until time.Time, ready func() bool) bool {
	is := false
	r.waitFor(changed, until, func() bool {
		is = ready()
		return is || r.served.hopeless()
	})
	return is
}

// waitFor waits until ready holds, whatever else happened, or until the deadline
// or the end of the step.
func (r *stepRun) waitFor(changed <-chan struct{}, until time.Time, ready func() bool) {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	for !ready() {
		select {
		case <-changed:
		case <-timer.C:
			ready() // what has come until now has come in time
			return
		case <-r.ctx.Done():
			return
		}
	}
}
