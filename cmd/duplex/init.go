package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"duplex/lessons/workspace"
)

func initCommand() *command {
	return &command{
		name:  "init",
		args:  "DIR [--lessons DIR]",
		short: "make a folder of exercises that builds and grades itself",
		long: `
DIR becomes a Go module with a folder for every exercise: a starter to edit, the
script that checks it, and a test. It needs no network. In a workspace that is
there already, init brings up to date what is its own: the scripts, the tests and
the vendored code that came with it. It leaves alone what you changed elsewhere;
when the starter of such a file is another now, it shows you the difference.

  duplex init my-exercises
  cd my-exercises
  go run ./echo         # your server, on port 3000
  go test ./echo        # grade it`,
		run: runInit,
	}
}

func runInit(_ context.Context, c *call) error {
	dir := c.flags.String("lessons", "", "")
	args, err := c.parse(1, 1)
	if err != nil {
		return err
	}
	course, err := loadCourse(*dir)
	if err != nil {
		return err
	}
	exercises := exerciseNames(course)
	if len(exercises) == 0 {
		return fmt.Errorf("this course has no exercises; nothing was written")
	}
	written, err := workspace.Write(args[0], course)
	if err != nil {
		return err
	}
	showWritten(c.out, written)
	fmt.Fprintf(c.out, "\nA workspace with %s. Next:\n\n", strings.Join(exercises, ", "))
	if dir := displayPath(written.Dir); dir != "." {
		fmt.Fprintf(c.out, "  cd %s\n", dir)
	}
	fmt.Fprintf(c.out, "  go run ./%s\n  go test ./%s\n", exercises[0], exercises[0])
	return nil
}

// showWritten says what became of each file.
func showWritten(out io.Writer, w *workspace.Written) {
	for _, name := range w.New {
		fmt.Fprintf(out, "new   %s\n", name)
	}
	for _, name := range w.Updated {
		fmt.Fprintf(out, "newer %s (you had not changed it)\n", name)
	}
	for _, name := range w.Kept {
		fmt.Fprintf(out, "kept  %s (yours)\n", name)
	}
	for _, name := range w.Left {
		fmt.Fprintf(out, "left  %s (you removed it, and have other files there)\n", name)
	}
	for _, c := range w.Changes {
		fmt.Fprintf(out, "\nYou have changed %s, and its starter is another now. What is different there:\n\n%s\nTake over what you like. You find it again in %s\n",
			c.File, c.Diff, displayPath(filepath.Join(w.Dir, filepath.FromSlash(c.Saved))))
	}
}

// displayPath is dir as a person would type it from here.
func displayPath(dir string) string {
	here, err := os.Getwd()
	if err != nil {
		return dir
	}
	if rel, err := filepath.Rel(here, dir); err == nil && filepath.IsAbs(dir) && !strings.HasPrefix(rel, "..") {
		return rel
	}
	return dir
}
