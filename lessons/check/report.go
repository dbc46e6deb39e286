package check

import (
	"regexp"
	"strings"

	"duplex/server/wire"
)

// A Report is the outcome of a check. Its JSON is what machines read.
type Report struct {
	Exercise string      `json:"exercise"`
	Target   string      `json:"target"`
	Verdict  Verdict     `json:"verdict"`
	Steps    []Result    `json:"steps"`
	Took     wire.Millis `json:"took"`
}

// A Result is the outcome of one step. Sent, Expected and Got are each one
// line; where they say when, that is their end: two blanks and t=MILLISECONDSms
// since the step began.
type Result struct {
	Exercise   string       `json:"exercise"`
	Step       string       `json:"step"`
	Says       string       `json:"says"`
	Verdict    Verdict      `json:"verdict"`
	Line       int          `json:"line"`               // of the command that failed, or of the step
	Command    string       `json:"command,omitempty"`  // the command that failed
	Skipped    bool         `json:"skipped,omitempty"`  // not tried, for the reason in Why
	Optional   bool         `json:"optional,omitempty"` // not tried, for it is about what a server need not do; counts for nothing
	Why        string       `json:"why,omitempty"`
	Sent       string       `json:"sent,omitempty"`
	Expected   string       `json:"expected,omitempty"`
	Got        string       `json:"got,omitempty"`
	Likely     string       `json:"likely,omitempty"`
	Rerun      string       `json:"rerun,omitempty"`
	See        []Reference  `json:"see,omitempty"`
	Hints      []string     `json:"hints,omitempty"`
	Transcript []wire.Event `json:"transcript,omitempty"`
	Took       wire.Millis  `json:"took"`
}

// Passed counts the steps that passed.
func (r *Report) Passed() int {
	n := 0
	for _, s := range r.Steps {
		if s.Verdict == Pass {
			n++
		}
	}
	return n
}

// Optional counts the steps that were left out because the server does without
// what they are about, as it may.
func (r *Report) Optional() int {
	n := 0
	for _, s := range r.Steps {
		if s.Optional {
			n++
		}
	}
	return n
}

var (
	moment  = regexp.MustCompile(`\bt=\d+ms`)
	elapsed = regexp.MustCompile(`\b[0-9.]+(ms|µs|s) after (the one before|its last connection ended|it was started)`)
	logged  = regexp.MustCompile(`; it logged last: .*?(  t=|$)`)
	partial = regexp.MustCompile(`\b[0-9,]+ of ([0-9,]+) came`)
)

// Stable returns a copy for golden files: it does not differ between two runs
// with the same Options.Seed against a server that behaves the same. Times are
// 0 or "…", the target's address is TARGET, counts of what came until time was
// up are "…", as is what a program logged last when its time was up, and a
// reset is a close, for that is chance. The transcripts are
// left out: connections interleave as they like.
func (r *Report) Stable() *Report {
	out := *r
	out.Target, out.Took, out.Steps = "TARGET", 0, make([]Result, len(r.Steps))
	for i, s := range r.Steps {
		s.Took, s.Transcript = 0, nil
		for _, words := range []*string{&s.Why, &s.Sent, &s.Expected, &s.Got, &s.Likely, &s.Rerun} {
			*words = stableWords(*words, r.Target)
		}
		out.Steps[i] = s
	}
	return &out
}

func stableWords(words, target string) string {
	if strings.ContainsAny(target, "/:") { // main.js is one for everybody
		words = strings.ReplaceAll(words, target, "TARGET")
	}
	if t, err := parseTarget(target); err == nil {
		words = strings.ReplaceAll(words, t.address, "TARGET")
	}
	words = strings.ReplaceAll(words, "TCP reset", "TCP closed")
	words = moment.ReplaceAllString(words, "t=…")
	words = elapsed.ReplaceAllString(words, "… after $2")
	words = logged.ReplaceAllString(words, "; it logged last: …$1")
	return partial.ReplaceAllString(words, "… of $1 came")
}
