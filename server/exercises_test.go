package server

import (
	"encoding/json"
	"testing"

	"duplex/lessons/check"
)

// The solution is given to who has tried, and to nobody before.
func TestSolutionComesAfterATry(t *testing.T) {
	cfg := testConfig(t)
	cfg.Lessons = nil // the built-in course
	s := start(t, cfg)
	look := func() (shown exerciseShown) {
		t.Helper()
		_, body := s.get("/exercises/echo")
		if err := json.Unmarshal([]byte(body), &shown); err != nil {
			t.Fatalf("%v in %s", err, body)
		}
		return shown
	}
	if shown := look(); shown.Tried || len(shown.Solution) > 0 || len(shown.Starter) != 1 || shown.Starter[0].Name != "main.go" {
		t.Errorf("before a try: %+v", shown)
	}
	if err := s.s.record(&check.Report{Exercise: "echo", Verdict: check.Fail, Steps: []check.Result{{Step: "text", Verdict: check.Fail}}}); err != nil {
		t.Fatal(err)
	}
	if shown := look(); !shown.Tried || len(shown.Solution) != 1 || shown.Solution[0].Content == shown.Starter[0].Content {
		t.Errorf("after a try: %+v", shown)
	}
}
