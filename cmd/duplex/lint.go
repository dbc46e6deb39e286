package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"duplex/lessons"
	"duplex/server"
	"duplex/server/lint"
)

func lintCommand() *command {
	return &command{
		name:  "lint",
		args:  "[DIR] [--no-run] [--fix]",
		short: "report every defect of a course at once",
		long: `
DIR is the folder with the course.md (default: the course that is built in).
Lint reads every lesson, and builds and checks every exercise: the starter must
answer "not started", the solution must pass, and each wrong variant must fail
the step that it names.

  --no-run   do not build and run the exercises
  --fix      write the quoted regions into the lessons' code fences again

  duplex lint
  duplex lint ./my-course --no-run

Exit code: 0 no defect; 1 defects; 3 wrong use, or no course there.`,
		fail: exitUsage, // 1 is for a course with defects
		run:  runLint,
	}
}

func runLint(ctx context.Context, c *call) error {
	noRun := c.flags.Bool("no-run", false, "")
	fix := c.flags.Bool("fix", false, "")
	args, err := c.parse(0, 1)
	if err != nil {
		return err
	}
	opt := lint.Options{
		Course: lessons.FS(),
		Source: server.Source(),
		Exec:   !*noRun,
		Note:   func(line string) { fmt.Fprintln(c.err, line) },
	}
	if len(args) == 1 {
		if err := readable(args[0]); err != nil {
			return err
		}
		opt.Course, opt.Dir = os.DirFS(args[0]), args[0]
	}
	if *fix {
		if err := fixBodies(c, opt); err != nil {
			return err
		}
	}
	problems := lint.Run(ctx, opt)
	if ctx.Err() != nil {
		return errors.New("stopped before all was looked at; run it again to the end")
	}
	return reportDefects(c, opt.Dir, problems)
}

func fixBodies(c *call, opt lint.Options) error {
	if opt.Dir == "" {
		return usagef("--fix writes into a course's folder; expected DIR")
	}
	fixed, err := lint.Fix(opt.Dir, opt.Source)
	for _, file := range fixed {
		fmt.Fprintf(c.out, "fixed  %s\n", filepath.Join(opt.Dir, file))
	}
	return err
}

func reportDefects(c *call, dir string, problems []lessons.Problem) error {
	for _, p := range problems {
		p.File = filepath.Join(dir, p.File)
		fmt.Fprintln(c.out, p)
	}
	switch len(problems) {
	case 0:
		fmt.Fprintln(c.out, "no defects")
		return nil
	case 1:
		fmt.Fprintln(c.out, "1 defect")
	default:
		fmt.Fprintf(c.out, "%d defects\n", len(problems))
	}
	return exitCode(exitFail)
}
