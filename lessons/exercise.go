package lessons

import (
	"cmp"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"sort"

	"duplex/lessons/check"
)

// The folders of an exercise, beside its check.txt.
const (
	StarterDir  = "exercise"
	SolutionDir = "solution"
	WrongDir    = "wrong"
)

// The languages that an exercise's programs are in: a server's is Go, a client's
// is JavaScript.
const (
	Go = "go"
	JS = "js"
)

// Main is the name of the file that a program of the exercise begins in.
func (e *Exercise) Main() string { return "main." + e.Language }

// loadExercises reads the exercise in the lesson's own folder and those in the
// folders below it. An exercise whose script has defects keeps its files and has
// no Script.
func (l *Lesson) loadExercises(fsys fs.FS) {
	l.loadExercise(fsys, l.Slug)
	entries, _ := fs.ReadDir(fsys, l.Slug) // no folder: loadLesson has said so
	for _, d := range entries {
		if d.IsDir() && !slices.Contains([]string{StarterDir, SolutionDir, WrongDir}, d.Name()) {
			l.loadExercise(fsys, path.Join(l.Slug, d.Name()))
		}
	}
	slices.SortStableFunc(l.Exercises, func(a, b *Exercise) int { return cmp.Compare(l.comesTo(a), l.comesTo(b)) })
}

// comesTo is where the lesson has the exercise's block: its end, if it has none.
func (l *Lesson) comesTo(e *Exercise) int {
	block := regexp.MustCompile("(?m)^[`~]{3,}[ \t]*exercise[ \t]+" + regexp.QuoteMeta(e.Name) + "[ \t]*$")
	if at := block.FindIndex(l.Body); at != nil {
		return at[0]
	}
	return len(l.Body)
}

// loadExercise reads the exercise in dir, if there is one.
func (l *Lesson) loadExercise(fsys fs.FS, dir string) {
	file := path.Join(dir, ScriptFile)
	if _, err := fs.Stat(fsys, file); errors.Is(err, fs.ErrNotExist) {
		l.orphans(fsys, dir)
		return
	}
	e := &Exercise{Name: path.Base(dir), Lesson: l.Slug, Dir: dir, Language: languageIn(fsys, dir)}
	l.Exercises = append(l.Exercises, e)
	src, err := readFile(fsys, file)
	if err != nil {
		l.problem(file, 0, "make it readable", "%v", err)
	} else {
		l.script(e, file, src)
	}
	l.side(e)
	e.Starter = l.files(fsys, e, StarterDir)
	e.Solution = l.files(fsys, e, SolutionDir)
	l.variants(fsys, e)
}

// side reports a script that is for the other side than the programs.
func (l *Lesson) side(e *Exercise) {
	file := path.Join(e.Dir, ScriptFile)
	switch {
	case e.Script == nil:
	case e.Language == JS && !e.Script.PlaysServer():
		l.problem(file, 0, "begin each step with serve, or write the programs in Go", "the programs are clients, in JavaScript, and the script plays one, too")
	case e.Language == Go && e.Script.PlaysServer():
		l.problem(file, 0, "dial the program, or write the programs in JavaScript", "the programs are servers, in Go, and the script plays one, too")
	}
}

// languageIn is that of the starter in an exercise's folder.
func languageIn(fsys fs.FS, dir string) string {
	if _, err := fs.Stat(fsys, path.Join(dir, StarterDir, "main.js")); err == nil {
		return JS
	}
	return Go
}

// orphans reports the folders of an exercise that has no script.
func (l *Lesson) orphans(fsys fs.FS, dir string) {
	for _, name := range []string{StarterDir, SolutionDir, WrongDir} {
		p := path.Join(dir, name)
		if _, err := fs.Stat(fsys, p); err == nil {
			l.problem(p, 0, "write "+path.Join(dir, ScriptFile)+", or remove the folder", "the folder belongs to an exercise without a script")
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
	main := path.Join(root, e.Main())
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
