// Package lint finds the defects of a course, all of them at once, and says of
// each what its author can do.
//
//	problems := lint.Run(ctx, lint.Options{Course: os.DirFS(dir), Dir: dir, Source: source, Exec: true})
//
// It reports what loading and rendering the course report (front matter,
// scripts, blocks, quotes of files, links within a lesson), and what shows only
// from outside: links into other lessons, copies of quoted code that have
// drifted, exercises that no lesson shows, stray files. With Exec it builds and
// runs every exercise: the starter must answer "not started", the solution must
// pass, and each wrong variant must fail the step that it names.
package lint

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"slices"

	"duplex/lessons"
	"duplex/server/render"
)

// Options say what to lint, and how far.
type Options struct {
	Course fs.FS // course.md at its root

	// Dir is where Course lies on disk, when it does. Programs are then built
	// in the Go module around it, if there is one; otherwise in a module of our
	// own, which has the WebSocket library that the course uses.
	Dir string

	// Source holds the module's files that lessons quote, as for the renderer.
	Source fs.FS

	// Exec builds and runs the exercises.
	Exec bool

	// Note, when set, is told in a sentence what could not be looked at, such
	// as the exercises where there is no Go tool chain.
	Note func(string)
}

func (o *Options) note(format string, args ...any) {
	if o.Note != nil {
		o.Note(fmt.Sprintf(format, args...))
	}
}

// Run returns every defect of the course, by file and line. It returns early,
// with what it has found, when ctx ends.
func Run(ctx context.Context, opt Options) []lessons.Problem {
	s := survey(opt.Course, opt.Source)
	problems := s.problems
	problems = append(problems, s.links()...)
	problems = append(problems, s.drift()...)
	problems = append(problems, s.unshown()...)
	problems = append(problems, s.strays()...)
	if opt.Exec {
		problems = append(problems, run(ctx, &opt, s.course)...)
	}
	slices.SortStableFunc(problems, func(a, b lessons.Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return slices.Compact(problems)
}

// A surveyed course is loaded and rendered.
type surveyed struct {
	course   *lessons.Course
	pages    map[string]*render.Page // by slug
	problems []lessons.Problem
}

func survey(course, source fs.FS) *surveyed {
	s := &surveyed{course: lessons.Load(course), pages: map[string]*render.Page{}}
	s.problems = s.course.Defects()
	r := render.New(render.Config{Source: source})
	_, problems := r.Intro(s.course)
	s.problems = append(s.problems, problems...)
	for _, l := range s.course.Lessons {
		page, problems := r.Lesson(s.course, l)
		s.pages[l.Slug] = page
		s.problems = append(s.problems, problems...)
	}
	return s
}
