package program

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

func TestToolchain(t *testing.T) {
	if v, err := Toolchain(t.Context()); err != nil || v != runtime.Version() {
		t.Errorf("%s, %v; want %s", v, err, runtime.Version())
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Toolchain(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("once nobody asks: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	refuses(t, answers, "there is no Go tool chain", "")
}

// What the go command does instead of saying its version is told as that, and
// not as what a learner's program did.
func TestToolchainWithTrouble(t *testing.T) {
	goCommand(t, "echo go: warning >&2; echo go1.99")
	if v, err := Toolchain(t.Context()); err != nil || v != "go1.99" {
		t.Errorf("beside a warning: %q, %v", v, err)
	}
	goCommand(t, "echo go1.20")
	refuses(t, answers, "the Go tool chain is too old", "it is go1.20, and the exercises need go1.26 or newer")
	goCommand(t, "echo go: no such file >&2; exit 1")
	refuses(t, answers, "the Go tool chain does not work", "go env GOVERSION says: go: no such file")
	goCommand(t, "exit 1")
	refuses(t, answers, "the Go tool chain does not work", "go env GOVERSION says: exit status 1")
	goCommand(t, "sleep 1000")
	refuses(t, 100*time.Millisecond, "the Go tool chain did not answer", "go env GOVERSION took more than 100ms, as it may on a slow disk at first")
}

// goCommand makes a script the go command.
func goCommand(t *testing.T, script string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("there is no sh")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
}

// refuses asks for a tool chain. An empty why is any.
func refuses(t *testing.T, within time.Duration, what, why string) {
	t.Helper()
	_, err := toolchain(t.Context(), within)
	var f *Failure
	if !errors.As(err, &f) || f.What != what || why != "" && f.Why != why || f.Next == "" {
		t.Errorf("%v; want %s: %s", err, what, why)
	}
}
