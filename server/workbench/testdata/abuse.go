// Command abuse is a learner's program that does harm: HARM is replaced by the
// kind of it.
package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

const harm = "HARM"

func main() {
	switch harm {
	case "output":
		for line := bytes.Repeat([]byte("all work and no play\n"), 1000); ; {
			os.Stdout.Write(line)
		}
	case "forks":
		for range 2 {
			cmd := exec.Command(os.Args[0])
			cmd.Stdout = os.Stdout
			cmd.Start()
		}
		time.Sleep(time.Hour)
	case "memory":
		for kept := [][]byte{}; ; {
			kept = append(kept, bytes.Repeat([]byte{1}, 1<<20))
		}
	case "loop":
		for {
		}
	case "silent":
		time.Sleep(time.Hour)
	case "port":
		fmt.Println(http.ListenAndServe("127.0.0.1:TAKEN", nil))
		os.Exit(1)
	case "ends":
		return
	case "panic":
		var none map[string]int
		none["a"] = 1
	case "stubborn":
		signal.Ignore(syscall.SIGTERM, os.Interrupt)
		http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil)
	}
}
