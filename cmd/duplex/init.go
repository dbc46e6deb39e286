package main

import (
	"context"
	"fmt"
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
there already, init brings scripts and checker up to date and leaves alone what
you changed.

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
	for _, name := range written.New {
		fmt.Fprintf(c.out, "new   %s\n", name)
	}
	for _, name := range written.Kept {
		fmt.Fprintf(c.out, "kept  %s (yours)\n", name)
	}
	fmt.Fprintf(c.out, "\nA workspace with %s. Next:\n\n  cd %s\n  go run ./%s\n  go test ./%s\n",
		strings.Join(exercises, ", "), displayPath(written.Dir), exercises[0], exercises[0])
	return nil
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
