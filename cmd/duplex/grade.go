package main

import (
	"context"
	"fmt"
	"os"

	"duplex/lessons/grade"
)

func gradeCommand() *command {
	return &command{
		name:  "grade",
		args:  "DIR… [--json|--csv|--junit] [--jobs N] [--limit D]",
		short: "check the exercises in many learners' folders",
		long: `
Each DIR is a learner's workspace: a folder that holds the exercises' folders.
Of each exercise what it is built from (its main.js, or its Go files with what
they import of the workspace and embed) and what its server may read beside it
are copied, built and checked with the script of this course, in a folder of
duplex's own, with the modules that come with every workspace and no others. The learners' folders are only read. One that crashes, or never
ends, is no other's trouble. The same program gets the same report each time.

The learners' programs run with your own rights: they can read and write your
files, and use the network. Grade what you don't trust in a container, or as a
user who may do nothing else.

  --json         everything, for programs
  --csv          a line for each learner and exercise
  --junit        JUnit's XML: a suite for each learner, a case for each step
  --jobs N       how many exercises at once (default: four for each processor)
  --limit D      what the check of one exercise may take (default 5m)
  --lessons DIR  the exercises of another course

  duplex grade class/*
  duplex grade class/* --csv > grades.csv
  duplex grade ada --junit > ada.xml

Exit code: 0 everything passes; 1 something fails or is not started; 2 something
could not be told (an exercise took too long, or this machine could not build or
run it: no Go, a full disk); 3 wrong use, or a checker that broke.`,
		fail: exitUsage,
		run:  runGrade,
	}
}

func runGrade(ctx context.Context, c *call) error {
	var (
		asJSON  = c.flags.Bool("json", false, "")
		asCSV   = c.flags.Bool("csv", false, "")
		asJUnit = c.flags.Bool("junit", false, "")
		dir     = c.flags.String("lessons", "", "")
		cfg     grade.Config
	)
	c.flags.IntVar(&cfg.Jobs, "jobs", 0, "")
	c.flags.DurationVar(&cfg.Limit, "limit", grade.DefaultLimit, "")
	dirs, err := c.parse(1, 10000)
	if err != nil {
		return err
	}
	if cfg.Jobs < 0 || cfg.Limit <= 0 {
		return usagef("expected --jobs 1 or more, and a --limit such as 5m")
	}
	if *asJSON && *asCSV || *asJSON && *asJUnit || *asCSV && *asJUnit {
		return usagef("expected one of --json, --csv and --junit")
	}
	for _, dir := range dirs {
		if _, err := os.ReadDir(dir); err != nil {
			return usagef("cannot read %s: %v; expected learners' folders", dir, reason(err))
		}
	}
	if cfg.Course, err = loadCourse(*dir); err != nil {
		return err
	}
	line := newLiveLine(c.err)
	cfg.OnGrade = func(done, all int) { line.show(fmt.Sprintf("checked %d of %d", done, all)) }
	class, err := grade.Run(ctx, cfg, dirs)
	line.clear()
	if err != nil {
		return err
	}
	switch {
	case *asJSON:
		err = class.JSON(c.out)
	case *asCSV:
		err = class.CSV(c.out)
	case *asJUnit:
		err = class.JUnit(c.out)
	default:
		err = class.Write(c.out, styleOf(c.out, false))
	}
	if err != nil {
		return err
	}
	if code := class.Verdict().ExitCode(); code != exitOK {
		return exitCode(code)
	}
	return nil
}
