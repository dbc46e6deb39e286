package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"duplex/server/bench"
	"duplex/server/bench/bare"

	"golang.org/x/term"
)

// exitInconclusive is for a load that could not begin.
const exitInconclusive = 2

func benchCommand() *command {
	return &command{
		name:  "bench",
		args:  "URL [FLAGS], or serve --addr HOST:PORT",
		short: "load a WebSocket or an event stream, and count what is lost",
		long: `
URL is any WebSocket or event stream, in any language: ws, wss, http or https.
Every message carries a number, so that bench can say what was lost, repeated
or out of order, besides how many came and how late.

  --mode MODE      echo    each connection gets back what it sends
                   chat    everybody gets what anybody sends, also the sender
                   events  an event stream that speaks by itself
                   fan     an event stream that repeats what is posted to --pub
                   (default: what a try shows)
  -c N             connections (default 100)
  -p N             publishers, in chat and fan (default 4)
  --rate R         messages a second, all publishers together (default: as many
                   as the window allows); latency then counts from the time at
                   which a message was due, even if it had to wait
  --window W       messages that a publisher sends before it hears the first of
                   them (default 1 in echo, else 8; with --rate 1024)
  --size BYTES     of a message (default 128)
  --duration D     of the measuring (default 5s)
  --warm D         what comes before it and is not measured (default 1s)
  --send TEXT      what to send, with {message} where the message goes
  --pub URL        where to post messages
  --json           the report as JSON, for programs
  --yes            load a host that is not this machine: only one that you may

  duplex bench http://localhost:3000/ws
  duplex bench ws://localhost:3000/ws --mode chat -c 500 --rate 200
  duplex bench http://localhost:3000/events -c 20
  duplex bench http://localhost:3000/fan --pub http://localhost:3000/pub
  duplex bench http://127.0.0.1:8080/demo/chat/bench -c 50 --rate 30 \
    --send '{"type":"say","text":"{message}"}'

What a server says it left out, with a message {"type":"lagged","missed":N}, an
event of the type lagged, a refusal or a Close frame, counts as declared.

duplex bench serve offers an echo, a chat and streams without limits to load.

Ctrl+C ends it early, and it still reports. Exit code: 0 nothing was lost
without a word, repeated or out of order; 1 something was; 2 it could not
connect, or nobody hears what is sent; 3 wrong use.`,
		fail: exitUsage,
		run:  runBench,
	}
}

func runBench(ctx context.Context, c *call) error {
	if len(c.args) > 0 && c.args[0] == "serve" {
		c.args = c.args[1:]
		return runBenchServe(ctx, c)
	}
	cfg, asJSON, err := benchConfig(c)
	if err != nil {
		return err
	}
	line := newLiveLine(c.err)
	cfg.OnTick = func(p bench.Progress) { line.show(p.String()) }
	if !asJSON {
		cfg.OnFound = func(mode bench.Mode, how string) { fmt.Fprintf(c.out, "found: %s (%s)\n", mode, how) }
	}
	report, err := bench.Run(ctx, cfg)
	line.clear()
	var no *bench.ConnectError
	if errors.As(err, &no) {
		fmt.Fprintf(c.err, "duplex bench: %v\n", no)
		return exitCode(exitInconclusive)
	}
	if err != nil {
		return err
	}
	if err := writeBench(c, report, asJSON); err != nil {
		return err
	}
	if report.Verdict != bench.OK {
		return exitCode(exitFail)
	}
	return nil
}

// benchConfig reads the flags.
func benchConfig(c *call) (cfg bench.Config, asJSON bool, err error) {
	f := c.flags
	f.Func("mode", "", func(s string) error { cfg.Mode = bench.Mode(s); return nil })
	f.IntVar(&cfg.Connections, "c", 100, "")
	f.IntVar(&cfg.Publishers, "p", 4, "")
	f.Float64Var(&cfg.Rate, "rate", 0, "")
	f.IntVar(&cfg.Window, "window", 0, "")
	f.IntVar(&cfg.Size, "size", 128, "")
	f.DurationVar(&cfg.Duration, "duration", 5*time.Second, "")
	f.DurationVar(&cfg.Warm, "warm", time.Second, "")
	f.StringVar(&cfg.Send, "send", "{message}", "")
	f.StringVar(&cfg.Publish, "pub", "", "")
	f.BoolVar(&cfg.AnyHost, "yes", false, "")
	f.BoolVar(&asJSON, "json", false, "")
	args, err := c.parse(1, 1)
	if err != nil {
		return cfg, false, err
	}
	cfg.URL = args[0]
	if err := noZeros(f, "c", "p", "size", "duration", "window"); err != nil {
		return cfg, false, err
	}
	err = cfg.Validate()
	var elsewhere *bench.NotHereError
	if errors.As(err, &elsewhere) {
		return cfg, false, usagef("%v; add --yes if you may load it", elsewhere)
	}
	if err != nil {
		return cfg, false, usagef("%v", err)
	}
	return cfg, asJSON, nil
}

// noZeros refuses a 0 that was asked for: in a bench.Config it would mean the
// default.
func noZeros(f *flag.FlagSet, names ...string) (err error) {
	f.Visit(func(one *flag.Flag) {
		for _, name := range names {
			if v := one.Value.String(); one.Name == name && (v == "0" || v == "0s") {
				err = usagef("-%s 0: expected more than 0", name)
			}
		}
	})
	return err
}

func writeBench(c *call, report *bench.Report, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(c.out)
		enc.SetIndent("", "  ")
		return enc.Encode(report)
	}
	style := styleOf(c.out, false)
	return report.Write(c.out, bench.Style{Width: style.Width, Color: style.Color})
}

// runBenchServe serves what can be loaded.
func runBenchServe(ctx context.Context, c *call) error {
	addr := c.flags.String("addr", "127.0.0.1:0", "")
	if _, err := c.parse(0, 0); err != nil {
		return err
	}
	if err := validAddr(*addr); err != nil {
		return err
	}
	return bare.Serve(ctx, bare.Config{
		Addr:     *addr,
		Announce: func(addr string) { fmt.Fprintf(c.out, "listening on http://%s\n", addr) },
	})
}

// A liveLine is one line of a terminal that is written again and again. When w
// is no terminal, or can't rewrite a line, nothing is written.
type liveLine struct {
	w     io.Writer
	shown int // columns
}

func newLiveLine(w io.Writer) *liveLine {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return &liveLine{w: io.Discard}
	}
	return &liveLine{w: w}
}

func (l *liveLine) show(line string) {
	fmt.Fprintf(l.w, "\r%s%s", line, strings.Repeat(" ", max(l.shown-len(line), 0)))
	l.shown = len(line)
}

func (l *liveLine) clear() {
	if l.shown > 0 {
		fmt.Fprintf(l.w, "\r%s\r", strings.Repeat(" ", l.shown))
	}
}
