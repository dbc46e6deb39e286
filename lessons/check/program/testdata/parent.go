//go:build ignore

// The parent starts itself once more; the child is the one that listens.
package main

import (
	"net/http"
	"os"
	"os/exec"
)

func main() {
	if os.Getenv("CHILD") == "" {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "CHILD=1")
		cmd.Run()
		return
	}
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.NotFoundHandler())
}
