package main

import (
	"os"
	"syscall"
	"testing"
)

// TestHeedsEscapes: a console is made to heed them, and a file is none.
func TestHeedsEscapes(t *testing.T) {
	file, err := os.Create(t.TempDir() + `\out.txt`)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if heedsEscapes(file) {
		t.Error("a file heeds escape sequences")
	}
	console, err := os.OpenFile("CONOUT$", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	defer console.Close()
	var before, after uint32
	if err := syscall.GetConsoleMode(syscall.Handle(console.Fd()), &before); err != nil {
		t.Skip(err)
	}
	defer setConsoleMode.Call(console.Fd(), uintptr(before))
	setConsoleMode.Call(console.Fd(), uintptr(before&^virtualTerminal))
	heeds := heedsEscapes(console)
	if err := syscall.GetConsoleMode(syscall.Handle(console.Fd()), &after); err != nil || heeds != (after&virtualTerminal != 0) {
		t.Errorf("heeds: %v; the console's mode is %#x, %v", heeds, after, err)
	}
}
