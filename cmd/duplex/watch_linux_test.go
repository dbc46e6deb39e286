package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/term"
)

// A pty is a terminal with a person's side and a program's side.
type pty struct {
	person, program *os.File

	mu      sync.Mutex
	shown   bytes.Buffer
	changed chan struct{}
}

func openPTY(t *testing.T, columns, lines uint16) *pty {
	t.Helper()
	fd, err := syscall.Open("/dev/ptmx", syscall.O_RDWR|syscall.O_NOCTTY|syscall.O_CLOEXEC, 0)
	if err != nil {
		t.Skip("no pseudo-terminals here:", err)
	}
	var number uint32
	var unlock int32
	ioctl(t, fd, syscall.TIOCSPTLCK, unsafe.Pointer(&unlock))
	ioctl(t, fd, syscall.TIOCGPTN, unsafe.Pointer(&number))
	program, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := &pty{person: os.NewFile(uintptr(fd), "/dev/ptmx"), program: program, changed: make(chan struct{})}
	p.resize(t, columns, lines)
	go p.read() // until the program's side is closed
	t.Cleanup(func() { p.program.Close(); p.person.Close() })
	return p
}

func ioctl(t *testing.T, fd int, request uintptr, arg unsafe.Pointer) {
	t.Helper()
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), request, uintptr(arg)); errno != 0 {
		t.Fatal(errno)
	}
}

func (p *pty) resize(t *testing.T, columns, lines uint16) {
	t.Helper()
	size := [4]uint16{lines, columns}
	ioctl(t, int(p.program.Fd()), syscall.TIOCSWINSZ, unsafe.Pointer(&size))
}

func (p *pty) read() {
	b := make([]byte, 4096)
	for {
		n, err := p.person.Read(b)
		p.mu.Lock()
		p.shown.Write(b[:n])
		close(p.changed)
		p.changed = make(chan struct{})
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// await waits until what was drawn last holds the text.
func (p *pty) await(t *testing.T, text string) {
	t.Helper()
	overdue := time.After(patience)
	for {
		p.mu.Lock()
		shown, changed := p.shown.String(), p.changed
		p.mu.Unlock()
		if i := strings.LastIndex(shown, "\x1b[H"); strings.Contains(shown[max(i, 0):], text) {
			return
		}
		select {
		case <-changed:
		case <-overdue:
			t.Fatalf("the terminal never shows %q:\n%q", text, shown)
		}
	}
}

// watchCourse makes a course of one exercise and a workspace for it.
func watchCourse(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, content := range map[string]string{
		"course/course.md":              "---\ntitle: T\nsummary: S\n---\n1. [Hello](hello/lesson.md)\n",
		"course/hello/lesson.md":        "---\ntitle: T\nsummary: S\nminutes: 1\n---\n## A\n",
		"course/hello/check.txt":        "exercise hello\n  goal  Answer.\n\nstep answers\n  says  S\n  hint  H\n  request GET /\n  status 200\n",
		"course/hello/exercise/main.go": "package main\n\nfunc main() { panic(\"no server\") }\n",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	init := exec.Command("duplex", "init", "ws", "--lessons", "course")
	init.Dir = dir
	if out, err := init.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// However it ends, the terminal is as it was before, and nothing runs on.
func TestWatchGivesTheTerminalBack(t *testing.T) {
	for name, end := range map[string]func(*pty, *exec.Cmd){
		"q":       func(p *pty, _ *exec.Cmd) { p.person.WriteString("q") },
		"Ctrl+C":  func(p *pty, _ *exec.Cmd) { p.person.WriteString("\x03") },
		"Ctrl+D":  func(p *pty, _ *exec.Cmd) { p.person.WriteString("\x04") },
		"SIGTERM": func(_ *pty, cmd *exec.Cmd) { cmd.Process.Signal(syscall.SIGTERM) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := openPTY(t, 80, 24)
			before, err := term.GetState(int(p.program.Fd()))
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			cmd := exec.CommandContext(ctx, "duplex", "watch", "ws", "--lessons", "course")
			cmd.Dir = watchCourse(t)
			cmd.Env = append(os.Environ(), "TERM=xterm", "NO_COLOR=1", "DUPLEX_DATA="+t.TempDir())
			cmd.Stdin, cmd.Stdout, cmd.Stderr = p.program, p.program, p.program
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			p.await(t, "no server") // what the starter prints
			p.resize(t, 40, 24)
			p.person.WriteString("l")
			p.await(t, "Enter go there")
			p.person.WriteString("l")
			p.await(t, "n next")
			end(p, cmd)
			if err := cmd.Wait(); err != nil {
				t.Errorf("it ended with %v", err)
			}
			p.await(t, "\x1b[?1049l0 of 1 exercises pass.")
			after, err := term.GetState(int(p.program.Fd()))
			if err != nil || !reflect.DeepEqual(before, after) {
				t.Errorf("the terminal was %+v, and is %+v, %v", before, after, err)
			}
		})
	}
}
