// Package progress keeps what a learner has done: sections read, quiz answers,
// and the verdicts of exercise steps.
//
//	store, err := progress.Open(dir, time.Now)
//	…
//	err = store.Read("echo", "the-loop")
//	now, err := store.Progress()
//
// A method that writes returns once the change is on disk: a process killed at
// any moment later has not lost it (bbolt commits by writing a new page tree
// and then its root, so that a torn write leaves the old one). One process at
// a time may hold a directory.
//
// Lessons are known by their slugs and exercises by their names, whatever the
// course: two courses that keep their progress in one directory share what has
// the same name. That is meant where one is a revision of the other; courses
// that have nothing to do with each other want a directory each.
package progress

import (
	"time"

	"duplex/lessons/check"
)

// A Progress is all that is known of one learner. Its maps are never nil.
type Progress struct {
	Lessons   map[string]Lesson   `json:"lessons"`   // by slug
	Exercises map[string]Exercise `json:"exercises"` // by name
}

// A Lesson says which of its sections were read, and how its quizzes were
// answered last.
type Lesson struct {
	Sections map[string]time.Time `json:"sections"` // when first read, by section id
	Quizzes  map[string]Quiz      `json:"quizzes"`  // by quiz id
}

// A Quiz is the last answer to it.
type Quiz struct {
	Right  bool      `json:"right"`
	Answer []string  `json:"answer"`
	At     time.Time `json:"at"`
}

// An Exercise holds the last verdict that was decided for each step.
type Exercise struct {
	Steps   map[string]check.Verdict `json:"steps"`
	Verdict check.Verdict            `json:"verdict"` // over all steps
	At      time.Time                `json:"at"`      // of the last check
}

// merge puts a report's verdicts over the ones known. A step that was passed
// or failed keeps that verdict when a later check could not decide it, for
// instance because nothing was listening. steps names all the steps that the
// exercise has now; verdicts of others are dropped. When it is empty, the
// exercise is unknown here, and every step is kept.
func (e Exercise) merge(r *check.Report, steps []string, at time.Time) Exercise {
	next := Exercise{Steps: map[string]check.Verdict{}, At: at}
	for name, v := range e.Steps {
		next.Steps[name] = v
	}
	for _, res := range r.Steps {
		if decided(res.Verdict) || !decided(next.Steps[res.Step]) {
			next.Steps[res.Step] = res.Verdict
		}
	}
	if len(steps) > 0 {
		next.Steps = only(next.Steps, steps)
	}
	next.Verdict = overall(next.Steps, max(len(steps), len(next.Steps)))
	return next
}

func decided(v check.Verdict) bool { return v == check.Pass || v == check.Fail }

func only(all map[string]check.Verdict, names []string) map[string]check.Verdict {
	kept := make(map[string]check.Verdict, len(names))
	for _, name := range names {
		if v, ok := all[name]; ok {
			kept[name] = v
		}
	}
	return kept
}

// overall is the verdict over an exercise of total steps, by the rule that a
// report follows. While a step has never been checked, nobody can tell.
func overall(steps map[string]check.Verdict, total int) check.Verdict {
	count := map[check.Verdict]int{}
	for _, v := range steps {
		count[v]++
	}
	for _, v := range []check.Verdict{check.Error, check.Fail, check.Inconclusive} {
		if count[v] > 0 {
			return v
		}
	}
	switch {
	case count[check.NotStarted] == len(steps):
		return check.NotStarted
	case len(steps) < total:
		return check.Inconclusive
	case count[check.Pass] == total:
		return check.Pass
	}
	return check.Fail
}
