package workbench

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"duplex/lessons/check/program"
)

// What a build and a look for mistakes may use.
const (
	buildTime   = 5 * time.Minute // the first one compiles the standard library
	buildOutput = 1 << 20
)

// What a Build's State may be.
const (
	None   = "none"
	Making = "building"
	Good   = "ok"
	Bad    = "failed"
)

// A Build is what the compiler, and go vet, say of an exercise's program.
type Build struct {
	State    string    `json:"state"`
	Problems []Problem `json:"problems"` // not nil
	Output   string    `json:"output"`   // all that was said, when it is not ok
	Took     int64     `json:"took"`     // ms
}

// A job is one build of one state of the sources.
type job struct {
	key    string
	cancel context.CancelFunc
	done   chan struct{} // closed once the rest is set
	exe    string        // of a build that is ok
	build  Build         // guarded by x.mu from then on: go vet comes later
	err    error         // why it says nothing of the program: no tool chain, no time, superseded
}

// Why a build or a session was ended.
var (
	errSuperseded = &Error{Code: Superseded, What: "The check was ended", Why: "your files changed meanwhile", Next: "Check again"}
	errStopped    = &Error{Code: Stopped, What: "Your program was stopped", Why: "Stop was pressed meanwhile", Next: "Press Check again"}
	errEnded      = errors.New("the program has ended by itself")
)

// compile returns the program, built from the sources as they are. A build that
// is under way for them is waited for, and one for older sources is ended.
func (x *exercise) compile(ctx context.Context) (*job, error) {
	for {
		key, err := x.key()
		if err != nil {
			return nil, x.bench.readError("The program can't be built", x.name, err)
		}
		j, err := x.latest(key)
		if err != nil {
			return nil, err
		}
		select {
		case <-j.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if !errors.Is(j.err, errSuperseded) {
			return j, j.err
		}
	}
}

// latest returns the job for the sources with that key, and starts it if there
// is none.
func (x *exercise) latest(key string) (*job, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.job != nil && x.job.key == key && !x.job.lost() {
		return x.job, nil
	}
	if x.job != nil {
		x.job.cancel()
	}
	ctx, cancel := context.WithCancel(x.bench.ctx)
	j := &job{key: key, cancel: cancel, done: make(chan struct{})}
	if !x.bench.spawn(func() { defer cancel(); x.make(ctx, j) }) {
		cancel()
		return nil, context.Canceled
	}
	x.job = j
	x.build = Build{State: Making, Problems: []Problem{}}
	x.told(func(w *Watch) { w.build = true })
	return j, nil
}

// lost reports whether the program that was built is there no more.
func (j *job) lost() bool {
	select {
	case <-j.done:
	default:
		return false
	}
	if j.exe == "" {
		return false
	}
	_, err := os.Stat(j.exe)
	return err != nil
}

// make builds, says so, and then lets go vet look.
func (x *exercise) make(ctx context.Context, j *job) {
	began := time.Now()
	j.exe, j.build, j.err = x.built(ctx, j.key)
	j.build.Took = time.Since(began).Milliseconds()
	x.mu.Lock()
	current := x.job == j
	if !current {
		j.err = errSuperseded
	} else if errors.Is(j.err, errSuperseded) {
		x.job = nil // whoever waits builds the new ones
		x.build = Build{State: None, Problems: []Problem{}}
	} else if j.err != nil {
		x.job = nil // the next one tries again
		x.build = Build{State: Bad, Problems: j.build.Problems, Output: cmp.Or(j.build.Output, j.err.Error())}
	} else {
		x.build = j.build
	}
	if current {
		x.told(func(w *Watch) { w.build = true })
	}
	x.mu.Unlock()
	close(j.done)
	if current && j.err == nil && j.build.State == Good {
		x.vet(ctx, j)
	}
}

// built compiles the exercise, unless that was done before for these sources.
// When the sources have changed meanwhile, nobody knows which of them the
// compiler has read: what it made of them counts for nothing.
func (x *exercise) built(ctx context.Context, key string) (exe string, build Build, err error) {
	build = Build{State: Good, Problems: []Problem{}}
	dir, err := x.bench.builds()
	if err != nil {
		return "", build, x.bench.fsError("The program can't be built", dir, err)
	}
	if list := x.noProgram(); len(list) > 0 {
		return "", unbuilt(x.name, list), nil
	}
	prefix := x.bench.id + "-" + x.name + "-"
	exe = filepath.Join(dir, prefix+key+".exe")
	if _, err := os.Stat(exe); err == nil {
		return exe, build, nil
	}
	part := exe + ".part"
	defer os.Remove(part)
	c := program.Config{Dir: x.bench.cfg.Dir, Limits: program.Limits{Run: buildTime, Output: buildOutput}}
	err = program.Build(ctx, part, c, "-mod=vendor", "./"+x.name)
	if now, gone := x.key(); ctx.Err() == nil && (gone != nil || now != key) {
		return "", build, errSuperseded
	}
	said := (*program.BuildError)(nil)
	switch {
	case errors.As(err, &said):
		build, err = x.refused(said)
		return "", build, err
	case err == nil:
		forget(dir, prefix)
		err = os.Rename(part, exe)
	}
	return exe, build, x.buildFailure(err)
}

// refused is what the go command has said where it built nothing. Where that is
// not of the program, its reason may pass, such as a full disk: then it is an
// error, and the next one who asks builds anew.
func (x *exercise) refused(said *program.BuildError) (Build, error) {
	b := Build{State: Bad, Output: said.Output, Problems: problems(said.Output, x.name, "compile")}
	if len(b.Problems) == 0 {
		b.Problems = append(b.Problems, x.notMain()...) // which the go command says without a place
	}
	if said.OfProgram() {
		return b, nil
	}
	return b, &Error{
		Code: Failed, What: "The program was not built", Err: said,
		Why:  shortened(firstOf(said.Output)),
		Next: "Mend that and try again; if it stays so, run go build in the folder " + x.name,
	}
}

// firstOf is the first line of what the go command said, but for those that say
// which package it is of.
func firstOf(output string) string {
	for line := range strings.Lines(output) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "# ") {
			return line
		}
	}
	return "the go command does not say why"
}

// hashed is how the name of a built program ends: its key and .exe.
var hashed = regexp.MustCompile(`^[0-9a-f]{16}\.exe$`)

// forget removes the programs of older sources.
func forget(dir, prefix string) {
	old, _ := os.ReadDir(dir)
	for _, e := range old {
		if rest, ok := strings.CutPrefix(e.Name(), prefix); ok && hashed.MatchString(rest) {
			os.Remove(filepath.Join(dir, e.Name())) // one that still runs may stay, on Windows
		}
	}
}

// buildFailure says why a build did not come to an end.
func (x *exercise) buildFailure(err error) error {
	f := (*program.Failure)(nil)
	switch {
	case err == nil || errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &f):
		return &Error{Code: Failed, What: "The program was not built", Why: f.Why, Next: "Save once more to try again; if it stays so, run go build in the folder " + x.name, Err: err}
	}
	if t := x.bench.toolchain(x.bench.ctx); !t.Found {
		return &Error{Code: NoGo, What: "The program was not built", Why: t.Why, Next: t.Next, Err: err}
	}
	return x.bench.fsError("The program was not built", x.name, err)
}

// vet adds what go vet finds to the build, as warnings. Who asks for the build
// later gets them, too. The exercise's test is left out: it brings the whole
// checker, which takes 4 s to compile in a new workspace.
func (x *exercise) vet(ctx context.Context, j *job) {
	args := []string{"vet", "-mod=vendor"}
	for _, c := range x.clauses() {
		args = append(args, "./"+x.name+"/"+c.at.Filename)
	}
	// It gives way to the check that goes on at the same time.
	c := program.Config{Dir: x.bench.cfg.Dir, Env: program.ToolEnv(), Limits: program.Limits{Run: buildTime, Output: buildOutput, Nice: 10}}
	p, err := program.Command(ctx, c, "go", args...)
	if err != nil {
		return
	}
	if p.Wait() == nil {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	j.build.Problems = append(slices.Clip(j.build.Problems), problems(p.Output(), x.name, "vet")...)
	if x.job != j {
		return
	}
	x.build = j.build
	x.told(func(w *Watch) { w.build = true })
}
