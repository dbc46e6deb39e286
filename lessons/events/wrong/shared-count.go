//go:build ignore

// The count is a variable of the package: all readers share it, and each gets
// only some of the events.
//
// Fails: own
package main

import (
	"cmp"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

func main() {
	http.HandleFunc("/events", events)
	addr := net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv("PORT"), "3000"))
	log.Printf("listening on http://%s/events", addr)
	log.Fatal(http.ListenAndServe(addr, nil))
}

var (
	mu   sync.Mutex
	next int
)

func events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	out := http.NewResponseController(w)
	second := time.NewTicker(time.Second)
	defer second.Stop()

	if last, err := strconv.Atoi(r.Header.Get("Last-Event-ID")); err == nil {
		mu.Lock()
		next = last + 1
		mu.Unlock()
	}
	for {
		mu.Lock()
		i := next
		next++
		mu.Unlock()
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
