package lessons

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

const (
	aScript      = "exercise echo\n  goal Send it back.\n\nstep text\n  says It comes back.\n  hint Write what you read.\n  dial /ws\n  send text \"hi\"\n  recv text same\n"
	clientScript = "exercise talk\n  goal Talk.\n\nstep text\n  says It says hi.\n  hint Say hi.\n  serve /ws\n  accept\n  recv text \"hi\"\n"
	aWrong       = "//go:build ignore\n\n// It answers with binary\n// whatever came in.\n//\n// Fails: text\npackage main\n"
)

func file(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

// whole is a course without a defect.
func whole() fstest.MapFS {
	return fstest.MapFS{
		"course.md":                      file("---\ntitle: \"Real time\"\nsummary: All of it.\n---\n\nBefore.\n\n1. [Echo](echo/lesson.md)\n2) [Chat](./chat/lesson.md)\n\nAfter.\n"),
		"echo/lesson.md":                 file("---\ntitle: Echo: back and forth\nsummary: S.\nminutes: 12\n---\n\n## One\n"),
		"echo/check.txt":                 file(aScript),
		"echo/exercise/main.go":          file("package main\n"),
		"echo/exercise/a.go":             file("package main\n"),
		"echo/exercise/exercise_test.go": file("package main\n"),
		"echo/solution/main.go":          file("package main\n"),
		"echo/wrong/as-binary.go":        file(aWrong),
		"echo/talk/check.txt":            file(clientScript),
		"echo/talk/exercise/main.js":     file("throw new Error(\"not started\");\n"),
		"echo/talk/exercise/a_test.go":   file("package main\n"),
		"echo/talk/solution/main.js":     file("x();\n"),
		"echo/talk/wrong/shy.js":         file("// It says nothing,\n// ever.\n//\n// Fails: text\n\n// A comment of the program.\n"),
		"chat/lesson.md":                 file("---\r\ntitle: Chat\r\nsummary: S.\r\nminutes: 5\r\n---\r\ntext\r\n"),
	}
}

func TestLoad(t *testing.T) {
	c := Load(whole())
	if d := c.Defects(); len(d) > 0 {
		t.Fatalf("defects: %v", d)
	}
	if c.Title != "Real time" || c.Summary != "All of it." || string(c.Intro) != "Before.\n\n\n\n\nAfter." || c.IntroLine != 6 {
		t.Errorf("course: %q, %q, %q", c.Title, c.Summary, c.Intro)
	}
	echo, chat := c.Lesson("echo"), c.Lesson("chat")
	if echo == nil || chat == nil || c.Lesson("none") != nil {
		t.Fatalf("lessons: %v", c.Lessons)
	}
	if echo.Title != "Echo: back and forth" || echo.Minutes != 12 || echo.Number != 1 || echo.BodyLine != 6 || string(echo.Body) != "\n## One\n" {
		t.Errorf("echo: %+v", echo)
	}
	if chat.Number != 2 || string(chat.Body) != "text\n" || chat.BodyLine != 6 {
		t.Errorf("chat: %+v", chat)
	}
	e := c.Exercise("echo")
	if e == nil || c.Exercise("none") != nil {
		t.Fatal("the exercise is not found by its name")
	}
	if e.Script == nil || string(e.ScriptSource) != aScript || len(e.Solution) != 1 {
		t.Errorf("exercise: %+v", e)
	}
	if want := []string{"echo/exercise/main.go", "echo/exercise/a.go", "echo/exercise/exercise_test.go"}; !slices.Equal(starter(e), want) {
		t.Errorf("starter: %v, want %v", starter(e), want)
	}
	if v := e.Wrong[0]; v.Name != "as-binary" || v.Says != "It answers with binary whatever came in." || v.Fails != "text" {
		t.Errorf("variant: %+v", v)
	}
}

func starter(e *Exercise) (files []string) {
	for _, f := range e.Starter {
		files = append(files, f.Path)
	}
	return files
}

// TestLoadClient: a lesson has a second exercise in a folder below its own, in
// JavaScript.
func TestLoadClient(t *testing.T) {
	c := Load(whole())
	if all := c.Lesson("echo").Exercises; len(all) != 2 || all[0].Language != Go || all[0].Main() != "main.go" {
		t.Fatalf("the lesson's exercises: %v", all)
	}
	files := whole()
	files["echo/lesson.md"] = file("---\ntitle: Echo\nsummary: S.\nminutes: 12\n---\n\n```exercise talk\n```\n\n```exercise echo\n```\n")
	if all := Load(files).Lesson("echo").Exercises; len(all) != 2 || all[0].Name != "talk" {
		t.Errorf("the exercises are not in the lesson's order: %v", all)
	}
	e := c.Exercise("talk")
	if e == nil || e.Lesson != "echo" || e.Dir != "echo/talk" || e.Language != JS || e.Main() != "main.js" {
		t.Fatalf("exercise: %+v", e)
	}
	if want := []string{"echo/talk/exercise/main.js", "echo/talk/exercise/a_test.go"}; !slices.Equal(starter(e), want) {
		t.Errorf("starter: %v, want %v", starter(e), want)
	}
	if v := e.Wrong[0]; v.Name != "shy" || v.Says != "It says nothing, ever." || v.Fails != "text" {
		t.Errorf("variant: %+v", v)
	}
}

// TestDefects breaks the whole course in one way each, and expects the one
// problem that says so.
func TestDefects(t *testing.T) {
	for _, c := range []struct{ name, file, content, want string }{
		{"no course.md", "course.md", "", "course.md: there is no such file; add a course.md with a title, a summary and a numbered list of links to the lessons"},
		{"no list", "course.md", "---\ntitle: T\nsummary: S\n---\n", "course.md: no lesson is listed; write a line like: 1. [Echo](echo/lesson.md)"},
		{"a link to elsewhere", "course.md", "---\ntitle: T\nsummary: S\n---\n1. [Echo](echo/lesson.md)\n2. [Chat](chat/lesson.md)\n3. [X](../x.md)\n", `course.md:7: "../x.md" is not the file of a lesson; link to SLUG/lesson.md, the slug in lower-case letters, digits and hyphens`},
		{"twice", "course.md", "---\ntitle: T\nsummary: S\n---\n1. [Echo](echo/lesson.md)\n2. [Chat](chat/lesson.md)\n3. [Chat](chat/lesson.md)\n", "course.md:7: lesson chat is listed twice; remove one of the two lines"},
		{"not listed", "extra/lesson.md", "x", "extra/lesson.md: the lesson is not listed in course.md; add it to the numbered list there, or remove its folder"},
		{"no front matter", "chat/lesson.md", "text\n", "chat/lesson.md:1: there is no front matter; begin the file with a line of ---, then title, summary, minutes, then another ---"},
		{"endless front matter", "chat/lesson.md", "---\ntitle: T\n", "chat/lesson.md:1: the front matter does not end; close it with a line of ---"},
		{"unknown key", "chat/lesson.md", "---\ntitle: T\nsummary: S\nminutes: 5\nauthor: Me\n---\n", "chat/lesson.md:5: unknown key author in the front matter; the keys here are title, summary, minutes"},
		{"missing key", "chat/lesson.md", "---\ntitle: T\nminutes: 5\n---\n", "chat/lesson.md:1: summary is missing; add a line to the front matter: summary: …"},
		{"empty key", "chat/lesson.md", "---\ntitle: T\nsummary:\nminutes: 5\n---\n", "chat/lesson.md:3: summary is missing; add a line to the front matter: summary: …"},
		{"key twice", "chat/lesson.md", "---\ntitle: T\ntitle: U\nsummary: S\nminutes: 5\n---\n", "chat/lesson.md:2: title stands twice in the front matter; keep one"},
		{"no key", "chat/lesson.md", "---\ntitle: T\n- what\nsummary: S\nminutes: 5\n---\n", "chat/lesson.md:3: this line of the front matter has no key; write key: value"},
		{"minutes", "chat/lesson.md", "---\ntitle: T\nsummary: S\nminutes: long\n---\n", `chat/lesson.md:4: minutes is "long"; write a whole number from 1 to 600`},
		{"no lesson", "chat/lesson.md", "", "chat/lesson.md: there is no such file; write the lesson, or take its line out of course.md"},
		{"script", "echo/check.txt", "exercise echo\n  goal G\n\nstep text\n  says S\n  hint H\n  jump\n", `echo/check.txt:7: "jump"; expected a command`},
		{"no step says", "echo/check.txt", "exercise echo\n  goal G\n\nstep text\n  hint H\n  dial /ws\n", "echo/check.txt:4: "},
		{"empty hint", "echo/check.txt", "exercise echo\n  goal G\n\nstep text\n  says S\n  hint\n  dial /ws\n", "echo/check.txt:6: "},
		{"no starter", "echo/exercise/main.go", "", "echo/exercise/main.go: exercise echo has no starter; add the program"},
		{"no solution", "echo/solution/main.go", "", "echo/solution/main.go: exercise echo has no solution; add the program"},
		{"no variant", "echo/wrong/as-binary.go", "", "echo/wrong: exercise echo has no wrong variant; add plausible mistakes, one file each, named after the mistake"},
		{"variant without words", "echo/wrong/as-binary.go", "//go:build ignore\n\npackage main\n", "echo/wrong/as-binary.go:1: the variant has no package comment; say the mistake in a comment directly above package main, with a line: Fails: STEP"},
		{"variant of no step", "echo/wrong/as-binary.go", "//go:build ignore\n\n// Wrong.\n// Fails: none\npackage main\n", "echo/wrong/as-binary.go:1: exercise echo has no step none; name one of: text"},
		{"variant that names none", "echo/wrong/as-binary.go", "//go:build ignore\n\n// Wrong.\npackage main\n", "echo/wrong/as-binary.go:1: the variant does not say which step it fails; add a line to the comment: Fails: STEP"},
		{"variant that is built", "echo/wrong/as-binary.go", "// Wrong.\n// Fails: text\npackage main\n", "echo/wrong/as-binary.go:1: the variant would be built with its neighbours; begin the file with: //go:build ignore"},
		{"a script for the other side", "echo/talk/check.txt", strings.Replace(aScript, "exercise echo", "exercise talk", 1), "echo/talk/check.txt: the programs are clients, in JavaScript, and the script plays one, too; begin each step with serve, or write the programs in Go"},
		{"a script for the other side of Go", "echo/check.txt", strings.Replace(clientScript, "talk", "echo", 1), "echo/check.txt: the programs are servers, in Go, and the script plays one, too; dial the program, or write the programs in JavaScript"},
		{"no script below", "echo/talk/check.txt", "", "echo/talk/exercise: the folder belongs to an exercise without a script; write echo/talk/check.txt, or remove the folder"},
		{"no solution in JavaScript", "echo/talk/solution/main.js", "", "echo/talk/solution/main.js: exercise talk has no solution; add the program"},
		{"variant without a comment", "echo/talk/wrong/shy.js", "x();\n", "echo/talk/wrong/shy.js:1: the variant has no comment; begin the file with // and the mistake, and a line: // Fails: STEP"},
		{"same name", "chat/check.txt", aScript, "chat/check.txt: exercise echo exists already, in echo/check.txt; give one of them another name"},
		{"no script", "echo/check.txt", "", "echo/exercise: the folder belongs to an exercise without a script; write echo/check.txt, or remove the folder"},
		{"huge", "chat/lesson.md", strings.Repeat("x", MaxFile+1), "chat/lesson.md: the file has 4194305 bytes, and a course's files have at most 4194304; write the lesson, or take its line out of course.md"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := whole()
			if delete(fsys, c.file); c.content != "" {
				fsys[c.file] = file(c.content)
			}
			var got []string
			for _, p := range Load(fsys).Defects() {
				got = append(got, p.String())
			}
			if !slices.ContainsFunc(got, func(p string) bool { return strings.HasPrefix(p, c.want) }) {
				t.Errorf("want  %s\namong %s", c.want, strings.Join(got, "\n      "))
			}
		})
	}
}

// TestBrokenLessonLeavesTheRest: the other lessons and the broken one's prose
// are there.
func TestBrokenLessonLeavesTheRest(t *testing.T) {
	fsys := whole()
	fsys["echo/lesson.md"] = file("---\ntitle: Echo\nprose that never ends its front matter\n")
	fsys["echo/check.txt"] = file("nonsense\n")
	c := Load(fsys)
	if l := c.Lesson("echo"); l.Title != "Echo" || !strings.Contains(string(l.Body), "prose that") || len(l.Problems) == 0 {
		t.Errorf("the broken lesson: %+v", l)
	}
	if l := c.Lesson("chat"); len(l.Problems) > 0 || l.Title != "Chat" {
		t.Errorf("the other lesson: %+v", l)
	}
	if e := c.Exercise("echo"); e == nil || e.Script != nil || len(e.Starter) == 0 {
		t.Errorf("the exercise with a broken script: %+v", e)
	}
}

// TestEmbedded: the binary holds the course, and no tests' data.
func TestEmbedded(t *testing.T) {
	err := fs.WalkDir(FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && (strings.Contains(p, "testdata") || strings.HasPrefix(p, "check/") || strings.HasPrefix(p, "workspace/")) {
			t.Errorf("%s is embedded", p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if c := Load(FS()); len(c.Lessons) != 6 {
		t.Errorf("the built-in course has %d lessons, want 6", len(c.Lessons))
	}
}

// FuzzLoad reads any lesson and manifest: no panic, nothing of the prose lost,
// and lines that fit the file.
func FuzzLoad(f *testing.F) {
	for _, m := range whole() {
		f.Add(string(m.Data), "")
	}
	f.Add("---\n---", "---\n1. [a](a/lesson.md)\n")
	f.Add("---\n---\n\x00\xff\r\n", "1. [](echo/lesson.md)")
	f.Add("\ufeff---\ntitle: \"\n", "---\ntitle:\n---\n")
	f.Fuzz(func(t *testing.T, lesson, manifest string) {
		fsys := whole()
		fsys["echo/lesson.md"] = file(lesson)
		fsys["echo/check.txt"] = file(lesson)
		fsys["echo/wrong/as-binary.go"] = file(lesson)
		if manifest != "" {
			fsys["course.md"] = file(manifest)
		}
		c := Load(fsys)
		l := c.Lesson("echo")
		if l == nil {
			return
		}
		lines := strings.Count(strings.ReplaceAll(lesson, "\r\n", "\n"), "\n") + 1
		if end := l.BodyLine + strings.Count(string(l.Body), "\n"); len(l.Body) > 0 && end != lines {
			t.Errorf("the body ends in line %d of a file of %d lines", end, lines)
		}
		for _, p := range c.Defects() {
			if p.What == "" || p.Next == "" || p.File == "" {
				t.Errorf("a problem that does not help: %+v", p)
			}
		}
	})
}

// A workspace makes a folder of an exercise's name, whatever state its script
// is in.
func TestNameOfABrokenScript(t *testing.T) {
	for line, want := range map[string]string{
		"exercise talk":     "talk",
		"exercise ../../up": "echo",
		"exercise a/b":      "echo",
		"exercise ..":       "echo",
		"exercise\ntalk":    "echo",
	} {
		course := whole()
		course["echo/check.txt"] = file(line + "\nnonsense\n")
		if e := Load(course).Lessons[0].Exercises[0]; e.Script != nil || e.Name != want {
			t.Errorf("%q: the exercise is called %q, want %q", line, e.Name, want)
		}
	}
}
