package workbench

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"duplex/lessons/check"
)

// BenchmarkSaveToVerdict is what a learner waits for: from a save of the echo
// exercise to the verdict of its last step, on a warm build cache.
func BenchmarkSaveToVerdict(b *testing.B) {
	bench := open(b)
	script := course.Exercise("echo").Script
	source := solution(b, "echo")
	var build, start, checked time.Duration
	n := time.Now().UnixNano()
	round := func() {
		n++
		bench.save(b, "echo", "main.go", strings.Replace(source, "listening on", fmt.Sprint("listening ", n, " on"), 1))
		url := bench.serves(b)
		began := time.Now()
		if report := script.Run(b.Context(), check.Options{Target: url}); report.Verdict != check.Pass {
			b.Fatal(report.Verdict)
		}
		checked += time.Since(began)
		took := bench.State(b.Context()).Runs["echo"].Took
		build += time.Duration(took.Build) * time.Millisecond
		start += time.Duration(took.Start) * time.Millisecond
	}
	round() // warms the cache
	build, start, checked = 0, 0, 0
	for b.Loop() {
		round()
	}
	for name, d := range map[string]time.Duration{"build": build, "start": start, "check": checked} {
		b.ReportMetric(float64(d.Milliseconds())/float64(b.N), name+"-ms")
	}
}
