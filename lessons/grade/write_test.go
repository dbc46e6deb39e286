package grade

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"strings"
	"testing"

	"duplex/lessons/check"
	"duplex/lessons/check/columns"
)

// graded is a class to be written.
func graded() *Class {
	failed := &check.Report{Steps: []check.Result{{Exercise: "chat", Step: "all", Verdict: check.Fail, Why: "nobody <heard> it \x01"}, {Step: "more", Verdict: check.Pass}}}
	return &Class{Exercises: []string{"echo", "chat"}, Learners: []Learner{
		{Name: "ada", Grades: []Grade{{Exercise: "echo", Verdict: check.Pass, Passed: 12, Steps: 12}, {Exercise: "chat", Verdict: check.NotStarted, Steps: 2}}},
		{Name: "=世界", Grades: []Grade{{Exercise: "echo", Verdict: check.Inconclusive, Why: "no go\nhere", Steps: 12}, {Exercise: "chat", Verdict: check.Fail, Passed: 1, Steps: 2, Report: failed}}},
	}}
}

const wide = `learner  echo     chat
ada      ✓ 12/12  ·
=世界    ? 0/12   ✗ 1/2

? =世界/echo: no go here

✗ =世界/chat: all: nobody <heard> it �
`

const numbered = `learner  1  2
ada      ✓  ·
=世界    ?  ✗ 50%

1 echo   2 chat

? =世界/echo: no go…

✗ =世界/chat: all: …
`

const narrow = `ada: 1 of 2 p…
  ✓ 12/12  ec…
  ·  chat
=世界: 0 of 2…
  ? 0/12  echo
  ✗ 1/2  chat

? =世界/echo:…

✗ =世界/chat:…
`

func TestTable(t *testing.T) {
	for width, want := range map[int]string{80: wide, 20: numbered, 14: narrow} {
		var b bytes.Buffer
		if err := graded().Write(&b, check.Style{Width: width}); err != nil {
			t.Fatal(err)
		}
		if b.String() != want {
			t.Errorf("%d columns:\n%s\nwant\n%s", width, b.String(), want)
		}
		for line := range strings.Lines(b.String()) {
			if n := columns.Width(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("%d columns in %d: %q", n, width, line)
			}
		}
	}
	var b bytes.Buffer
	if err := graded().Write(&b, check.Style{Color: true}); err != nil || !strings.Contains(b.String(), "\x1b[32m✓ 12/12  \x1b[0m") {
		t.Errorf("%q, %v", b.String(), err)
	}
}

// What a learner's program prints, and a folder's name, can't write a table of
// their own.
func TestForgery(t *testing.T) {
	const forged = "\x1b[2J\x1b[1;1H\u202egrade\rada ✓\n\u0085ada ✓"
	c := &Class{Exercises: []string{"echo"}, Learners: []Learner{{Name: forged, Grades: []Grade{{Exercise: "echo", Verdict: check.Fail, Why: forged}}}}}
	for _, width := range []int{30, 80} {
		var b, csv bytes.Buffer
		if err := errors.Join(c.Write(&b, check.Style{Width: width}), c.CSV(&csv)); err != nil {
			t.Fatal(err)
		}
		for _, out := range []string{b.String(), csv.String()} {
			if strings.ContainsAny(out, "\x1b\u202e\r\u0085") || strings.Contains(out, "\nada") {
				t.Errorf("%q", out)
			}
		}
	}
}

func TestFormats(t *testing.T) {
	var b bytes.Buffer
	if err := graded().CSV(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 5 || rows[3][0] != "'=世界" || rows[3][5] != "no go here" {
		t.Errorf("%q, %v", rows, err)
	}
	b.Reset()
	if err := graded().JUnit(&b); err != nil {
		t.Fatal(err)
	}
	var suites junitSuites
	if err := xml.Unmarshal(b.Bytes(), &suites); err != nil {
		t.Fatal(err)
	}
	s := suites.Suites[1]
	if s.Tests != 3 || s.Failures != 1 || s.Errors != 1 || !strings.Contains(s.Cases[1].Failure.Message, "nobody <heard> it") {
		t.Errorf("%+v\n%s", s, b.String())
	}
	b.Reset()
	if err := graded().JSON(&b); err != nil || !json.Valid(b.Bytes()) {
		t.Errorf("%v: %s", err, b.String())
	}
}
