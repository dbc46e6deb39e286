package workbench

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"

	"duplex/lessons/check/program"
)

// A Served is what the compiler made of an exercise, and the program that runs.
type Served struct {
	URL   string // none when it does not build
	Build Build

	session *session
}

// Serve makes sure that the exercise's program runs, built from the sources as
// they are. An error says why there is a program and yet no URL; it is an
// *Error or, for a program that does not serve, a *program.Failure.
func (b *Bench) Serve(ctx context.Context, name string) (served Served, err error) {
	x, err := b.goExercise(name)
	if err != nil {
		return served, err
	}
	for again := false; ; again = true {
		s, err := x.serving(again)
		if err != nil {
			return served, b.readError("Your program can't be built", name, err)
		}
		select {
		case <-s.ready:
		case <-ctx.Done():
			return served, ctx.Err()
		}
		if errors.Is(s.err, errSuperseded) && b.ctx.Err() == nil {
			continue
		}
		return x.served(s), told(s.err)
	}
}

// served is what there is to say of a session that has come to an URL, or not.
func (x *exercise) served(s *session) Served {
	x.mu.Lock()
	defer x.mu.Unlock()
	served := Served{URL: s.url, session: s}
	if s.job != nil {
		served.Build = s.job.build
	}
	return served
}

// Err says why the program was ended on purpose, if it was: it gave way to one
// of newer sources, or was stopped. What was seen of it since proves nothing.
// An end of its own is no such reason.
func (s Served) Err() error {
	if why := context.Cause(s.session.ctx); why != errEnded {
		return why
	}
	return nil
}

// Follow returns a context that ends with ctx, and as soon as Err has a reason,
// which is then its cause. Its user calls cancel.
func (s Served) Follow(ctx context.Context) (_ context.Context, cancel func()) {
	ctx, end := context.WithCancelCause(ctx)
	unfollow := context.AfterFunc(s.session.ctx, func() {
		if err := s.Err(); err != nil {
			end(err)
		}
	})
	return ctx, func() { unfollow(); end(nil) }
}

// serving returns the session that runs the sources as they are, or is about
// to, and begins one if there is none; again: in place of one that was ended,
// unless a person did that.
func (x *exercise) serving(again bool) (*session, error) {
	key, err := x.key()
	if err != nil {
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if again && !x.wanted {
		return nil, errStopped
	}
	s := x.session
	alive := x.run.State == Building || x.run.State == Starting || x.run.State == Running
	if s != nil && alive && s.ctx.Err() == nil && s.key == key {
		return s, nil
	}
	return x.startLocked(key), nil
}

// Target is the URL of the exercise's program, if it runs.
func (b *Bench) Target(name string) (string, error) {
	x, err := b.exercise(name)
	if err != nil {
		return "", err
	}
	if run := x.Run(); run.State == Running {
		return run.URL, nil
	}
	return "", &Error{Code: NotRunning, What: "Your program does not run", Why: "nobody has started it, or it has ended", Next: "Press Run"}
}

// slow says what to expect of the first build; "" of every other.
func (b *Bench) slow() string {
	dir, err := b.builds()
	if err != nil {
		return ""
	}
	built, _ := os.ReadDir(dir)
	if slices.ContainsFunc(built, func(e os.DirEntry) bool { return strings.HasSuffix(e.Name(), ".exe") }) {
		return ""
	}
	return "the first build takes longer, since Go compiles its standard library, too"
}

// spawn runs f in a goroutine that Close waits for; not after Close.
func (b *Bench) spawn(f func()) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ctx.Err() != nil {
		return false
	}
	b.work.Go(f)
	return true
}

// told is an error in words for the program's author, where it is a failure of
// the program.
func told(err error) error {
	f := (*program.Failure)(nil)
	if !errors.As(err, &f) {
		return err
	}
	own := *f
	own.What = yours(f.What)
	return &own
}

// yours speaks to the program's author.
func yours(what string) string {
	if rest, ok := strings.CutPrefix(what, "the program "); ok {
		return "Your program " + rest
	}
	return sentence(what)
}
