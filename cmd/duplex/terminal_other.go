//go:build !windows

package main

import "os"

// heedsEscapes is for Windows, where a terminal has to be asked to.
func heedsEscapes(*os.File) bool { return true }
