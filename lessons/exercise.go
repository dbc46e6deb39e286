package lessons

import (
	"errors"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"

	"duplex/lessons/check"
)

// The folders of an exercise, beside its check.txt.
const (
	StarterDir  = "exercise"
	SolutionDir = "solution"
	WrongDir    = "wrong"
)

// loadExercise reads the exercise in the lesson's folder, if there is one. An
// exercise whose script has defects keeps its files and has no Script.
func (l *Lesson) loadExercise(fsys fs.FS) {
	file := path.Join(l.Slug, ScriptFile)
	if _, err := fs.Stat(fsys, file); errors.Is(err, fs.ErrNotExist) {
		l.orphans(fsys)
		return
	}
	e := &Exercise{Name: l.Slug, Lesson: l.Slug, Dir: l.Slug}
	l.Exercises = append(l.Exercises, e)
	src, err := readFile(fsys, file)
	if err != nil {
		l.problem(file, 0, "make it readable", "%v", err)
	} else {
		l.script(e, file, src)
	}
	e.Starter = l.files(fsys, e, StarterDir)
	e.Solution = l.files(fsys, e, SolutionDir)
	l.variants(fsys, e)
}

// orphans reports the folders of an exercise that has no script.
func (l *Lesson) orphans(fsys fs.FS) {
	for _, dir := range []string{StarterDir, SolutionDir, WrongDir} {
		p := path.Join(l.Slug, dir)
		if _, err := fs.Stat(fsys, p); err == nil {
			l.problem(p, 0, "write "+path.Join(l.Slug, ScriptFile)+", or remove the folder", "the folder belongs to an exercise without a script")
		}
	}
}

func (l *Lesson) script(e *Exercise, file string, src []byte) {
	e.ScriptSource = src
	script, err := check.Parse(file, src)
	if err != nil {
		l.Problems = append(l.Problems, scriptProblems(file, err)...)
		if name := exerciseLine.FindSubmatch(src); name != nil {
			e.Name = string(name[1])
		}
		return
	}
	e.Script = script
	if script.Exercise != "" {
		e.Name = script.Exercise
	}
}

// exerciseLine finds the name in a script that does not parse, so that blocks
// which refer to the exercise are not reported as well. Only what the parser
// would take is a name: a workspace makes it a folder.
var exerciseLine = regexp.MustCompile(`(?m)^exercise[ \t]+([a-z][a-z0-9-]*)[ \t]*$`)

func (l *Lesson) files(fsys fs.FS, e *Exercise, dir string) []File {
	root := path.Join(e.Dir, dir)
	var files []File
	err := fs.WalkDir(fsys, root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		src, err := readFile(fsys, p)
		if err != nil {
			l.problem(p, 0, "make it readable", "%v", err)
			return nil
		}
		files = append(files, File{p, src})
		return nil
	})
	main := path.Join(root, "main.go")
	sort.SliceStable(files, func(i, j int) bool { return files[i].Path == main && files[j].Path != main })
	if err != nil || !slices.ContainsFunc(files, func(f File) bool { return f.Path == main }) {
		what := dir
		if dir == StarterDir {
			what = "starter"
		}
		l.problem(main, 0, "add the program", "exercise %s has no %s", e.Name, what)
	}
	return files
}

func (l *Lesson) variants(fsys fs.FS, e *Exercise) {
	names, _ := fs.Glob(fsys, path.Join(e.Dir, WrongDir, "*.go"))
	if len(names) == 0 {
		l.problem(path.Join(e.Dir, WrongDir), 0, "add plausible mistakes, one file each, named after the mistake", "exercise %s has no wrong variant", e.Name)
	}
	for _, p := range names {
		src, err := readFile(fsys, p)
		if err != nil {
			l.problem(p, 0, "make it readable", "%v", err)
			continue
		}
		e.Wrong = append(e.Wrong, l.variant(e, File{p, src}))
	}
}

// variant reads what a wrong variant says of itself: its package comment.
func (l *Lesson) variant(e *Exercise, f File) Variant {
	v := Variant{Name: baseName(f.Path), File: f}
	file, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Source, parser.PackageClauseOnly|parser.ParseComments)
	if err != nil || file.Doc == nil {
		l.problem(f.Path, 1, "say the mistake in a comment directly above package main, with a line: Fails: STEP", "the variant has no package comment")
		return v
	}
	if !buildIgnored(f.Source) {
		l.problem(f.Path, 1, "begin the file with: //go:build ignore", "the variant would be built with its neighbours")
	}
	v.Says, v.Fails = splitFails(file.Doc.Text())
	switch {
	case v.Says == "":
		l.problem(f.Path, 1, "begin the package comment with the mistake, in a sentence", "the variant does not say its mistake")
	case v.Fails == "":
		l.problem(f.Path, 1, "add a line to the package comment: Fails: STEP", "the variant does not say which step it fails")
	case e.Script != nil && !slices.ContainsFunc(e.Script.Steps, func(s *check.Step) bool { return s.Name == v.Fails }):
		l.problem(f.Path, 1, "name one of: "+stepNames(e.Script), "exercise %s has no step %s", e.Name, v.Fails)
	}
	return v
}

var ignoreLine = regexp.MustCompile(`(?m)^//go:build ignore$`)

func buildIgnored(src []byte) bool {
	return ignoreLine.Match(src)
}

// splitFails parts a variant's comment into the mistake, on one line, and the
// step that it fails.
func splitFails(doc string) (says, fails string) {
	var words []string
	for line := range strings.Lines(doc) {
		if step, ok := strings.CutPrefix(strings.TrimSpace(line), "Fails:"); ok {
			fails = strings.TrimSpace(step)
			continue
		}
		words = append(words, strings.Fields(line)...)
	}
	return strings.Join(words, " "), fails
}

func stepNames(s *check.Script) string {
	var names []string
	for _, step := range s.Steps {
		names = append(names, step.Name)
	}
	return strings.Join(names, ", ")
}

// scriptProblems gives each defect of a script as a Problem of the course.
func scriptProblems(file string, err error) []Problem {
	var defects check.Problems
	if !errors.As(err, &defects) {
		return []Problem{{file, 0, err.Error(), "mend the script"}}
	}
	var all []Problem
	for _, d := range defects {
		all = append(all, Problem{file, d.Line, d.Found, "expected " + d.Want})
	}
	return all
}
