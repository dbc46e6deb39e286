package check

import (
	"slices"
	"strings"
	"testing"
)

const tabled = `exercise codes
  goal  Codes.

step good
  says  A Close with {case} is good.
  hint  Echo {case}.
  see   RFC 6455 §7.4
  case  1000
  case  own  4321 "{random}"   # a code of our own
  dial /ws
  send close {case}
  recv close

step alone
  says  Alone.
  hint  Alone.
  dial /ws
`

// TestTable: a step with cases is a step a case, in the place of the table.
func TestTable(t *testing.T) {
	s, err := Parse("check.txt", []byte(tabled))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, step := range s.Steps {
		names = append(names, step.Name)
	}
	if want := []string{"good-1000", "good-own", "alone"}; !slices.Equal(names, want) {
		t.Fatalf("steps %v, want %v", names, want)
	}
	own := s.Step("good-own")
	if own.Says != `A Close with 4321 "{random}" is good.` || own.Hints[0] != `Echo 4321 "{random}".` || own.Of != "good" || own.Line != 9 {
		t.Errorf("%+v", own)
	}
	if c := own.Commands[1]; c.Text != `send close 4321 "{random}"` || c.Line != 11 {
		t.Errorf("%+v", c)
	}
}

// TestNamed: a name stands for a step, for a table's cases, or for a chapter.
func TestNamed(t *testing.T) {
	s, err := Parse("check.txt", []byte(tabled))
	if err != nil {
		t.Fatal(err)
	}
	all := Join("suite", "All.", s)
	for name, want := range map[string]string{
		"":                "codes/good-1000 codes/good-own codes/alone",
		"codes":           "codes/good-1000 codes/good-own codes/alone",
		"codes/good":      "codes/good-1000 codes/good-own",
		"codes/good-1000": "codes/good-1000",
		"good":            "",
		"code":            "",
	} {
		var names []string
		for _, step := range all.Named(name) {
			names = append(names, step.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q stands for %q, want %q", name, got, want)
		}
	}
	if s.Steps[0].Name != "good-1000" {
		t.Error("Join changed the script that it was given")
	}
}

// TestAtOnce: steps side by side are reported in order, and none before all
// those ahead of it.
func TestAtOnce(t *testing.T) {
	var src strings.Builder
	src.WriteString("exercise many\n  goal  Many.\n")
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		src.WriteString("step " + name + "\n  says S.\n  hint H.\n  dial /ws\n  send text \"" + name + "{random}\"\n  recv text same\n")
	}
	s, err := Parse("check.txt", []byte(src.String()))
	if err != nil {
		t.Fatal(err)
	}
	var order string
	report := s.Run(t.Context(), Options{Target: serve(t, upgraded(echoing)), AtOnce: 3, OnStep: func(r Result) { order += r.Step }})
	if order != "abcdefg" || report.Verdict != Pass || report.Passed() != 7 {
		t.Errorf("%s, %s, %d passed", order, report.Verdict, report.Passed())
	}
}

// TestAtOnceWithout: where nobody listens, the first step finds out, and no
// other is tried.
func TestAtOnceWithout(t *testing.T) {
	s, err := Parse("check.txt", []byte(tabled))
	if err != nil {
		t.Fatal(err)
	}
	report := s.Run(t.Context(), Options{Target: "http://127.0.0.1:1", AtOnce: 3})
	for i, r := range report.Steps {
		if r.Verdict != Inconclusive || r.Skipped != (i > 0) {
			t.Errorf("%s: %s, %v", r.Step, r.Verdict, r.Skipped)
		}
	}
}
