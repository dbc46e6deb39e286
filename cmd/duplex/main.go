// Command duplex serves an interactive course on real-time web programming,
// and checks the exercises in it. Run "duplex help" for its commands.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"duplex/lessons/check/program"
)

func main() {
	program.Keep()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl+C ends the program at once
	os.Exit(run(ctx, os.Args[1:], console{os.Stdout, os.Stderr}))
}
