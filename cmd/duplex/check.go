package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"duplex/lessons"
	"duplex/lessons/check"
	"duplex/lessons/check/client"
	"duplex/lessons/check/conformance"
	"duplex/lessons/check/mailbox"
)

func checkCommand() *command {
	return &command{
		name:  "check",
		args:  "EXERCISE URL|main.js [--json] [-v] [--step NAME] [-- COMMAND…]",
		short: "check a running server, or a client, against an exercise",
		long: `
EXERCISE is handshake, echo, chat or events: URL is where your server listens,
written in any language. A full URL with a path replaces the exercise's path.

Or EXERCISE is first-words, reconnect, no-loss, binary or event-source, where
you write the client and the check plays the server. Name its main.js or the
folder that holds it (node, deno or bun runs it), or behind -- a command in any
language: it is started anew for each step, finds where to connect in the
variable URL and what else the step sets in DUPLEX_EXERCISE (as JSON), reads
what its user types from stdin and logs to stdout. It has ten seconds to
start: build first what takes longer.

conformance in the place of EXERCISE holds an echo server to the standard (RFC
6455, and RFC 7692 where it compresses): some 400 steps in chapters.

  --json          the report as JSON, for programs
  -v              the transcript of every step, not only of failures
  --step NAME     this step only; of conformance also a chapter, or a step's
                  cases: utf8, utf8/overlong, utf8/overlong-nul-2
  --lessons DIR   the exercises of another course
  --data DIR      whose pages show the result (default: yours)

  duplex check echo http://localhost:3000
  duplex check echo ws://localhost:3000/my/socket --step close -v
  duplex check conformance http://localhost:3000
  duplex check reconnect reconnect/main.js
  duplex check reconnect -- python3 reconnect.py

Exit code: 0 every step passed; 1 one failed, or the exercise is not started;
2 the check could not tell (nothing listens there, say); 3 wrong use, or the
checker itself broke.`,
		fail: exitUsage, // 1 is for a server that fails
		run:  runCheck,
	}
}

func runCheck(ctx context.Context, c *call) error {
	var (
		asJSON  = c.flags.Bool("json", false, "")
		verbose = c.flags.Bool("v", false, "")
		step    = c.flags.String("step", "", "")
		dir     = c.flags.String("lessons", "", "")
		data    = c.flags.String("data", "", "")
	)
	command := c.takeCommand()
	args, err := c.parse(1, 2)
	if err != nil {
		return err
	}
	subject, err := newSubject(args[1:], command)
	if err != nil {
		return err
	}
	script, err := findScript(*dir, args[0], *step)
	if err != nil {
		return err
	}
	opt, err := subject.options(args[0], script)
	if errors.Is(err, client.ErrNoRuntime) {
		fmt.Fprintf(c.err, "duplex check: %v\n", err)
		return exitCode(exitInconclusive)
	}
	if err != nil {
		return err
	}
	opt.Step = *step
	style := styleOf(c.out, *verbose)
	if args[0] == conformance.Name {
		return conform(ctx, c, script, opt, style, *asJSON)
	}
	if !*asJSON {
		opt.OnStep = func(r check.Result) { r.Write(c.out, style) }
	}
	report := script.Run(ctx, opt)
	leave(c, *data, report)
	if err := writeReport(c, report, *asJSON, style); err != nil {
		return err
	}
	return verdict(report)
}

// conform runs the suite, which no page of the course shows.
func conform(ctx context.Context, c *call, suite *check.Script, opt check.Options, style check.Style, asJSON bool) error {
	opt.AtOnce = conformance.AtOnce
	if asJSON {
		report := suite.Run(ctx, opt)
		if err := writeReport(c, report, asJSON, style); err != nil {
			return err
		}
		return verdict(report)
	}
	printer := &conformance.Printer{Out: c.out, Style: style, All: opt.Step != ""}
	opt.OnStep = printer.Step
	report := suite.Run(ctx, opt)
	if err := printer.Summary(report); err != nil {
		return err
	}
	return verdict(report)
}

// verdict ends the program with a report's exit code.
func verdict(report *check.Report) error {
	if code := report.Verdict.ExitCode(); code != exitOK {
		return exitCode(code)
	}
	return nil
}

func writeReport(c *call, report *check.Report, asJSON bool, style check.Style) error {
	if !asJSON {
		return report.WriteSummary(c.out, style)
	}
	enc := json.NewEncoder(c.out)
	enc.SetIndent("", "  ")
	return enc.Encode(report)
}

// findScript returns the exercise's script, having made sure that the step,
// if one is named, is in it.
func findScript(dir, name, step string) (*check.Script, error) {
	if name == conformance.Name {
		return findSuite(step)
	}
	course, err := loadCourse(dir)
	if err != nil {
		return nil, err
	}
	e := course.Exercise(name)
	if e == nil {
		return nil, usagef("there is no exercise %q; expected one of %s", name, strings.Join(exerciseNames(course), ", "))
	}
	if e.Script == nil {
		return nil, fmt.Errorf("the script of %s has defects; duplex lint %s names them", name, dir)
	}
	if step == "" {
		return e.Script, nil
	}
	if len(e.Script.Named(step)) > 0 {
		return e.Script, nil
	}
	var steps []string
	for _, s := range e.Script.Steps {
		steps = append(steps, s.Name)
	}
	return nil, usagef("%s has no step %q; expected one of %s", name, step, strings.Join(steps, ", "))
}

// findSuite returns the conformance suite, having made sure that the step, if
// one is named, is in it.
func findSuite(step string) (*check.Script, error) {
	suite := conformance.Script()
	if len(suite.Named(step)) > 0 {
		return suite, nil
	}
	var chapters []string
	for _, chapter := range conformance.Chapters() {
		chapters = append(chapters, chapter.Exercise)
	}
	return nil, usagef("%s has no step %q; expected a chapter (%s), or a step as a report names it: utf8/valid-greek", conformance.Name, step, strings.Join(chapters, ", "))
}

// leave tells an open page of the report. Trouble there is no failed check.
func leave(c *call, data string, report *check.Report) {
	var err error
	if data == "" {
		data, err = mailbox.DefaultData()
	}
	if err == nil {
		err = mailbox.Put(data, report)
	}
	if err != nil {
		fmt.Fprintf(c.err, "duplex check: the course's pages will not show this run: %v\n", err)
	}
}

// loadCourse loads the course in dir, or the one that is built in.
func loadCourse(dir string) (*lessons.Course, error) {
	if dir == "" {
		return lessons.Load(lessons.FS()), nil
	}
	if err := readable(dir); err != nil {
		return nil, err
	}
	return lessons.Load(os.DirFS(dir)), nil
}

// readable says in one line why a course can't be read from dir.
func readable(dir string) error {
	if _, err := os.ReadDir(dir); err != nil {
		return fmt.Errorf("cannot read the lessons in %s: %w; --lessons names a folder that holds a course.md", dir, reason(err))
	}
	return nil
}

func exerciseNames(course *lessons.Course) []string {
	var all []string
	for _, l := range course.Lessons {
		for _, e := range l.Exercises {
			all = append(all, e.Name)
		}
	}
	return all
}
