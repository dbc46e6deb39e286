package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"duplex/lessons/check"
	"duplex/lessons/check/client"
)

// A subject is what duplex check holds a script against: a server at a URL, or
// a client in a file, a folder or behind "--".
type subject struct {
	target  string
	command []string
}

// takeCommand cuts "-- COMMAND ARG…" off a command's arguments.
func (c *call) takeCommand() []string {
	i := slices.Index(c.args, "--")
	if i < 0 {
		return nil
	}
	command := c.args[i+1:]
	c.args = c.args[:i]
	return command
}

// newSubject reads what stands behind the exercise's name.
func newSubject(names, command []string) (subject, error) {
	s := subject{command: command}
	if len(names) > 0 {
		s.target = names[0]
	}
	if (s.target == "") == (len(command) == 0) {
		return s, usagef("expected a URL, a main.js, or -- and a command, behind the exercise")
	}
	return s, nil
}

// options are the check's, for a script of this exercise.
func (s subject) options(exercise string, script *check.Script) (check.Options, error) {
	if !script.PlaysServer() {
		return s.server(exercise)
	}
	opt := check.Options{Target: s.target, Loopback: true}
	if len(s.command) > 0 {
		opt.Target = strings.Join(s.command, " ")
		opt.Client = client.Command{Args: s.command}
		opt.Rerun = func(step string) string {
			return fmt.Sprintf("duplex check %s --step %s -v -- %s", exercise, step, opt.Target)
		}
		return opt, nil
	}
	if strings.Contains(s.target, "://") {
		return opt, usagef("%s is about a client, which connects to the check: name its main.js, or its command behind --", exercise)
	}
	file := s.target
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		file = filepath.Join(file, "main.js")
	}
	if _, err := os.Stat(file); err != nil {
		return opt, usagef("cannot read %s: %v; name the main.js of %s, or its command behind --", file, reason(err), exercise)
	}
	js, err := client.JavaScript(file)
	opt.Target, opt.Client = file, js
	return opt, err
}

func (s subject) server(exercise string) (check.Options, error) {
	opt := check.Options{Target: s.target}
	if len(s.command) > 0 {
		return opt, usagef("%s is about a server: start it, and name its URL", exercise)
	}
	if err := opt.Validate(); err != nil {
		return opt, usagef("%v", err)
	}
	return opt, nil
}
