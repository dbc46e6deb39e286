// Package workbench is the learner's workspace as the pages see it: its files,
// which an editor may change at the same time; the programs that are built
// from them; and the one that runs for each exercise, with its log.
//
//	b := workbench.New(workbench.Config{Dir: dir, Data: data, Course: course, Log: log})
//	defer b.Close()
//	saved, err := b.Save("echo", "main.go", workbench.Edit{Content: text, Base: hash, Format: true})
//	run, err := b.Run("echo")
//	own, err := b.Serve(ctx, "echo") // for a check, which follows the program
//	w, err := b.Watch("echo")        // what happens from now on
//
// Nothing that a learner wrote is lost: a save on top of a change that its
// writer has not seen is refused, and so is one of a file that was removed
// meanwhile. The last 50 versions of each file are kept in the data directory,
// whoever wrote them, byte by byte and up to 8 MB each; what can't be kept is
// not overwritten.
//
// A page sees text: UTF-8 of up to 64 KB, its lines ending in LF. A file keeps
// the line ends that it has, and one that is no such text says so itself.
//
// All methods may be called from any goroutine. Errors are told to a person;
// see Error.
package workbench

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"duplex/lessons"
	"duplex/lessons/check/program"
	"duplex/lessons/workspace"
)

// Config says where the workspace is.
type Config struct {
	Dir    string                 // the workspace; it need not be there yet
	Data   string                 // where versions and built programs are kept
	Course func() *lessons.Course // whose exercises they are
	Log    *slog.Logger           // nil: nothing is logged

	// For tests; zero means as usual.
	Limits program.Limits             // of the programs that run
	Ready  time.Duration              // how long they may take to listen
	Write  func(string, []byte) error // puts a file in place
}

// A Bench is one workspace. It need not exist before the first edit.
type Bench struct {
	cfg   Config
	id    string // tells workspaces apart in the data directory
	store versions

	ctx  context.Context // ends with Close
	end  context.CancelFunc
	work sync.WaitGroup // all goroutines

	// Held for writing while the workspace is made: nobody looks at half of it,
	// or saves into it. What was built of half of it has another key.
	making sync.RWMutex

	seen    atomic.Bool // the workspace was there once
	existed atomic.Bool // it was there at the last look

	mu        sync.Mutex
	exercises map[string]*exercise
	tools     Tools // what is known of the tool chain
}

// New returns a Bench, which looks after the workspace until Close.
func New(cfg Config) *Bench {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Write == nil {
		cfg.Write = writeFile
	}
	if cfg.Limits == (program.Limits{}) {
		cfg.Limits = limits
	}
	cfg.Dir, cfg.Data = absolute(cfg.Dir), absolute(cfg.Data)
	sum := sha256.Sum256([]byte(cfg.Dir))
	b := &Bench{cfg: cfg, id: hex.EncodeToString(sum[:8]), exercises: map[string]*exercise{}}
	// Versions lie beyond the workspace, so that they outlive it.
	b.store = versions{root: filepath.Join(cfg.Data, "versions", b.id), write: cfg.Write}
	b.ctx, b.end = context.WithCancel(context.Background())
	b.work.Go(b.follow)
	return b
}

// absolute is dir as every program sees it: the compiler and what it builds run
// in other folders than this one.
func absolute(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		return abs
	}
	return dir
}

// Close stops all programs, and waits for them and for everything else.
func (b *Bench) Close() {
	b.mu.Lock()
	b.end() // under the lock, so that no goroutine begins after this; see spawn
	b.mu.Unlock()
	b.work.Wait()
}

// A State is what GET /work answers.
type State struct {
	Dir    string         `json:"dir"`
	Exists bool           `json:"exists"`
	Gone   bool           `json:"gone,omitempty"` // it was there before
	Offer  string         `json:"offer"`          // where a workspace would be made
	Why    string         `json:"why,omitempty"`  // why there is none and can be none
	Go     Tools          `json:"go"`
	Runs   map[string]Run `json:"runs"`
}

// Tools says whether programs can be built here.
type Tools struct {
	Found   bool   `json:"found"`
	Version string `json:"version"`
	Why     string `json:"why"`
	Next    string `json:"next,omitempty"`
}

// State tells where the workspace is, and what runs.
func (b *Bench) State(ctx context.Context) State {
	s := State{Dir: b.cfg.Dir, Offer: b.cfg.Dir, Go: b.toolchain(ctx), Runs: map[string]Run{}}
	var err error
	if s.Exists, s.Gone, err = b.there(); err != nil {
		s.Why = err.Error()
	}
	for _, e := range b.all() {
		if run := e.Run(); run.State != Idle {
			s.Runs[e.name] = run
		}
	}
	return s
}

// toolchain looks for the Go tool chain, until one was found.
func (b *Bench) toolchain(ctx context.Context) Tools {
	b.mu.Lock()
	known := b.tools
	b.mu.Unlock()
	if known.Found {
		return known
	}
	var t Tools
	version, err := program.Toolchain(ctx)
	f := (*program.Failure)(nil)
	switch {
	case errors.As(err, &f):
		t.Why, t.Next = sentence(f.What+": "+f.Why), f.Next
	case err != nil:
		t.Why = err.Error()
	default:
		t.Found, t.Version = true, version
	}
	if !errors.Is(err, context.Canceled) { // who asked has gone: that says nothing of it
		b.mu.Lock()
		defer b.mu.Unlock()
		b.tools = t
	}
	return t
}

// Dir is where the workspace is, or would be made.
func (b *Bench) Dir() string { return b.cfg.Dir }

// Make makes the workspace, or brings it up to date.
func (b *Bench) Make() error {
	b.making.Lock()
	_, err := workspace.Write(b.cfg.Dir, b.cfg.Course())
	b.making.Unlock()
	if err != nil {
		return b.fsError("The workspace could not be made", b.cfg.Dir, err)
	}
	b.look()
	return nil
}

// exercise finds an exercise of the course. Its state is made when it is first
// asked for.
func (b *Bench) exercise(name string) (*exercise, error) {
	e := b.cfg.Course().Exercise(name)
	if e == nil {
		return nil, &Error{Code: NotFound, What: "There is no exercise " + name, Why: "the course has none of that name", Next: "Choose one on a lesson's page"}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	x := b.exercises[name]
	if x == nil {
		x = &exercise{bench: b, name: name, dir: filepath.Join(b.cfg.Dir, name), run: Run{State: Idle}, build: Build{State: None, Problems: []Problem{}}}
		b.exercises[name] = x
	}
	x.content = e
	return x, nil
}

// all returns the exercises that were asked for so far.
func (b *Bench) all() []*exercise {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []*exercise
	for _, x := range b.exercises {
		all = append(all, x)
	}
	return all
}

// builds is where built programs are kept.
func (b *Bench) builds() (string, error) {
	dir := filepath.Join(b.cfg.Data, "builds")
	return dir, os.MkdirAll(dir, 0o755)
}
