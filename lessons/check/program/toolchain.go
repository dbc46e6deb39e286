package program

import (
	"cmp"
	"context"
	"errors"
	"go/version"
	"io"
	"strings"
	"time"
)

const (
	// oldest is the Go release that a workspace's code needs.
	oldest = "go1.26"
	// answers is how long the go command may take to say its version: it does
	// so at once, but for a first time, from a slow disk.
	answers = 10 * time.Second
)

// Toolchain returns the version of the Go tool chain that builds programs,
// such as go1.26.8. Its error is a *Failure when there is none that can, or none
// that answers within ten seconds, and that of ctx once it is over.
func Toolchain(ctx context.Context) (string, error) { return toolchain(ctx, answers) }

func toolchain(ctx context.Context, within time.Duration) (string, error) {
	var said strings.Builder // without the warnings, which stand in the other stream
	p, err := Command(ctx, Config{Output: &said, Errors: io.Discard, Limits: Limits{Run: within}}, "go", "env", "GOVERSION")
	if err != nil {
		return "", noTools("there is no Go tool chain", err.Error(),
			"Install Go from https://go.dev/dl, then start duplex anew; or check a server in another language by its URL")
	}
	if err := p.Wait(); err != nil {
		return "", mute(ctx, err, within)
	}
	found := strings.TrimSpace(said.String())
	if version.IsValid(found) && version.Compare(found, oldest) < 0 {
		return "", noTools("the Go tool chain is too old", "it is "+found+", and the exercises need "+oldest+" or newer",
			"Install a newer one from https://go.dev/dl, then start duplex anew")
	}
	return found, nil
}

// mute is why the go command did not say its version.
func mute(ctx context.Context, err error, within time.Duration) error {
	f := (*Failure)(nil)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &f) && f.Cause == TooLong:
		return noTools("the Go tool chain did not answer", "go env GOVERSION took more than "+short(within)+", as it may on a slow disk at first",
			"Try again in a moment; if it stays so, run go env GOVERSION in a terminal and see what it waits for")
	case errors.As(err, &f):
		said, _, _ := strings.Cut(f.Output, "\n")
		return noTools("the Go tool chain does not work", "go env GOVERSION says: "+cmp.Or(said, f.Why),
			"Run go env GOVERSION in a terminal, mend what it says, and try again")
	}
	return err
}

func noTools(what, why, next string) *Failure {
	return &Failure{Cause: Exited, Code: -1, What: what, Why: why, Next: next}
}
