package workbench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"duplex/lessons/check/program"
)

// limits are those of a learner's server. All are far above what an exercise
// needs: it is stopped where it could do the machine harm.
var limits = program.Limits{Output: 64 << 20, Run: 2 * time.Hour, Processes: 64, Memory: 1 << 30}

// A session is one run of an exercise's program, from its build to its end.
// The goroutine that runs it owns it.
type session struct {
	x      *exercise
	before *session // is gone before this one starts
	ctx    context.Context
	cancel context.CancelCauseFunc // stops it, and says why
	done   chan struct{}           // closed once nothing of it is left
	ready  chan struct{}           // closed once job, url and err are set

	key string // of the sources that it builds, or has built; guarded by x.mu
	job *job
	url string
	err error // why there is no url
}

// Run builds the exercise's program and starts it, anew if it runs. It does
// not wait for that: the run that it returns is being built.
func (b *Bench) Run(name string) (Run, error) {
	x, err := b.goExercise(name)
	if err != nil {
		return Run{}, err
	}
	x.start()
	return x.Run(), nil
}

// Stop ends the exercise's program, and waits for that.
func (b *Bench) Stop(name string) (Run, error) {
	x, err := b.exercise(name)
	if err != nil {
		return Run{}, err
	}
	x.mu.Lock()
	x.wanted = false
	s := x.session
	x.mu.Unlock()
	if s != nil {
		s.cancel(errStopped)
		<-s.done
	}
	return x.Run(), nil
}

// goExercise finds an exercise that can be built, in a workspace that is there.
func (b *Bench) goExercise(name string) (*exercise, error) {
	x, err := b.exercise(name)
	if err != nil {
		return nil, err
	}
	if !x.isGo() {
		return nil, &Error{Code: NotGo, What: "The exercise " + name + " does not run here", Why: "it is a client, which runs in the page", Next: "Press Check: it runs your client against the script"}
	}
	if err := b.exists(); err != nil {
		return nil, err
	}
	if t := b.toolchain(b.ctx); !t.Found {
		return nil, &Error{Code: NoGo, What: "Your program can't be built", Why: t.Why, Next: t.Next}
	}
	return x, nil
}

// start begins a session in place of the one that there may be.
func (x *exercise) start() *session {
	key, _ := x.key()
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.startLocked(key)
}

// startLocked is start for the sources with that key. x.mu is held.
func (x *exercise) startLocked(key string) *session {
	s := &session{x: x, key: key, before: x.session, done: make(chan struct{}), ready: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancelCause(x.bench.ctx)
	if s.before != nil {
		s.before.cancel(errSuperseded)
	}
	x.session, x.wanted = s, true
	x.set(Run{State: Building, Why: x.bench.slow()})
	if !x.bench.spawn(s.live) {
		s.cancel(nil)
		s.err = context.Canceled
		close(s.ready)
		close(s.done)
	}
	return s
}

// set makes a new state known. x.mu is held.
func (x *exercise) set(run Run) {
	now := time.Now().UTC()
	run.Since = &now
	x.run = run
	x.told(func(w *Watch) { w.run = true })
}

// say is set, unless another session has taken over.
func (s *session) say(run Run) {
	s.x.mu.Lock()
	defer s.x.mu.Unlock()
	if s.x.session == s {
		s.x.set(run)
	}
}

// live is the whole life of a session.
func (s *session) live() {
	defer close(s.done)
	defer s.cancel(errEnded)
	p, run := s.begin()
	if s.before != nil {
		<-s.before.done // at the latest now
		s.before = nil
	}
	s.say(run)
	close(s.ready)
	if p == nil {
		return
	}
	defer p.out.end()
	defer p.err.end()
	select {
	case <-p.Ended():
		s.say(ended(p.Failure(), run.Took))
	case <-s.ctx.Done():
		s.say(Run{State: Stopping, URL: run.URL, Took: run.Took})
		p.Stop()
		s.say(Run{State: Idle, Took: run.Took})
	}
}

// A running is a program with what takes its output.
type running struct {
	*program.Program
	out, err *printer
}

// begin builds the program and starts it, and returns the state that this led
// to. Without a program, s.err or s.job say why there is none.
func (s *session) begin() (*running, Run) {
	var took Took
	began := time.Now()
	s.job, s.err = s.x.compile(s.ctx)
	took.Build = time.Since(began).Milliseconds()
	switch {
	case s.ctx.Err() != nil:
		s.err = errSuperseded
		return nil, Run{State: Idle}
	case s.err != nil:
		return nil, failed(s.err, took)
	}
	s.x.mu.Lock()
	s.key = s.job.key
	s.x.mu.Unlock()
	if s.job.build.State != Good {
		return nil, Run{State: Broken, What: "Your program does not build", Why: count(len(s.job.build.Problems)), Next: "Mend what the compiler found, and save", Took: took}
	}
	if s.before != nil {
		<-s.before.done
	}
	s.say(Run{State: Starting, Took: took})
	began = time.Now()
	p, err := s.launch()
	took.Start = time.Since(began).Milliseconds()
	if s.err = err; err != nil {
		if s.ctx.Err() != nil {
			s.err = errSuperseded
			return nil, Run{State: Idle}
		}
		return nil, failed(err, took)
	}
	s.url = p.URL()
	return p, Run{State: Running, URL: s.url, Took: took}
}

// launch starts the program. Until it serves, the end of the session kills it;
// from then on that is asked of it politely, by live.
func (s *session) launch() (*running, error) {
	ctx, kill := context.WithCancel(context.WithoutCancel(s.ctx))
	heed := context.AfterFunc(s.ctx, kill)
	defer heed()
	s.x.mu.Lock()
	s.x.log.restart()
	s.x.mu.Unlock()
	r := &running{out: &printer{x: s.x, stream: "out"}, err: &printer{x: s.x, stream: "err"}}
	var err error
	r.Program, err = program.StartWith(ctx, s.job.exe, s.config(r))
	if err != nil {
		kill()
		r.out.end()
		r.err.end()
		return nil, err
	}
	return r, nil
}

// config is the surroundings of the program.
func (s *session) config(r *running) program.Config {
	c := s.x.bench.cfg
	return program.Config{Dir: s.x.dir, Output: r.out, Errors: r.err, Limits: c.Limits, Ready: c.Ready}
}

// ended is the state after a program that nobody stopped.
func ended(f *program.Failure, took Took) Run {
	if f == nil {
		return Run{State: Ended, What: "Your program ended", Why: "it returned from main (exit status 0)", Next: "Let it serve until it is stopped, and save", Took: took}
	}
	return Run{State: Ended, What: yours(f.What), Why: f.Why, Next: f.Next, Took: took}
}

// failed is the state after a program that never came to serve.
func failed(err error, took Took) Run {
	run := Run{State: Broken, What: "Your program did not start", Why: err.Error(), Next: "Mend that and press Run again", Took: took}
	var f *program.Failure
	var e *Error
	switch {
	case errors.As(err, &f):
		run.What, run.Why, run.Next = yours(f.What), f.Why, f.Next
	case errors.As(err, &e):
		run.What, run.Why, run.Next = e.What, e.Why, e.Next
	}
	return run
}

func count(problems int) string {
	switch problems {
	case 0:
		return "the go command found something wrong"
	case 1:
		return "the compiler found one mistake"
	}
	return fmt.Sprintf("the compiler found %d mistakes", problems)
}

// changed is called when sources have changed, and also when a page begins to
// watch (moved: false). The program that should run is started anew, unless it
// was started from these sources; what only is looked at is built.
func (x *exercise) changed(moved bool) {
	if !x.isGo() || x.bench.exists() != nil {
		return
	}
	key := ""
	if moved {
		key, _ = x.key() // without one, the attempt to build it says why
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case x.wanted && moved && (key == "" || x.session.key != key):
		x.startLocked(key)
	case len(x.watches) > 0:
		x.bench.spawn(func() { _, _ = x.compile(x.bench.ctx) }) // what it found is told to the watches
	}
}
