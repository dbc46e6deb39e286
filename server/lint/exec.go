package lint

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"duplex/lessons"
	"duplex/lessons/check/client"
	"duplex/lessons/workspace"
)

// run builds and runs every program of the course, as many at once as there
// are processors.
func run(ctx context.Context, opt *Options, c *lessons.Course) []lessons.Problem {
	languages := runnable(opt, c)
	if len(languages) == 0 {
		return nil
	}
	scratch, err := os.MkdirTemp("", "duplex-lint-*")
	if err != nil {
		opt.note("The exercises were not built and run: %v.", err)
		return nil
	}
	defer os.RemoveAll(scratch)
	trials, err := prepare(opt.Dir, scratch, c, languages)
	if err != nil {
		opt.note("The exercises were not built and run: %v.", err)
		return nil
	}
	return all(ctx, scratch, trials)
}

// runnable are the languages of the course that can be run here; of the others
// it leaves a note.
func runnable(opt *Options, c *lessons.Course) (languages []string) {
	for _, l := range c.Lessons {
		for _, e := range l.Exercises {
			if !slices.Contains(languages, e.Language) {
				languages = append(languages, e.Language)
			}
		}
	}
	return slices.DeleteFunc(languages, func(language string) bool {
		if language == lessons.Go {
			_, err := exec.LookPath("go")
			if err != nil {
				opt.note("The exercises in Go were not built and run: there is no Go tool chain (no go in PATH).")
			}
			return err != nil
		}
		err := client.Runtime()
		if err != nil {
			opt.note("The exercises in JavaScript were not run: %v.", err)
		}
		return err != nil
	})
}

func all(ctx context.Context, scratch string, trials []*trial) []lessons.Problem {
	problems := make([][]lessons.Problem, len(trials))
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	var running sync.WaitGroup
	for i, t := range trials {
		free <- struct{}{}
		running.Go(func() {
			defer func() { <-free }()
			if ctx.Err() == nil {
				problems[i] = t.judge(ctx, filepath.Join(scratch, fmt.Sprintf("program-%d.exe", i)))
			}
		})
	}
	running.Wait()
	var found []lessons.Problem
	for _, p := range problems {
		found = append(found, p...)
	}
	return found
}

// prepare lists the programs and makes sure that each can be built where it
// lies: in the module around dir, or else in a workspace within scratch.
func prepare(dir, scratch string, c *lessons.Course, languages []string) ([]*trial, error) {
	trials := list(c, languages)
	if dir != "" && inModule(dir) {
		for _, t := range trials {
			t.dir = filepath.Join(dir, filepath.FromSlash(path.Dir(t.files[0].Path)))
		}
		return trials, nil
	}
	module := filepath.Join(scratch, "module")
	if _, err := workspace.Write(module, c); err != nil {
		return nil, err
	}
	for i, t := range trials {
		t.dir = filepath.Join(module, fmt.Sprintf("trial-%d", i))
		if err := os.Mkdir(t.dir, 0o755); err != nil {
			return nil, err
		}
		for _, f := range t.files {
			if err := os.WriteFile(filepath.Join(t.dir, path.Base(f.Path)), f.Source, 0o644); err != nil {
				return nil, err
			}
		}
	}
	return trials, nil
}

// list names the programs of every exercise that has a script to run.
func list(c *lessons.Course, languages []string) (trials []*trial) {
	for _, l := range c.Lessons {
		for _, e := range l.Exercises {
			if e.Script == nil || !slices.Contains(languages, e.Language) {
				continue
			}
			if len(e.Starter) > 0 {
				trials = append(trials, &trial{exercise: e, kind: "starter", files: e.Starter})
			}
			if len(e.Solution) > 0 {
				trials = append(trials, &trial{exercise: e, kind: "solution", files: e.Solution})
			}
			for _, v := range e.Wrong {
				if v.Fails != "" {
					trials = append(trials, &trial{exercise: e, kind: "wrong", variant: v, files: []lessons.File{v.File}})
				}
			}
		}
	}
	return trials
}

// inModule reports whether dir or a folder above it holds a go.mod.
func inModule(dir string) bool {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return false
		}
		dir = parent
	}
}
