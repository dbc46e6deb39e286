// Package lessons is the course: its content, and the loader that reads any
// course laid out like it.
//
// A course is a folder. Its course.md names the lessons in order; a lesson is
// a folder with a lesson.md and, where it has an exercise, a check.txt beside
// the folders exercise, solution and wrong. More exercises, or those whose name
// is not the lesson's, have folders of their own in the lesson's. An exercise
// is a server in Go or a client in JavaScript, as its starter says:
//
//	course.md
//	echo/lesson.md
//	echo/check.txt
//	echo/exercise/main.go
//	echo/solution/main.go
//	echo/wrong/text-as-binary.go
//	client/lesson.md
//	client/reconnect/check.txt
//	client/reconnect/exercise/main.js
//	client/reconnect/solution/main.js
//	client/reconnect/wrong/no-jitter.js
//
// Load reads the whole of it and never fails as a whole: what is wrong with
// the course, a lesson or an exercise is a Problem there, with its file and
// line, and the rest works. A Course and all that it holds is not changed
// after Load returns, so any number of goroutines may read it.
package lessons

import (
	"fmt"
	"io/fs"

	"duplex/lessons/check"
)

// A Course is what a learner reads: an introduction and lessons in order.
type Course struct {
	Title     string
	Summary   string
	Intro     []byte // markdown: course.md without its front matter and its list of lessons
	IntroLine int    // the line of course.md on which Intro starts
	Lessons   []*Lesson
	Problems  []Problem // of the course as a whole; see Defects for all of them

	// FS holds the files that the course was loaded from, course.md at its
	// root. A reader that quotes a file or serves a picture opens it here.
	FS fs.FS
}

// A Lesson is one lesson.md with what stands beside it. Its folder's name is
// its Slug, and its address.
type Lesson struct {
	Slug      string
	Title     string
	Summary   string
	File      string      // within the course: echo/lesson.md
	Minutes   int         // reading time that the author states; 0 when unknown
	Number    int         // place in the course, from 1
	Body      []byte      // markdown after the front matter, lines ended by \n, valid UTF-8
	BodyLine  int         // the line of File on which Body starts
	Exercises []*Exercise // in the order in which the lesson comes to them
	Problems  []Problem
}

// An Exercise is a starter, a solution, wrong variants and the script that
// tells them apart.
type Exercise struct {
	Name         string // as the script gives it; it may differ from the lesson's slug
	Lesson       string // the slug of the lesson whose folder holds it
	Dir          string // within the course: the folder that holds check.txt
	Language     string // Go or JS
	Script       *check.Script
	ScriptSource []byte
	Starter      []File // Main first, then by path
	Solution     []File
	Wrong        []Variant // by name
}

// A Variant is a plausible mistake. The script must fail it, at the step that
// it names.
type Variant struct {
	Name  string // the file's name without its extension
	Says  string // the mistake, in the author's words
	Fails string // the step
	File  File
}

// A File is one file of a course.
type File struct {
	Path   string // within the course
	Source []byte
}

// A Problem is a defect of a course, said so that its author can mend it.
type Problem struct {
	File string // within the course, or the path of a module file that a lesson quotes
	Line int    // from 1; 0 when the whole file is meant
	What string // what is wrong, without a full stop
	Next string // what to do about it
}

// String gives the problem on one line, as compilers do: file, line, what is
// wrong; what to do.
func (p Problem) String() string {
	at := p.File
	if p.Line > 0 {
		at = fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	if p.Next == "" {
		return fmt.Sprintf("%s: %s", at, p.What)
	}
	return fmt.Sprintf("%s: %s; %s", at, p.What, p.Next)
}

// Lesson returns the lesson with that slug, or nil.
func (c *Course) Lesson(slug string) *Lesson {
	for _, l := range c.Lessons {
		if l.Slug == slug {
			return l
		}
	}
	return nil
}

// Exercise returns the exercise with that name, or nil.
func (c *Course) Exercise(name string) *Exercise {
	for _, l := range c.Lessons {
		for _, e := range l.Exercises {
			if e.Name == name {
				return e
			}
		}
	}
	return nil
}

// Defects returns the problems of the course and of every lesson, in order.
func (c *Course) Defects() []Problem {
	all := append([]Problem(nil), c.Problems...)
	for _, l := range c.Lessons {
		all = append(all, l.Problems...)
	}
	return all
}
