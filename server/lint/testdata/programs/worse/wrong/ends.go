//go:build ignore

// It ends before it listens.
// Fails: hello
package main

func main() {}
