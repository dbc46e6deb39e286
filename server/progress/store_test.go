package progress

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"duplex/lessons/check"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func openStore(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir, func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func progressOf(t *testing.T, s *Store) Progress {
	t.Helper()
	p, err := s.Progress()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func report(exercise string, verdicts ...any) *check.Report {
	r := &check.Report{Exercise: exercise}
	for i := 0; i < len(verdicts); i += 2 {
		r.Steps = append(r.Steps, check.Result{Step: verdicts[i].(string), Verdict: verdicts[i+1].(check.Verdict)})
	}
	return r
}

// What pages get as JSON, and that it is all there after the store is opened
// again.
func TestProgressIsKept(t *testing.T) {
	defer goleak.VerifyNone(t)
	dir := t.TempDir()
	s, err := Open(dir, func() time.Time { return noon })
	must(t, err)
	must(t, s.Read("echo", "the-loop"))
	must(t, s.Answer("echo", "status", true, []string{"101"}))
	must(t, s.Checked(report("echo", "text", check.Pass, "close", check.Fail), []string{"text", "close"}))
	must(t, s.Close())

	s, err = Open(dir, time.Now)
	must(t, err)
	defer s.Close()
	got, err := json.Marshal(progressOf(t, s))
	must(t, err)
	want := `{"lessons":{"echo":{"sections":{"the-loop":"2026-03-01T12:00:00Z"},` +
		`"quizzes":{"status":{"right":true,"answer":["101"],"at":"2026-03-01T12:00:00Z"}}}},` +
		`"exercises":{"echo":{"steps":{"close":"fail","text":"pass"},"verdict":"fail","at":"2026-03-01T12:00:00Z"}}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEmptyProgressHasNoNulls(t *testing.T) {
	got, _ := json.Marshal(progressOf(t, openStore(t, t.TempDir())))
	if want := `{"lessons":{},"exercises":{}}`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestVerdictsMerge(t *testing.T) {
	steps := []string{"text", "close"}
	for _, tc := range []struct {
		settles string
		reports []*check.Report
		steps   []string
		want    map[string]check.Verdict
		overall check.Verdict
	}{
		{"one step of two leaves the whole open",
			[]*check.Report{report("echo", "text", check.Pass)}, steps,
			map[string]check.Verdict{"text": check.Pass}, check.Inconclusive},
		{"both steps, checked one by one, pass the whole",
			[]*check.Report{report("echo", "text", check.Pass), report("echo", "close", check.Pass)}, steps,
			map[string]check.Verdict{"text": check.Pass, "close": check.Pass}, check.Pass},
		{"a check with no server running takes nothing away",
			[]*check.Report{report("echo", "text", check.Pass, "close", check.Pass), report("echo", "text", check.Inconclusive, "close", check.Error)}, steps,
			map[string]check.Verdict{"text": check.Pass, "close": check.Pass}, check.Pass},
		{"nor does an untouched starter",
			[]*check.Report{report("echo", "text", check.Pass), report("echo", "text", check.NotStarted, "close", check.NotStarted)}, steps,
			map[string]check.Verdict{"text": check.Pass, "close": check.NotStarted}, check.Fail},
		{"a pass that fails now has failed",
			[]*check.Report{report("echo", "text", check.Pass), report("echo", "text", check.Fail)}, steps,
			map[string]check.Verdict{"text": check.Fail}, check.Fail},
		{"all not started",
			[]*check.Report{report("echo", "text", check.NotStarted, "close", check.NotStarted)}, steps,
			map[string]check.Verdict{"text": check.NotStarted, "close": check.NotStarted}, check.NotStarted},
		{"a step that the script has no more is dropped",
			[]*check.Report{report("echo", "old", check.Fail, "text", check.Pass, "close", check.Pass)}, steps,
			map[string]check.Verdict{"text": check.Pass, "close": check.Pass}, check.Pass},
		{"an exercise unknown here keeps what its report says",
			[]*check.Report{report("echo", "mine", check.Pass)}, nil,
			map[string]check.Verdict{"mine": check.Pass}, check.Pass},
	} {
		t.Run(tc.settles, func(t *testing.T) {
			s := openStore(t, t.TempDir())
			for _, r := range tc.reports {
				must(t, s.Checked(r, tc.steps))
			}
			got := progressOf(t, s).Exercises["echo"]
			if got.Verdict != tc.overall {
				t.Errorf("verdict %q, want %q", got.Verdict, tc.overall)
			}
			if len(got.Steps) != len(tc.want) {
				t.Errorf("steps %v, want %v", got.Steps, tc.want)
			}
			for name, v := range tc.want {
				if got.Steps[name] != v {
					t.Errorf("step %s is %q, want %q", name, got.Steps[name], v)
				}
			}
		})
	}
}

func TestReset(t *testing.T) {
	fill := func(s *Store) {
		for _, lesson := range []string{"chat", "chat-2"} { // one slug begins with the other
			must(t, s.Read(lesson, "a"))
			must(t, s.Read(lesson, "b"))
			must(t, s.Answer(lesson, "q", false, []string{"x"}))
			must(t, s.Checked(report(lesson, "text", check.Pass), nil))
		}
	}
	s := openStore(t, t.TempDir())
	must(t, s.Reset()) // of nothing
	must(t, s.ResetLesson("chat", "chat"))

	fill(s)
	must(t, s.ResetLesson("chat", "chat"))
	p := progressOf(t, s)
	if _, ok := p.Lessons["chat"]; ok || p.Exercises["chat"].Verdict != "" {
		t.Errorf("chat is still there: %+v", p)
	}
	if other := p.Lessons["chat-2"]; len(other.Sections) != 2 || len(other.Quizzes) != 1 || p.Exercises["chat-2"].Verdict != check.Pass {
		t.Errorf("chat-2 was reset as well: %+v", p)
	}

	must(t, s.Reset())
	if p := progressOf(t, s); len(p.Lessons)+len(p.Exercises) != 0 {
		t.Errorf("after a reset of everything: %+v", p)
	}
}

func TestSubscribersHearOfChanges(t *testing.T) {
	s := openStore(t, t.TempDir())
	changed, stop := s.Subscribe()
	heard := func() bool {
		select {
		case <-changed:
			return true
		default:
			return false
		}
	}
	must(t, s.Read("echo", "a"))
	must(t, s.Read("echo", "b"))
	if !heard() || heard() {
		t.Error("two changes that nobody waited for should come as one")
	}
	must(t, s.Read("echo", "a"))
	if heard() {
		t.Error("a section read again is no change")
	}
	stop()
	must(t, s.Read("echo", "c"))
	if heard() {
		t.Error("heard of a change after stop")
	}
}

func openFails(t *testing.T, dir string) *Error {
	t.Helper()
	s, err := Open(dir, time.Now)
	if err == nil {
		s.Close()
		t.Fatal("Open succeeded")
	}
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%T is no *Error: %v", err, err)
	}
	if strings.Contains(e.Error(), "\n") || e.Next == "" {
		t.Errorf("not one line with a next step: %q", e)
	}
	return e
}

func TestSecondServerIsRefused(t *testing.T) {
	dir := t.TempDir()
	openStore(t, dir)
	begin := time.Now()
	if e := openFails(t, dir); !strings.Contains(e.Error(), "another duplex") {
		t.Errorf("got %q", e)
	}
	if took := time.Since(begin); took > time.Second {
		t.Errorf("it took %v to say so", took)
	}
}

func TestDirectoryThatCannotBeWritten(t *testing.T) {
	t.Run("read-only", func(t *testing.T) {
		if os.Geteuid() == 0 {
			t.Skip("root may write anywhere")
		}
		dir := t.TempDir()
		must(t, os.Chmod(dir, 0o500))
		if e := openFails(t, dir); !strings.Contains(e.Error(), "read-only") {
			t.Errorf("got %q", e)
		}
	})
	t.Run("a file is in the way", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "notes")
		must(t, os.WriteFile(file, nil, 0o600))
		if e := openFails(t, filepath.Join(file, "data")); !strings.Contains(e.Error(), "no progress can be kept") {
			t.Errorf("got %q", e)
		}
	})
}

func TestDamagedFileIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	for _, id := range []string{"a", "b", "c"} {
		must(t, s.Read("echo", id))
	}
	must(t, s.Close())
	good, err := os.ReadFile(filepath.Join(dir, File))
	must(t, err)

	scrambled := append([]byte(nil), good...)
	for i := 2 * 4096; i < len(scrambled); i++ { // all but the two meta pages
		scrambled[i] ^= 0x5a
	}
	for name, bytes := range map[string][]byte{
		"no database":     []byte(strings.Repeat("these are my holiday notes\n", 1000)),
		"cut short":       good[:3*4096],
		"very short":      good[:100],
		"pages scrambled": scrambled,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, File)
			must(t, os.WriteFile(file, bytes, 0o600))
			if e := openFails(t, dir); !strings.Contains(e.Next, "mv ") {
				t.Errorf("got %q", e)
			}
			if after, _ := os.ReadFile(file); string(after) != string(bytes) {
				t.Error("the file was changed")
			}
		})
	}
}
