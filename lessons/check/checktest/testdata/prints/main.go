// Prints is a program that never stops printing.
package main

import (
	"bytes"
	"os"
)

func main() {
	for line := bytes.Repeat([]byte("all work and no play\n"), 1000); ; {
		os.Stdout.Write(line)
	}
}
