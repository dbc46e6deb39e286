package main

import (
	"os"
	"syscall"
)

// virtualTerminal is ENABLE_VIRTUAL_TERMINAL_PROCESSING.
const virtualTerminal = 0x4

var setConsoleMode = syscall.NewLazyDLL("kernel32.dll").NewProc("SetConsoleMode")

// heedsEscapes makes a console heed escape sequences, and reports whether it
// does: those before Windows 10 know none, and print them.
func heedsEscapes(f *os.File) bool {
	console := syscall.Handle(f.Fd())
	var mode uint32
	if err := syscall.GetConsoleMode(console, &mode); err != nil {
		return false
	}
	if mode&virtualTerminal != 0 {
		return true
	}
	ok, _, _ := setConsoleMode.Call(uintptr(console), uintptr(mode|virtualTerminal))
	return ok != 0
}
