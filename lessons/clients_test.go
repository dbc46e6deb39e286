package lessons_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"duplex/lessons"
	"duplex/lessons/check"
	"duplex/lessons/check/client"
)

// running is how many clients are checked at the same time. Each step starts a
// process, so there are not many more than processors.
const running = 8

// TestClients does with the exercises in JavaScript what TestExercises does with
// those in Go, and not at the same time: the two would keep the machine so busy
// that what has to come in time comes late.
func TestClients(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the exercises' programs are not run and checked")
	}
	_, err := client.JavaScript(filepath.Join("client", "first-words", lessons.SolutionDir, "main.js"))
	switch {
	case errors.Is(err, client.ErrNoRuntime) && os.Getenv("CI") != "true":
		t.Skipf("the exercises for the client are not checked: %v", err)
	case err != nil:
		t.Fatal(err)
	}
	compareAll(t, subjects(t, lessons.JS), tryJS)
}

// tryJS runs and checks every subject.
func tryJS(t *testing.T, all []subject) [][]outcome {
	t.Helper()
	checks := make(chan struct{}, running)
	outcomes := make([][]outcome, len(all))
	var wg sync.WaitGroup
	for i, s := range slices.Backward(all) {
		wg.Go(func() {
			checks <- struct{}{}
			defer func() { <-checks }()
			for range *runs {
				outcomes[i] = append(outcomes[i], s.tryClient(t.Context()))
			}
		})
	}
	wg.Wait()
	return outcomes
}

// tryClient checks the program once: a wrong variant at the step that it has to
// fail and at no other, since each step starts a process.
func (s subject) tryClient(ctx context.Context) outcome {
	js, err := client.JavaScript(filepath.Join(s.dir, s.build))
	if err != nil {
		return outcome{err: err}
	}
	return outcome{report: s.exercise.Script.Run(ctx, check.Options{Client: js, Step: s.fails, Seed: seed, Patience: check.BusyPatience})}
}
