package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// Exit codes. Those of check are the verdicts' (lessons/check).
const (
	exitOK    = 0
	exitFail  = 1
	exitUsage = 3
)

// A console is where a command speaks: results on out, the rest on err.
type console struct{ out, err io.Writer }

// A command is one of duplex's. Its run parses args itself, so that flags may
// stand before, between and after the names.
type command struct {
	name  string
	args  string // what stands behind the name, for people
	short string // one line
	long  string // what else is to know, and examples
	fail  int    // exit code of an error that is no wrong use; 0 means exitFail
	run   func(ctx context.Context, c *call) error
}

func commands() []*command {
	return []*command{serveCommand(), checkCommand(), initCommand(), watchCommand(), gradeCommand(), benchCommand(), lintCommand(), versionCommand()}
}

// A call is one use of a command.
type call struct {
	console
	*command
	flags *flag.FlagSet
	args  []string
}

// A usageError is a wrong use; it says what was expected.
type usageError struct{ expected string }

func (e *usageError) Error() string { return e.expected }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// An exitCode ends the program without another word.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// run is the whole program but for its surroundings. It returns the exit code.
func run(ctx context.Context, args []string, c console) int {
	name := "serve"
	switch {
	case len(args) == 0:
	case isHelp(args[0]):
		return help(c, args[1:])
	case !strings.HasPrefix(args[0], "-"):
		name, args = args[0], args[1:]
	}
	for _, cmd := range commands() {
		if cmd.name == name {
			return exit(c, cmd, cmd.run(ctx, newCall(cmd, c, args)))
		}
	}
	fmt.Fprintf(c.err, "duplex: there is no command %q; expected one of %s (see duplex help)\n", name, names())
	return exitUsage
}

// exit says an error once, in one line, and maps it to the exit code.
func exit(c console, cmd *command, err error) int {
	var usage *usageError
	var code exitCode
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, flag.ErrHelp):
		cmd.help(c.out)
		return exitOK
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &usage):
		fmt.Fprintf(c.err, "duplex %s: %v\nusage: duplex %s %s\n", cmd.name, err, cmd.name, cmd.args)
		return exitUsage
	}
	fmt.Fprintf(c.err, "duplex %s: %v\n", cmd.name, err)
	return cmp.Or(cmd.fail, exitFail)
}

func newCall(cmd *command, c console, args []string) *call {
	flags := flag.NewFlagSet(cmd.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // exit says what was wrong
	return &call{console: c, command: cmd, flags: flags, args: args}
}

// parse reads flags and names in any order, and returns the names. There must
// be from least to most of them.
func (c *call) parse(least, most int) ([]string, error) {
	var rest []string
	args := c.args
	for {
		if err := c.flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, usagef("%v", err)
		}
		if c.flags.NArg() == 0 {
			break
		}
		rest, args = append(rest, c.flags.Arg(0)), c.flags.Args()[1:]
	}
	if len(rest) < least {
		return nil, usagef("expected %s", c.command.args)
	}
	if len(rest) > most {
		return nil, usagef("did not expect %q", rest[most])
	}
	return rest, nil
}
