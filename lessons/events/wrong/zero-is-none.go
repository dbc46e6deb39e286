//go:build ignore

// A Last-Event-ID of 0 is taken for none at all, since that is what Atoi gives
// for an empty string: event 0 comes twice.
//
// Fails: resume-zero
package main

import (
	"cmp"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
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

	for i := first(r.Header.Get("Last-Event-ID")); ; i++ {
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

func first(last string) int {
	i, _ := strconv.Atoi(last)
	if i <= 0 {
		return 0
	}
	return i + 1
}
