package program

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// abuse builds the program of testdata/abuse.go once.
var abuse = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "abuse")
	if err != nil {
		return "", err
	}
	exe := filepath.Join(dir, "abuse.exe")
	return exe, Build(context.Background(), exe, Config{Dir: "testdata"}, "abuse.go")
})

func abusive(t *testing.T) string {
	t.Helper()
	exe, err := abuse()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}

// Each program that uses too much is ended, and told why.
func TestLimits(t *testing.T) {
	exe := abusive(t)
	for _, tc := range []struct {
		what   string
		limits Limits
		cause  Cause
		why    string
	}{
		{"output", Limits{Output: 1 << 20}, TooMuchOutput, "it printed more than 1 MB"},
		{"loop", Limits{Run: 100 * time.Millisecond}, TooLong, "it ran for 100ms, which is the most it may"},
		{"forks", Limits{Processes: 20}, TooManyProcesses, "it had more than 20 processes"},
		{"memory", Limits{Memory: 100 << 20}, TooMuchMemory, "it used more than 100 MB of memory"},
	} {
		if runtime.GOOS != "linux" && tc.limits.Processes+int(tc.limits.Memory) > 0 {
			continue // nobody looks there
		}
		p, err := Command(t.Context(), Config{Limits: tc.limits}, exe, tc.what)
		if err != nil {
			t.Fatal(err)
		}
		var f *Failure
		if err := p.Wait(); !errors.As(err, &f) || f.Cause != tc.cause || f.Why != tc.why {
			t.Errorf("%s: %v, want %s", tc.what, err, tc.why)
		}
	}
}

func TestEnds(t *testing.T) {
	exe := abusive(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, tc := range []struct {
		what  string
		cause Cause
		words string
	}{
		{"panic", Exited, "it panicked (exit status 2)"},
		{"port", PortTaken, "another program listens there already"},
		{"silent", NeverListened, "it still ran after 50ms, and nothing answered there"},
		{"nothing", Exited, "exit status 0"},
	} {
		c := Config{Env: append(Env(), "TAKEN="+taken.Addr().String()), Ready: 50 * time.Millisecond}
		if tc.cause != NeverListened {
			c.Ready = 0
		}
		var f *Failure
		_, err := startArgs(t.Context(), exe, c, tc.what)
		if !errors.As(err, &f) || f.Cause != tc.cause || !strings.Contains(f.Why, tc.words) || f.What == "" || f.Next == "" {
			t.Errorf("%s: %v, want %s", tc.what, err, tc.words)
		}
	}
}

// startArgs starts a server with an argument.
func startArgs(ctx context.Context, exe string, c Config, arg string) (*Program, error) {
	port, err := takePort()
	if err != nil {
		return nil, err
	}
	p, err := command(ctx, c.withPort(port), func() { givePort(port) }, exe, arg)
	if err != nil {
		return nil, err
	}
	return serving(ctx, p, port, c.Ready)
}

// A program that ignores SIGTERM is killed a moment later.
func TestStopIsNotRefused(t *testing.T) {
	p, err := startArgs(t.Context(), abusive(t), Config{}, "stubborn")
	if err != nil {
		t.Fatal(err)
	}
	p.Stop()
	if c, err := net.Dial("tcp", p.addr()); err == nil {
		c.Close()
		t.Error("the program still listens after Stop")
	}
	if f := p.Failure(); f == nil || f.Cause != Stopped {
		t.Errorf("it ended as %v, want stopped", f)
	}
}

func TestInputAndOutput(t *testing.T) {
	p, err := Command(t.Context(), Config{Input: true}, abusive(t), "echo")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(p.Stdin, "hello"); err != nil {
		t.Error(err)
	}
	p.Stdin.Close()
	if err := p.Wait(); err != nil || p.Output() != "hello" {
		t.Errorf("%v, output %q, want hello", err, p.Output())
	}
}

// The environment holds no secret of this process.
func TestEnv(t *testing.T) {
	t.Setenv("GITHUB_TOKEN", "secret")
	t.Setenv("GOFLAGS", "-mod=mod")
	env := strings.Join(Env(), "\n")
	if strings.Contains(env, "secret") || strings.Contains(env, "-mod=mod") || !strings.Contains(env, "PATH=") {
		t.Errorf("the environment is\n%s", env)
	}
}

// A program that gives way does so to those of other sessions, too.
func TestNice(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux shows it in /proc")
	}
	files := []string{"/proc/self/stat"}
	if _, err := os.Stat("/proc/self/autogroup"); err == nil && os.Geteuid() == 0 { // others may set it ten times a second, all together
		files = append(files, "/proc/self/autogroup")
	}
	p, err := Command(t.Context(), Config{Limits: Limits{Nice: 7}}, "cat", files...)
	if err != nil {
		t.Fatal(err)
	}
	err = p.Wait()
	stat, group, _ := strings.Cut(p.Output(), "\n")
	fields := strings.Fields(stat[strings.LastIndex(stat, ")")+1:])
	if fields[16] != "7" { // the 19th of all, proc_pid_stat(5)
		t.Errorf("%v; it has a nice value of %s, want 7", err, fields[16])
	}
	if len(files) == 2 && !strings.HasSuffix(strings.TrimSpace(group), " nice 7") {
		t.Errorf("%v; its session is %q, want nice 7", err, group)
	}
}

// TestNothingSurvives kills, as kill -9 would, a process that has started a
// program. A child of that program, which ignores SIGTERM and has left its
// group, loses its connections then: it is gone.
func TestNothingSurvives(t *testing.T) {
	if exe := os.Getenv("VICTIM"); exe != "" {
		p, err := Command(context.Background(), Config{Output: os.Stdout, Env: os.Environ()}, exe, "crash")
		if err == nil {
			err = p.Wait()
		}
		t.Fatal(err)
	}
	if runtime.GOOS != "linux" {
		t.Skip("only Linux gives orphans to the keeper")
	}
	port, err := takePort()
	if err != nil {
		t.Fatal(err)
	}
	defer givePort(port)
	cmd := exec.Command(os.Args[0], "-test.run=^TestNothingSurvives$")
	cmd.Env = append(os.Environ(), "VICTIM="+abusive(t), "PORT="+strconv.Itoa(port))
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "serving\n" {
		t.Fatalf("printed %q (%v)", line, err)
	}
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	cmd.Process.Kill()
	cmd.Wait()
	_ = conn.SetReadDeadline(time.Now().Add(30 * time.Second))
	var timeout net.Error
	if _, err := conn.Read(make([]byte, 1)); err == nil || errors.As(err, &timeout) && timeout.Timeout() {
		t.Errorf("the child still holds its connection: %v", err)
	}
}
