// Command solution is a stream of server-sent events (WHATWG HTML §9.2), one a
// second. A reader that was cut off goes on after the last event that it has.
package main

import (
	"cmp"
	"fmt"
	"log"
	"math"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

// patience is how long one write to a reader may take.
const patience = 10 * time.Second

func main() {
	http.HandleFunc("GET /events", events)
	addr := net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv("PORT"), "3000"))
	log.Printf("listening on http://%s/events", addr)
	// No WriteTimeout here: it counts from the request on, and would cut every
	// stream that lasts longer. Each write has its own deadline instead.
	log.Fatal(http.ListenAndServe(addr, nil))
}

func events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("X-Accel-Buffering", "no") // asks nginx to pass every event on at once
	out := http.NewResponseController(w)
	second := time.NewTicker(time.Second)
	defer second.Stop()

	for i := first(r.Header.Get("Last-Event-ID")); ; i++ {
		out.SetWriteDeadline(time.Now().Add(patience))
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

// first is the number of the first event for a reader whose last one was last.
// A reader that has seen event 0 is not a new one, so "0" and "" differ; an id
// that is not ours starts anew.
func first(last string) int {
	i, err := strconv.Atoi(last)
	if err != nil || i < 0 || i == math.MaxInt {
		return 0
	}
	return i + 1
}
