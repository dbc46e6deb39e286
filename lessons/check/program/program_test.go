package program

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	Keep()
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if exe, err := abuse(); err == nil {
			os.RemoveAll(filepath.Dir(exe))
		}
		os.Exit(code)
	}))
}

// build compiles one file of testdata.
func build(t *testing.T, file string) (string, error) {
	t.Helper()
	exe := filepath.Join(t.TempDir(), "program.exe")
	return exe, Build(t.Context(), exe, Config{Dir: "testdata"}, file)
}

func TestServesOnItsPort(t *testing.T) {
	exe, err := build(t, "serves.go")
	if err != nil {
		t.Fatal(err)
	}
	p, err := Start(t.Context(), exe)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	res, err := http.Get(p.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); string(body) != "hello" {
		t.Errorf("answered %q, want hello", body)
	}
	if got := p.Output(); !strings.Contains(got, "serving") {
		t.Errorf("output %q does not hold what the program printed", got)
	}
	p.Stop()
	if _, err := http.Get(p.URL()); err == nil {
		t.Error("the program still answers after Stop")
	}
}

func TestStopReachesChildren(t *testing.T) {
	exe, err := build(t, "parent.go")
	if err != nil {
		t.Fatal(err)
	}
	p, err := Start(t.Context(), exe)
	if err != nil {
		t.Fatal(err)
	}
	p.Stop()
	if _, err := http.Get(p.URL()); err == nil {
		t.Error("a child of the program still answers after Stop")
	}
}

func TestEndsEarly(t *testing.T) {
	exe, err := build(t, "ends.go")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Start(t.Context(), exe)
	if err == nil || !strings.Contains(err.Error(), "ended before it listened") || !strings.Contains(err.Error(), "no configuration") {
		t.Errorf("error is %v, want that it ended, with what it printed", err)
	}
}

func TestEndsEarlyWithoutAnError(t *testing.T) {
	exe, err := build(t, "returns.go")
	if err != nil {
		t.Fatal(err)
	}
	if _, err = Start(t.Context(), exe); err == nil || !strings.Contains(err.Error(), "exit status 0") {
		t.Errorf("error is %v, want how it ended", err)
	}
}

// Where a program does not get the port that it was given, another one is tried;
// a port of its own is the learner's to change.
func TestRefusedPorts(t *testing.T) {
	const (
		windows = "bind: An attempt was made to access a socket in a way forbidden by its access permissions."
		held    = "the system lets no program listen there"
		used    = "another program listens there already"
	)
	for _, tc := range []struct {
		printed string
		unlucky bool
		why     string
	}{
		{"listen tcp 127.0.0.1:23456: " + windows, true, held},
		{"listen tcp :23456: bind: permission denied", true, held},
		{"listen tcp :23456: bind: address already in use", true, used},
		{"listen tcp :8080: " + windows, false, held},
		{"listen tcp :8080: bind: address already in use", false, used},
		{"open rooms.json: permission denied", false, "exit status 1"},
	} {
		p := &Program{&Process{failure: &Failure{Cause: Exited, Why: "exit status 1", Output: tc.printed}}, 23456}
		if f := p.endedEarly(); f.unlucky != tc.unlucky || f.Why != tc.why || (f.Cause == PortTaken) != (f.Why != "exit status 1") {
			t.Errorf("%s: %v, unlucky %v", tc.printed, f, f.unlucky)
		}
	}
}

func TestDoesNotBuild(t *testing.T) {
	_, err := build(t, "broken.go")
	var b *BuildError
	if !errors.As(err, &b) || !strings.Contains(b.Output, "broken.go:5") {
		t.Errorf("error is %v, want a BuildError that names broken.go:5", err)
	}
}

func TestOutputIsBounded(t *testing.T) {
	o := &output{limit: 4}
	o.add([]byte("abc"))
	o.add([]byte("defg"))
	if got, want := o.String(), "abcd\n… and 3 bytes more"; got != want {
		t.Errorf("output is %q, want %q", got, want)
	}
}

func TestNoSuchProgram(t *testing.T) {
	if _, err := Start(t.Context(), filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error is %v, want ErrNotExist", err)
	}
}
