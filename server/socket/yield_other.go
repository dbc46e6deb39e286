//go:build !unix

package socket

import "runtime"

// Yield lets other goroutines run.
func Yield() { runtime.Gosched() }
