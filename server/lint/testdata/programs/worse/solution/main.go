package main

import "os"

func main() {
	println("no disk")
	os.Exit(1)
}
