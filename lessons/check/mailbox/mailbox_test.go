package mailbox

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"duplex/lessons/check"
)

func TestReportsArriveInOrderAndOnce(t *testing.T) {
	data := t.TempDir()
	for i := range 3 {
		put(t, data, fmt.Sprint("exercise-", i))
	}
	got, done := take(t, data)
	if len(got) != 3 {
		t.Fatalf("took %d reports, want 3", len(got))
	}
	for i, r := range got {
		if want := fmt.Sprint("exercise-", i); r.Exercise != want || r.Verdict != check.Fail {
			t.Errorf("report %d is %s, %s; want %s, fail", i, r.Exercise, r.Verdict, want)
		}
	}
	if again, _ := take(t, data); len(again) != 3 {
		t.Errorf("a reader that ended before it stored them gets %d reports, want 3 again", len(again))
	}
	done()
	if rest, _ := take(t, data); len(rest) != 0 {
		t.Errorf("%d reports are left after done", len(rest))
	}
}

func TestReportThatComesMeanwhileIsKept(t *testing.T) {
	data := t.TempDir()
	put(t, data, "first")
	_, done := take(t, data)
	put(t, data, "second")
	done()
	got, _ := take(t, data)
	if len(got) != 1 || got[0].Exercise != "second" {
		t.Errorf("took %v, want the second report alone", got)
	}
}

func TestManyProcessesAtOnce(t *testing.T) {
	data := t.TempDir()
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() { put(t, data, fmt.Sprint(i)) })
	}
	all.Wait()
	if got, _ := take(t, data); len(got) != 50 {
		t.Errorf("took %d reports, want 50", len(got))
	}
}

func TestNobodyReads(t *testing.T) {
	data := filepath.Join(t.TempDir(), "none")
	put(t, data, "echo")
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("Put made %s; only a server may", data)
	}
	if got, _ := take(t, data); len(got) != 0 {
		t.Errorf("took %v from nowhere", got)
	}
}

func TestBrokenFileIsNamedAndRemoved(t *testing.T) {
	for _, content := range []string{"{", "{}", `{"exercise":"` + strings.Repeat("x", maxName+1) + `"}`} {
		broken(t, content)
	}
}

func broken(t *testing.T, content string) {
	t.Helper()
	data := t.TempDir()
	put(t, data, "echo")
	broken := filepath.Join(data, folder, "broken"+ending)
	if err := os.WriteFile(broken, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	got, done, err := Take(data)
	if len(got) != 1 || got[0].Exercise != "echo" {
		t.Errorf("took %v, want the good report", got)
	}
	if err == nil || !strings.Contains(err.Error(), broken) {
		t.Errorf("error is %v, want one that names %s", err, broken)
	}
	done()
	if _, _, err := Take(data); err != nil {
		t.Errorf("after done: %v", err)
	}
}

func TestAbandonedFileIsRemoved(t *testing.T) {
	data := t.TempDir()
	put(t, data, "echo")
	inbox := filepath.Join(data, folder)
	old, fresh := filepath.Join(inbox, "old.part"), filepath.Join(inbox, "fresh.part")
	for _, file := range []string{old, fresh} {
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	yesterday := time.Now().Add(-24 * time.Hour)
	if err := os.Chtimes(old, yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	take(t, data)
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("a file that its writer left a day ago is still there (%v)", err)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("a file that is being written is gone: %v", err)
	}
}

func TestDefaultData(t *testing.T) {
	elsewhere, err := filepath.Abs("/somewhere/else") // with the drive's name, on Windows
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DUPLEX_DATA", "/somewhere/else")
	if got, err := DefaultData(); got != elsewhere || err != nil {
		t.Errorf("with DUPLEX_DATA: %q, %v", got, err)
	}
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DUPLEX_DATA", "data")
	if got, err := DefaultData(); got != filepath.Join(here, "data") || err != nil {
		t.Errorf("with a relative DUPLEX_DATA: %q, %v", got, err)
	}
	t.Setenv("DUPLEX_DATA", "")
	if runtime.GOOS != "linux" {
		return
	}
	t.Setenv("XDG_DATA_HOME", "/xdg")
	if got, err := DefaultData(); got != "/xdg/duplex" || err != nil {
		t.Errorf("with XDG_DATA_HOME: %q, %v", got, err)
	}
	t.Setenv("XDG_DATA_HOME", "")
	t.Setenv("HOME", "/home/ada")
	if got, err := DefaultData(); got != "/home/ada/.local/share/duplex" || err != nil {
		t.Errorf("with HOME alone: %q, %v", got, err)
	}
}

func put(t *testing.T, data, exercise string) {
	t.Helper()
	if err := Put(data, &check.Report{Exercise: exercise, Verdict: check.Fail}); err != nil {
		t.Error(err)
	}
}

func take(t *testing.T, data string) ([]*check.Report, func()) {
	t.Helper()
	got, done, err := Take(data)
	if err != nil {
		t.Fatal(err)
	}
	return got, done
}
