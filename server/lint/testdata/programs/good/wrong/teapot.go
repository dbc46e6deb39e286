//go:build ignore

// It is a teapot.
// Fails: hello
package main

import (
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/hello", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(418) })
	http.HandleFunc("/gone", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(410) })
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil)
}
