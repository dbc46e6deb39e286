package progress

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// writerDir, when set, makes this test binary a program that writes to the
// store there for ever and prints the number of each write once Read has
// returned, which acknowledges it.
const writerDir = "DUPLEX_TEST_WRITER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(writerDir); dir != "" {
		fmt.Fprintln(os.Stderr, writeForEver(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func writeForEver(dir string) error {
	s, err := Open(dir, time.Now)
	if err != nil {
		return err
	}
	for n := len(mustLoad(s).Lessons["echo"].Sections); ; n++ {
		if err := s.Read("echo", strconv.Itoa(n)); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

func mustLoad(s *Store) Progress {
	p, err := s.Progress()
	if err != nil {
		panic(err)
	}
	return p
}

// A writer is killed with SIGKILL, in the middle of whatever it does, several
// times over. Every write that it had acknowledged must be there.
func TestKill9LosesNothingAcknowledged(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	dir := t.TempDir()
	for round := range 5 {
		acknowledged := killAfter(t, dir, 20+7*round)
		s := openStore(t, dir)
		read := progressOf(t, s).Lessons["echo"].Sections
		for n := range acknowledged + 1 {
			if _, ok := read[strconv.Itoa(n)]; !ok {
				t.Fatalf("round %d: write %d was acknowledged and is lost", round, n)
			}
		}
		must(t, s.Close())
	}
}

// killAfter starts a writer, kills it once it has acknowledged some more
// writes, and returns the last number that it acknowledged.
func killAfter(t *testing.T, dir string, writes int) (last int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), writerDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	defer cmd.Wait()
	defer cmd.Process.Kill()
	lines := bufio.NewScanner(out)
	for seen := 1; lines.Scan(); seen++ {
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			break // the last line, cut by the kill
		}
		last = n
		if seen == writes {
			must(t, cmd.Process.Kill())
		}
	}
	if last == 0 {
		t.Fatal("the writer acknowledged nothing")
	}
	return last
}
