//go:build ignore

// Last-Event-ID is not looked at: who comes back begins anew.
//
// Fails: resume
package main

import (
	"cmp"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	http.HandleFunc("/events", events)
	addr := net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv("PORT"), "3000"))
	log.Printf("listening on http://%s/events", addr)
	log.Fatal(http.ListenAndServe(addr, nil))
}

func events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	out := http.NewResponseController(w)
	second := time.NewTicker(time.Second)
	defer second.Stop()

	for i := 0; ; i++ {
		fmt.Fprintf(w, "id: %d\ndata: Event %d\n\n", i, i)
		if err := out.Flush(); err != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-second.C:
		}
	}
}
