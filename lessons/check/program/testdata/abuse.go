//go:build ignore

// The abuse is a program that does harm in the way that its argument names.
package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	switch os.Args[1] {
	case "output": // prints without end
		for line := bytes.Repeat([]byte("all work and no play\n"), 1000); ; {
			os.Stdout.Write(line)
		}
	case "forks": // starts itself, twice, without end
		for range 2 {
			again()
		}
		time.Sleep(time.Hour) // with nothing else to run, Go ends a program that blocks for ever
	case "memory": // keeps all that it makes
		for kept := [][]byte{}; ; {
			kept = append(kept, bytes.Repeat([]byte{1}, 1<<20))
		}
	case "stubborn": // does not end when it is asked to
		signal.Ignore(syscall.SIGTERM, os.Interrupt)
		serve()
	case "loop":
		for {
		}
	case "silent":
		time.Sleep(time.Hour)
	case "port": // listens where somebody else does
		_, err := net.Listen("tcp", os.Getenv("TAKEN"))
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	case "panic":
		panic("no such thing")
	case "echo":
		io.Copy(os.Stdout, os.Stdin)
	case "crash": // its child lives on in a session of its own
		cmd := exec.Command("setsid", os.Args[0], "stubborn")
		cmd.Stdout = os.Stdout
		cmd.Start()
		time.Sleep(time.Hour)
	}
}

func again() {
	cmd := exec.Command(os.Args[0], os.Args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Start()
}

func serve() {
	l, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		panic(err)
	}
	fmt.Println("serving")
	http.Serve(l, http.NotFoundHandler())
}
