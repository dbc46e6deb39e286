package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"duplex/lessons/check"
	"duplex/lessons/watch"
	"duplex/lessons/workspace"

	"golang.org/x/term"
)

func watchCommand() *command {
	return &command{
		name:  "watch",
		args:  "[DIR] [--lessons DIR] [--data DIR]",
		short: "check an exercise whenever you save it",
		long: `
DIR is your workspace (default: the folder you are in). Write in your own
editor: what you save is built and checked at once. The first exercise that does
not pass yet is shown, or the one that you saved last.

  n  the next exercise that does not pass    c  check all
  h  a hint, one at a time                   Enter  check this one again
  l  the list of exercises                   q  quit
  ↑ ↓  scroll

Where there is no terminal it writes line by line, and Ctrl+C ends it. Pages of
the course that are open show what was checked.

  --lessons DIR  the exercises of another course
  --data DIR     whose pages show the results (default: yours)

  duplex watch
  duplex watch my-exercises`,
		fail: exitUsage,
		run:  runWatch,
	}
}

func runWatch(ctx context.Context, c *call) error {
	lessonsDir := c.flags.String("lessons", "", "")
	data := c.flags.String("data", "", "")
	args, err := c.parse(0, 1)
	if err != nil {
		return err
	}
	dir := "."
	if len(args) > 0 {
		dir = args[0]
	}
	switch there, err := workspace.Open(dir); {
	case err != nil:
		return usagef("%s is no workspace; name yours, or make one: duplex init my-exercises", dir)
	case !there:
		return usagef("%s is no workspace, or not a whole one; name yours, or make it one: duplex init %s", dir, dir)
	}
	course, err := loadCourse(*lessonsDir)
	if err != nil {
		return err
	}
	if len(exerciseNames(course)) == 0 {
		return fmt.Errorf("this course has no exercises")
	}
	cfg := watch.Config{
		Dir: dir, Course: course, Out: c.out,
		Color: styleOf(c.out, false).Color,
		Size:  func() (int, int) { return sizeOf(c.out) },
		Told:  func(r *check.Report) { leave(&call{console: console{c.out, io.Discard}}, *data, r) },
	}
	keys, restore, err := openKeys(c.out)
	if err != nil {
		return err
	}
	defer restore()
	cfg.Keys = keys
	return watch.Run(ctx, cfg)
}

// openKeys makes the terminal say each key as it is pressed, until restore is
// called. Without a terminal on both sides, or on one that does not draw, keys is
// nil.
func openKeys(out io.Writer) (keys <-chan watch.Key, restore func(), err error) {
	in := int(os.Stdin.Fd())
	f, ok := out.(*os.File)
	if !ok || !term.IsTerminal(in) || !draws(f) {
		return nil, func() {}, nil
	}
	state, err := term.MakeRaw(in)
	if err != nil {
		return nil, nil, err
	}
	pressed := make(chan watch.Key)
	go watch.ReadKeys(os.Stdin, pressed) // it ends with this program
	return pressed, func() { _ = term.Restore(in, state) }, nil
}

// sizeOf is the terminal's size, or what is usual.
func sizeOf(out io.Writer) (width, height int) {
	if f, ok := out.(*os.File); ok {
		if width, height, err := term.GetSize(int(f.Fd())); err == nil && width > 0 && height > 0 {
			return width, height
		}
	}
	return styleOf(out, false).Width, 24
}
