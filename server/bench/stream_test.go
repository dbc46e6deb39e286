package bench

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// spoken serves the events that say returns for 0, 1 and so on, one every
// 100 ms. It ends at "".
func spoken(say func(i int) string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := 0; ; i++ {
			event := say(i)
			if event == "" {
				return
			}
			io.WriteString(w, event)
			http.NewResponseController(w).Flush()
			select {
			case <-time.After(100 * time.Millisecond):
			case <-r.Context().Done():
				return
			}
		}
	})
}

// Three readers hear ten events each.
func TestWhatBecameOfTheEvents(t *testing.T) {
	for _, c := range []struct {
		name string
		say  func(i int) string
		want Report
	}{
		{
			"all is well", func(i int) string { return fmt.Sprintf("id: %d\ndata: x\n\n", i) },
			Report{Delivered: Flux{Total: 30}},
		}, {
			"joined in the middle, with an epoch", func(i int) string { return fmt.Sprintf("id: a:b:%d\ndata: x\n\n", 70+i) },
			Report{Delivered: Flux{Total: 30}},
		}, {
			"numbers in the data alone", func(i int) string { return fmt.Sprintf("data: Event %d\n\n", i+i/5) },
			Report{Delivered: Flux{Total: 30}, Lost: 3},
		}, {
			"no numbers", func(i int) string { return "data: tick\n\n" },
			Report{Delivered: Flux{Total: 30}},
		}, {
			"a gap of three", func(i int) string { return fmt.Sprintf("id: %d\ndata: x\n\n", i+i/5*3) },
			Report{Delivered: Flux{Total: 30}, Lost: 9},
		}, {
			"a gap of three in an epoch", func(i int) string { return fmt.Sprintf("id: e:%d\ndata: x\n\n", i+i/5*3) },
			Report{Delivered: Flux{Total: 30}, Lost: 9},
		}, {
			"a gap of three, and two of them declared",
			func(i int) string {
				if i == 5 {
					return "event: lagged\ndata: {\"missed\":2}\n\nid: 8\ndata: x\n\n"
				}
				return fmt.Sprintf("id: %d\ndata: x\n\n", i+i/5*3)
			},
			Report{Delivered: Flux{Total: 30}, Lost: 3, Declared: 6},
		}, {
			"one twice", func(i int) string { return fmt.Sprintf("id: %d\ndata: x\n\n", i-i/9) },
			Report{Delivered: Flux{Total: 30}, Repeated: 3},
		}, {
			"two swapped", func(i int) string { return fmt.Sprintf("id: %d\ndata: x\n\n", []int{0, 1, 3, 2}[i%4]+i/4*4) },
			Report{Delivered: Flux{Total: 30}, OutOfOrder: 6},
		}, {
			"a new epoch", func(i int) string { return fmt.Sprintf("id: e%d:%d\ndata: x\n\n", i/5, i%5) },
			Report{Delivered: Flux{Total: 30}},
		}, {
			"ends too early",
			func(i int) string {
				if i == 4 {
					return ""
				}
				return fmt.Sprintf("id: %d\ndata: x\n\n", i)
			},
			Report{Delivered: Flux{Total: 12}, Disconnects: []Drop{{3, 0, "the server closed it without a word"}}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rep := load(t, spoken(c.say), Config{Mode: Events, Connections: 3, Warm: 50 * time.Millisecond, Duration: 900 * time.Millisecond})
				compare(t, rep, &c.want)
				if rep.Disconnects == nil && (rep.Readers.Min != 10 || rep.Readers.Max != 10) {
					t.Errorf("a reader heard %v events a second, want 10", *rep.Readers)
				}
			})
		})
	}
}

// Each stream ends before the next is open: that is no reason to stop before all
// were.
func TestStreamsThatEndAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var requests atomic.Int64
		stream := spoken(func(i int) string { return []string{"data: x\n\n", ""}[i] })
		rep := load(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Duration(requests.Add(1)) * time.Second) // virtual
			stream.ServeHTTP(w, r)
		}), Config{Mode: Events, Connections: 3})
		compare(t, rep, &Report{Delivered: Flux{Total: 3}, Disconnects: []Drop{{3, 0, "the server closed it without a word"}}})
	})
}

// A fan repeats what is posted to all its readers.
type fan struct {
	closed bool                  // refuses all, hellos too
	full   func(seq uint64) bool // this one is refused
	drop   func(seq uint64) bool // this one does not reach the readers

	mu      sync.Mutex
	readers []chan []byte
}

func (f *fan) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/pub" {
		f.post(w, r)
		return
	}
	ch := make(chan []byte, 1000)
	f.mu.Lock()
	f.readers = append(f.readers, ch)
	f.mu.Unlock()
	w.Header().Set("Content-Type", "text/event-stream")
	for {
		http.NewResponseController(w).Flush()
		select {
		case m := <-ch:
			fmt.Fprintf(w, "data: {\"text\":\"%s\"}\r\n\r\n", m)
		case <-r.Context().Done():
			return
		}
	}
}

func (f *fan) post(w http.ResponseWriter, r *http.Request) {
	m, _ := io.ReadAll(r.Body)
	seq := numberOf(m)
	if f.closed || seq > 0 && f.full != nil && f.full(seq) {
		http.Error(w, "full", http.StatusServiceUnavailable)
		return
	}
	if seq > 0 && f.drop != nil && f.drop(seq) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, ch := range f.readers {
		ch <- m
	}
}

func TestFan(t *testing.T) {
	tenth := func(seq uint64) bool { return seq%10 == 0 }
	for _, c := range []struct {
		name string
		fan  *fan
		want Report
	}{
		{"all is well", &fan{}, Report{Delivered: Flux{Total: 300}}},
		{"drops every tenth", &fan{drop: tenth}, Report{Delivered: Flux{Total: 270}, Lost: 30}},
		{"refuses every tenth", &fan{full: tenth}, Report{Delivered: Flux{Total: 270}, Declared: 30, Refused: 10}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				// More publishers than readers: a reader answers for several.
				rep := load(t, c.fan, Config{Mode: Fan, Publish: "yes", Connections: 3, Publishers: 5, Rate: 100, Window: 8})
				c.want.Published.Total = 100
				compare(t, rep, &c.want)
			})
		})
	}
}
