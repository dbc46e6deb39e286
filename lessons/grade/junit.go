package grade

import (
	"encoding/xml"
	"io"
	"strings"

	"duplex/lessons/check"
)

// The elements of JUnit's XML, as far as those who read it agree on them.
type (
	junitSuites struct {
		XMLName xml.Name     `xml:"testsuites"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string     `xml:"classname,attr"`
		Name    string     `xml:"name,attr"`
		Failure *junitSaid `xml:"failure"`
		Error   *junitSaid `xml:"error"`
		Skipped *junitSaid `xml:"skipped"`
	}
	junitSaid struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes a suite for each learner, and a case for each step.
func (c *Class) JUnit(w io.Writer) error {
	var all junitSuites
	for _, l := range c.Learners {
		suite := junitSuite{Name: l.Name}
		for _, g := range l.Grades {
			suite.grade(l.Name, g)
		}
		all.Suites = append(all.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *junitSuite) grade(learner string, g Grade) {
	class := learner + "." + g.Exercise
	if g.Report == nil {
		s.add(class, "program", g.Verdict, g.Why, "")
		return
	}
	for _, r := range g.Report.Steps {
		var words strings.Builder
		if r.Verdict != check.Pass {
			_ = r.Write(&words, check.Style{Width: 100}) // a strings.Builder takes everything
		}
		verdict := r.Verdict
		if r.Optional {
			verdict = check.NotStarted
		}
		s.add(class, r.Step, verdict, r.Why, words.String())
	}
}

func (s *junitSuite) add(class, name string, v check.Verdict, message, text string) {
	one := junitCase{Class: class, Name: name}
	said := &junitSaid{Message: message, Text: text}
	s.Tests++
	switch v {
	case check.Fail:
		one.Failure = said
		s.Failures++
	case check.NotStarted:
		one.Skipped = said
		s.Skipped++
	case check.Inconclusive, check.Error:
		one.Error = said
		s.Errors++
	}
	s.Cases = append(s.Cases, one)
}
