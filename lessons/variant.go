package lessons

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"duplex/lessons/check"
)

func (l *Lesson) variants(fsys fs.FS, e *Exercise) {
	names, _ := fs.Glob(fsys, path.Join(e.Dir, WrongDir, "*."+e.Language))
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

// variant reads what a wrong variant says of itself: its package comment, or
// the comment that begins a JavaScript file.
func (l *Lesson) variant(e *Exercise, f File) Variant {
	v := Variant{Name: baseName(f.Path), File: f}
	comment := l.goComment
	if e.Language == JS {
		comment = l.jsComment
	}
	doc, ok := comment(f)
	if !ok {
		return v
	}
	v.Says, v.Fails = splitFails(doc)
	switch {
	case v.Says == "":
		l.problem(f.Path, 1, "begin the comment with the mistake, in a sentence", "the variant does not say its mistake")
	case v.Fails == "":
		l.problem(f.Path, 1, "add a line to the comment: Fails: STEP", "the variant does not say which step it fails")
	case e.Script != nil && !slices.ContainsFunc(e.Script.Steps, func(s *check.Step) bool { return s.Name == v.Fails }):
		l.problem(f.Path, 1, "name one of: "+stepNames(e.Script), "exercise %s has no step %s", e.Name, v.Fails)
	}
	return v
}

// goComment is the comment above the package clause. Without one, and without
// the line that keeps the file out of its folder's package, it reports that.
func (l *Lesson) goComment(f File) (string, bool) {
	file, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Source, parser.PackageClauseOnly|parser.ParseComments)
	if err != nil || file.Doc == nil {
		l.problem(f.Path, 1, "say the mistake in a comment directly above package main, with a line: Fails: STEP", "the variant has no package comment")
		return "", false
	}
	if !buildIgnored(f.Source) {
		l.problem(f.Path, 1, "begin the file with: //go:build ignore", "the variant would be built with its neighbours")
	}
	return file.Doc.Text(), true
}

// jsComment is the // comment in the file's first lines.
func (l *Lesson) jsComment(f File) (string, bool) {
	var doc strings.Builder
	for line := range strings.Lines(string(f.Source)) {
		words, ok := strings.CutPrefix(line, "//")
		if !ok {
			break
		}
		doc.WriteString(strings.TrimSuffix(words, "\n") + "\n")
	}
	if doc.Len() == 0 {
		l.problem(f.Path, 1, "begin the file with // and the mistake, and a line: // Fails: STEP", "the variant has no comment")
	}
	return doc.String(), doc.Len() > 0
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
