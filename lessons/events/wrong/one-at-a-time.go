//go:build ignore

// A lock is held as long as a stream lasts: the second reader waits for the
// first one to leave.
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

var mu sync.Mutex

func events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	mu.Lock()
	defer mu.Unlock()
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
	i, err := strconv.Atoi(last)
	if err != nil || i < 0 {
		return 0
	}
	return i + 1
}
