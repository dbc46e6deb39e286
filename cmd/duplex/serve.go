package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"

	"duplex/lessons/check/mailbox"
	"duplex/lessons/workspace"
	"duplex/server"
)

const defaultAddr = "127.0.0.1:8080"

// gcPercent keeps the heap of a server that mostly waits near what it needs:
// some 4 MB are alive, and collecting twice as often costs nothing one could
// notice. While the lessons are rendered it would double the time to the first
// page, so it holds from then on. GOGC overrides it.
const gcPercent = 50

func serveCommand() *command {
	return &command{
		name:  "serve",
		args:  "[--addr HOST:PORT] [--work DIR] [--lessons DIR] [--data DIR] [--open]",
		short: "serve the course; what duplex does without a command",
		long: `
  --addr HOST:PORT  where to listen (default 127.0.0.1:8080; port 0: any free one)
  --work DIR        your folder of exercises, which the pages open: what you write
                    there and in your own editor is one (default: the folder
                    duplex-exercises in your home; it is made when you ask for it);
                    every account of this machine can reach the server, and so
                    that folder: don't serve it where you don't trust them
  --lessons DIR     another course; the pages reload when its files are saved
  --allow-html      let that course's lessons hold raw HTML (only for lessons
                    whose author you trust)
  --data DIR        where progress is kept (default: your own data directory);
                    lessons and exercises of one name share it, so give another
                    course a directory of its own if names are the same
  --open            open the course in a browser

  duplex
  duplex serve --addr 127.0.0.1:9000 --open
  duplex serve --lessons ./my-course

Ctrl+C ends it: event streams and WebSockets are closed properly first.`,
		run: runServe,
	}
}

func runServe(ctx context.Context, c *call) error {
	cfg := server.Config{Version: version(), Log: slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	c.flags.StringVar(&cfg.Addr, "addr", defaultAddr, "")
	c.flags.StringVar(&cfg.Work, "work", "", "")
	c.flags.StringVar(&cfg.LessonsDir, "lessons", "", "")
	c.flags.StringVar(&cfg.Data, "data", "", "")
	c.flags.BoolVar(&cfg.AllowHTML, "allow-html", false, "")
	open := c.flags.Bool("open", false, "")
	_, err := c.parse(0, 0)
	if err != nil {
		return err
	}
	if err := validAddr(cfg.Addr); err != nil {
		return err
	}
	if cfg.LessonsDir != "" {
		if err := readable(cfg.LessonsDir); err != nil {
			return err
		}
	}
	if cfg.Data == "" {
		data, err := mailbox.DefaultData()
		if err != nil {
			return err
		}
		cfg.Data = data
	}
	if cfg.Work, err = workDir(cfg.Work); err != nil {
		return err
	}
	if os.Getenv("GOGC") == "" {
		cfg.Warm = func() { debug.SetGCPercent(gcPercent) }
	}
	cfg.Started = func(addr string) { started(c, addr, *open) }
	return serve(ctx, cfg)
}

func serve(ctx context.Context, cfg server.Config) error {
	s, err := server.New(cfg)
	if err != nil {
		return err
	}
	l, err := server.Listen(cfg.Addr)
	if err != nil {
		s.Close()
		return err
	}
	return s.Run(ctx, l)
}

// workDir is where the workspace is, or would be made. A folder that the person
// has named must not hold anything else. Where there is no place by default,
// the pages do without.
func workDir(named string) (string, error) {
	if named == "" {
		dir, err := workspace.DefaultDir()
		if err != nil {
			return "", nil
		}
		return dir, nil
	}
	if _, err := workspace.Open(named); err != nil {
		return "", usagef("--work: %v", err)
	}
	return named, nil
}

func validAddr(addr string) error {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return usagef("--addr %q: expected HOST:PORT, like %s or :8080", addr, defaultAddr)
	}
	return nil
}

// started says where the course is, on out for programs that wait for it, and
// what to do next, on err for people.
func started(c *call, addr string, open bool) {
	host, port, _ := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	if ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	url := "http://" + net.JoinHostPort(host, port)
	fmt.Fprintf(c.out, "listening on %s\n", url)
	if ip != nil && !ip.IsLoopback() {
		fmt.Fprintf(c.err, "warning: %s can be reached from other machines; without --addr only this one can reach it\n", addr)
	}
	fmt.Fprint(c.err, "\nOpen that address in a browser and press Start. Your progress is kept.\nPress Ctrl+C here to end it; duplex help shows what else there is.\n")
	if open {
		if err := browse(url); err != nil {
			fmt.Fprintf(c.err, "no browser could be opened (%v); open %s yourself\n", err, url)
		}
	}
}

// browse opens url in the user's browser.
func browse(url string) error {
	name, args := "xdg-open", []string{url}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", url}
	}
	cmd := exec.Command(name, args...)
	if err := cmd.Start(); err != nil {
		return err
	}
	go cmd.Wait() // ends when the opener does, at the latest with this program
	return nil
}
