package check

import (
	"context"
	"net"
	"time"
)

// A Client runs the learner's program in the scripts that play the server (see
// "The other part" in the package comment). Its Start may be called again
// only after the run before it was stopped.
type Client interface {
	// Start runs the program from its beginning, for one step. The program is
	// on its own from then on: it connects when it likes. An error means that
	// the program could not be started at all, and is told to the learner.
	//
	// A Start that takes more than 300 ms shows a machine that is slow or busy, which
	// is no fault of the program: the step's times are then twice as long, and three
	// times where it takes more than 600 ms. The transcript says so.
	Start(ctx context.Context, with ClientStart) (ClientRun, error)
}

// A SlowClient is a Client whose Start returns before its program runs: what
// compiles or interprets it has to start, too. A step's time begins with the
// first sign of the program, a connection or a line that it logs.
type SlowClient interface {
	Client

	// StartsWithin is how long that may take.
	StartsWithin() time.Duration
}

// A ClientStart is what one run of a client is told.
type ClientStart struct {
	// Step is the step that the run is for.
	Step string

	// Settings is what the program finds in the object "exercise": url, and
	// what the script's "serve" sets. Its values are strings and numbers; a
	// duration is a number of milliseconds.
	Settings map[string]any

	// Random, where it is not nil, is what Math.random returns each time.
	Random *float64

	// Output is called with each line that the program logs, as it comes, from
	// any goroutine. level is "log", "info", "debug", "warn" or "error".
	Output func(level, text string)

	// Ended is called, at most once and from any goroutine, when the program
	// broke: what it threw that nothing caught, or how its process ended. One
	// that comes to its end as it should (exit status 0) has not broken. That of a
	// starter, "Error: not started", makes the step not started.
	Ended func(why string)
}

// A ClientRun is a program under way.
type ClientRun interface {
	// Input gives the program a line that its user typed.
	Input(text string) error

	// Stop ends the program, whatever it is doing, and waits for its end.
	Stop()
}

// A SettledRun is a ClientRun that knows when its program has caught up. A step
// that has expected nothing for a time asks it, and looks once more: on a slow
// machine, what is wrong shows later than that.
type SettledRun interface {
	ClientRun

	// Settle returns once the program has dealt with all that had reached it
	// when Settle was called; what it logged and threw by then has been told. An
	// error means that this cannot be known: the program is gone, or ctx ended.
	Settle(ctx context.Context) error
}

// A Place is where a script that plays the server is reached.
type Place struct {
	net.Listener

	// URL is its base, without a slash at the end: http://127.0.0.1:4000.
	URL string
}
