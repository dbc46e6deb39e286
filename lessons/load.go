package lessons

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// Names that mean something in a course.
const (
	Manifest   = "course.md"
	LessonFile = "lesson.md"
	ScriptFile = "check.txt"
)

// MaxFile is the size above which a file of a course is refused: no prose and
// no exercise needs it, and a course is held in memory.
const MaxFile = 4 << 20

// Load reads the course in fsys. It reports every defect that it can see
// without rendering or running anything; see packages render and lint for the
// rest.
func Load(fsys fs.FS) *Course {
	c := &Course{Title: "Course", FS: fsys}
	entries := c.manifest()
	for i, e := range entries {
		c.Lessons = append(c.Lessons, loadLesson(fsys, e, i+1))
	}
	c.unlisted()
	c.sameExercise()
	return c
}

func (c *Course) problem(line int, next, what string, args ...any) {
	c.Problems = append(c.Problems, Problem{Manifest, line, fmt.Sprintf(what, args...), next})
}

func (l *Lesson) problem(file string, line int, next, what string, args ...any) {
	l.Problems = append(l.Problems, Problem{file, line, fmt.Sprintf(what, args...), next})
}

// An entry is one line of the manifest's list.
type entry struct {
	slug, title string
	line        int
}

var (
	listed   = regexp.MustCompile(`^\s{0,3}\d{1,9}[.)]\s+\[(.*)\]\(([^)]*)\)\s*$`)
	target   = regexp.MustCompile(`^(?:\./)?([a-z0-9]+(?:-[a-z0-9]+)*)/lesson\.md$`)
	listHelp = "write a line like: 1. [Echo](echo/lesson.md)"
)

// manifest reads course.md. Without it, or without a list in it, the folders
// that hold a lesson make the course, by name.
func (c *Course) manifest() []entry {
	src, err := readFile(c.FS, Manifest)
	if err != nil {
		c.problem(0, "add a course.md with a title, a summary and a numbered list of links to the lessons", "%v", err)
		return c.folders()
	}
	front, body, line := splitFront(src)
	front.check(Manifest, &c.Problems, "title", "summary")
	if title := front.values["title"]; title != "" {
		c.Title = title
	}
	c.Summary = front.values["summary"]
	entries := c.list(body, line)
	if len(entries) == 0 {
		c.problem(0, listHelp, "no lesson is listed")
		return c.folders()
	}
	return entries
}

// list takes the links to lessons out of body; the rest, its lines where they
// were, is the introduction.
func (c *Course) list(body []byte, line int) []entry {
	var entries []entry
	var intro [][]byte
	seen := map[string]bool{}
	for i, text := range bytes.Split(body, []byte("\n")) {
		m := listed.FindSubmatch(text)
		if m == nil {
			intro = append(intro, text)
			continue
		}
		intro = append(intro, nil)
		t := target.FindSubmatch(m[2])
		switch {
		case t == nil:
			c.problem(line+i, "link to SLUG/lesson.md, the slug in lower-case letters, digits and hyphens", "%q is not the file of a lesson", m[2])
		case seen[string(t[1])]:
			c.problem(line+i, "remove one of the two lines", "lesson %s is listed twice", t[1])
		default:
			seen[string(t[1])] = true
			entries = append(entries, entry{string(t[1]), string(m[1]), line + i})
		}
	}
	whole := bytes.TrimRight(bytes.Join(intro, []byte("\n")), " \t\n")
	c.Intro = bytes.TrimLeft(whole, "\n")
	c.IntroLine = line + len(whole) - len(c.Intro)
	return entries
}

// folders returns an entry for every folder that holds a lesson.
func (c *Course) folders() []entry {
	var entries []entry
	files, _ := fs.Glob(c.FS, "*/"+LessonFile)
	for _, f := range files {
		if m := target.FindStringSubmatch(f); m != nil {
			entries = append(entries, entry{slug: m[1], title: m[1]})
		}
	}
	return entries
}

// unlisted reports folders that hold a lesson which the manifest leaves out.
func (c *Course) unlisted() {
	files, _ := fs.Glob(c.FS, "*/"+LessonFile)
	for _, f := range files {
		if c.Lesson(path.Dir(f)) == nil {
			c.Problems = append(c.Problems, Problem{f, 0, "the lesson is not listed in course.md",
				"add it to the numbered list there, or remove its folder"})
		}
	}
}

// sameExercise reports exercises of one name: only the first can be checked.
func (c *Course) sameExercise() {
	first := map[string]string{}
	for _, l := range c.Lessons {
		for _, e := range l.Exercises {
			script := path.Join(e.Dir, ScriptFile)
			if other, ok := first[e.Name]; ok {
				l.problem(script, 0, "give one of them another name", "exercise %s exists already, in %s", e.Name, other)
				continue
			}
			first[e.Name] = script
		}
	}
}

func loadLesson(fsys fs.FS, e entry, number int) *Lesson {
	l := &Lesson{Slug: e.slug, Title: e.title, Number: number, File: path.Join(e.slug, LessonFile), BodyLine: 1}
	src, err := readFile(fsys, l.File)
	if err != nil {
		l.problem(l.File, 0, "write the lesson, or take its line out of course.md", "%v", err)
	} else {
		l.read(src)
	}
	l.loadExercises(fsys)
	return l
}

func (l *Lesson) read(src []byte) {
	front, body, line := splitFront(src)
	front.check(l.File, &l.Problems, "title", "summary", "minutes")
	l.Body, l.BodyLine = body, line
	l.Summary = front.values["summary"]
	if title := front.values["title"]; title != "" {
		l.Title = title
	}
	minutes := front.values["minutes"]
	n, err := strconv.Atoi(minutes)
	if minutes != "" && (err != nil || n < 1 || n > 600) {
		l.problem(l.File, front.lines["minutes"], "write a whole number from 1 to 600", "minutes is %q", minutes)
		return
	}
	l.Minutes = n
}

// readFile reads a text file: line ends become \n, a byte order mark goes, and
// what is not UTF-8 becomes U+FFFD. Its errors are words for an author.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("there is no such file")
	case err != nil:
		return nil, fmt.Errorf("the file cannot be read: %w", plain(err))
	case info.Size() > MaxFile:
		return nil, fmt.Errorf("the file has %d bytes, and a course's files have at most %d", info.Size(), MaxFile)
	}
	src, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("the file cannot be read: %w", plain(err))
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	return bytes.ToValidUTF8(src, []byte("\ufffd")), nil
}

// plain takes the operation and path out of err: the problem names the file.
func plain(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// baseName returns the last element of p without its extension.
func baseName(p string) string {
	return strings.TrimSuffix(path.Base(p), path.Ext(p))
}
