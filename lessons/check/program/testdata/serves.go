//go:build ignore

package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	fmt.Println("serving")
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "hello")
	}))
}
