package checktest

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// patience bounds a wait, in which a program may be built with nothing of the
// tool chain's own packages built before.
const patience = 5 * time.Minute

// TestVictim is the exercise's test in a process that another test has started.
func TestVictim(t *testing.T) {
	if os.Getenv("VICTIM") == "" {
		t.Skip("it is for others to run")
	}
	Grade(t)
}

// victim is the test of a program of testdata.
func victim(t *testing.T, program string, env ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestVictim$")
	cmd.Dir = filepath.Join("testdata", program)
	cmd.Env = append(append(os.Environ(), "VICTIM=yes", "TMPDIR="+t.TempDir()), env...) // it may leave its files
	return cmd
}

// TestProgramEndsWithItsTest kills a test. What it has started loses its
// connection then: it is gone.
func TestProgramEndsWithItsTest(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	cmd := victim(t, "calls", "LC_CALLS="+l.Addr().String()) // programs get all that begins with LC_
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l.(*net.TCPListener).SetDeadline(time.Now().Add(patience))
	conn, err := l.Accept()
	cmd.Process.Kill()
	cmd.Wait()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(patience / 2))
	var timeout net.Error
	if _, err := conn.Read(make([]byte, 1)); err == nil || errors.As(err, &timeout) && timeout.Timeout() {
		t.Errorf("the program still holds its connection: %v", err)
	}
}

// TestProgramHasLimits: what does not end by itself does not fill the machine.
func TestProgramHasLimits(t *testing.T) {
	out, err := victim(t, "prints").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "the program was stopped: it printed more than 64 MB") {
		t.Errorf("%v; it says\n%.500s", err, out)
	}
}
