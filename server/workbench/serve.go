package workbench

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
)

// Serve makes sure that the exercise's program runs, built from the sources as
// they are, and returns its URL, and what the build said. A program that does
// not build has no URL. An error says why there is a program and yet no URL; it
// is an *Error or, for a program that does not serve, a *program.Failure.
func (b *Bench) Serve(ctx context.Context, name string) (url string, build Build, err error) {
	x, err := b.goExercise(name)
	if err != nil {
		return "", build, err
	}
	for {
		s, err := x.serving()
		if err != nil {
			return "", build, b.fsError("Your program can't be built", name, err)
		}
		select {
		case <-s.ready:
		case <-ctx.Done():
			return "", build, ctx.Err()
		}
		if errors.Is(s.err, errSuperseded) && b.ctx.Err() == nil {
			continue
		}
		if s.job != nil {
			build = s.job.build
		}
		return s.url, build, s.err
	}
}

// serving returns the session that runs the sources as they are, or is about
// to, and begins one if there is none.
func (x *exercise) serving() (*session, error) {
	key, err := x.key()
	if err != nil {
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
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
	if built, _ := filepath.Glob(filepath.Join(dir, "*.exe")); len(built) > 0 {
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

// yours speaks to the program's author.
func yours(what string) string {
	if rest, ok := strings.CutPrefix(what, "the program "); ok {
		return "your program " + rest
	}
	return what
}
