package bench

import (
	"bytes"
	"context"
	"errors"
	"math"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

// Three members, one of which publishes 100 messages: whatever the room does to
// every tenth, the report says exactly so.
func TestWhatBecameOfTheMessages(t *testing.T) {
	tenth := func(do func(r *room, to int, message []byte)) func(*room, uint64, int, []byte) {
		return func(r *room, seq uint64, to int, message []byte) {
			if seq%10 == 0 {
				do(r, to, message)
				return
			}
			r.say(to, message)
		}
	}
	for _, c := range []struct {
		name string
		room *room
		want Report // its counts
	}{
		{"all is well", &room{}, Report{Delivered: Flux{Total: 300}}},
		{
			"loses every tenth", &room{tell: tenth(func(*room, int, []byte) {})},
			Report{Delivered: Flux{Total: 270}, Lost: 30},
		}, {
			"loses every tenth, and says so",
			&room{tell: tenth(func(r *room, to int, _ []byte) { r.say(to, []byte(`{"type":"lagged","missed":1}`)) })},
			Report{Delivered: Flux{Total: 270}, Declared: 30},
		}, {
			"says that it lost more than it did",
			&room{tell: tenth(func(r *room, to int, _ []byte) { r.say(to, []byte(`{"type":"lagged","missed":9}`)) })},
			Report{Delivered: Flux{Total: 270}, Declared: 30},
		}, {
			"repeats every tenth", &room{tell: tenth(func(r *room, to int, m []byte) { r.say(to, m); r.say(to, m) })},
			Report{Delivered: Flux{Total: 330}, Repeated: 30},
		}, {
			"swaps two of ten",
			&room{tell: func(r *room, seq uint64, to int, m []byte) {
				if seq%10 == 3 {
					r.held[to] = m
					return
				}
				r.say(to, m)
				if seq%10 == 4 {
					r.say(to, r.held[to])
				}
			}},
			Report{Delivered: Flux{Total: 300}, OutOfOrder: 30},
		}, {
			"joins two into one message",
			&room{tell: func(r *room, seq uint64, to int, m []byte) {
				if seq%2 == 1 {
					r.held[to] = m
					return
				}
				r.say(to, bytes.Join([][]byte{r.held[to], m}, []byte("\n")))
			}},
			Report{Delivered: Flux{Total: 300}},
		}, {
			"wraps in JSON, with words of its own between",
			&room{tell: func(r *room, seq uint64, to int, m []byte) {
				r.say(to, []byte(`{"type":"join","name":"refused@lagged"}`))
				r.say(to, []byte(`{"type":"message","text":"`+string(m)+`"}`))
			}},
			Report{Delivered: Flux{Total: 300}},
		}, {
			"refuses every tenth",
			&room{take: func(r *room, seq uint64, from int, _ []byte) bool {
				if seq%10 == 0 {
					r.say(from, []byte(`{"type":"refused","why":"too fast"}`))
				}
				return seq%10 != 0
			}},
			Report{Delivered: Flux{Total: 270}, Declared: 30, Refused: 10},
		}, {
			"sends one member away",
			&room{tell: func(r *room, seq uint64, to int, m []byte) {
				switch {
				case to != r.quiet() || seq <= 40:
					r.say(to, m)
				case seq == 41:
					r.goodbye(to, 1013, "too slow")
				}
			}},
			Report{Delivered: Flux{Total: 240}, Declared: 60, Disconnects: []Drop{{1, 1013, "too slow"}}},
		}, {
			"sends the publisher away",
			&room{take: func(r *room, seq uint64, from int, _ []byte) bool {
				if seq == 41 {
					r.goodbye(from, 1008, "")
				}
				return seq < 41
			}},
			Report{Published: Flux{Total: 41}, Delivered: Flux{Total: 120}, Declared: 3, Disconnects: []Drop{{1, 1008, ""}}},
		}, {
			"drops one member without a word",
			&room{tell: func(r *room, seq uint64, to int, m []byte) {
				if to == r.quiet() && seq > 40 {
					r.members[to].Close()
					return
				}
				r.say(to, m)
			}},
			Report{Delivered: Flux{Total: 240}, Lost: 60, Disconnects: []Drop{{1, 0, "the server closed it without a word"}}},
		}, {
			"sends in fragments, with pings between",
			&room{buffer: 32, tell: func(r *room, seq uint64, to int, m []byte) {
				w, _ := r.members[to].NextWriter(websocket.TextMessage)
				w.Write(m[:40]) // 32 of them are on their way
				r.members[to].WriteControl(websocket.PingMessage, []byte("still there?"), time.Time{})
				w.Write(m[40:])
				w.Close()
			}},
			Report{Delivered: Flux{Total: 300}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c.room.held = make(map[int][]byte)
				rep := load(t, c.room, Config{Mode: Chat, Connections: 3, Publishers: 1, Rate: 100})
				orElse(&c.want.Published.Total, 100)
				compare(t, rep, &c.want)
			})
		})
	}
}

func compare(t *testing.T, got, want *Report) {
	t.Helper()
	for _, c := range []struct {
		what      string
		got, want uint64
	}{
		{"published", got.Published.Total, want.Published.Total},
		{"delivered", got.Delivered.Total, want.Delivered.Total},
		{"lost", got.Lost, want.Lost},
		{"declared", got.Declared, want.Declared},
		{"repeated", got.Repeated, want.Repeated},
		{"out of order", got.OutOfOrder, want.OutOfOrder},
		{"changed", got.Changed, want.Changed},
		{"refused", got.Refused, want.Refused},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", c.what, c.got, c.want)
		}
	}
	verdict := OK
	if want.Lost+want.Repeated+want.OutOfOrder+want.Changed > 0 {
		verdict = Fail
	}
	if got.Verdict != verdict {
		t.Errorf("the verdict is %s (%s), want %s", got.Verdict, got.Why, verdict)
	}
	if len(got.Disconnects) != len(want.Disconnects) {
		t.Fatalf("disconnects %v, want %v", got.Disconnects, want.Disconnects)
	}
	for i, d := range want.Disconnects {
		if got.Disconnects[i] != d {
			t.Errorf("disconnects %v, want %v", got.Disconnects, want.Disconnects)
		}
	}
}

// An echo that takes leave of each connection at its sixth message has
// declared that it will not return that one.
func TestEchoThatSaysGoodbye(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &room{echo: true, take: func(r *room, seq uint64, from int, _ []byte) bool {
			if seq == 6 {
				r.goodbye(from, 1013, "too much")
			}
			return seq < 6
		}}
		rep := load(t, r, Config{Mode: Echo, Connections: 10, Rate: 100, Window: 1})
		compare(t, rep, &Report{
			Published: Flux{Total: 60}, Delivered: Flux{Total: 50}, Declared: 10,
			Disconnects: []Drop{{10, 1013, "too much"}},
		})
		if !rep.EndedEarly {
			t.Error("nobody was left, and yet it did not end early")
		}
	})
}

func TestEchoThatChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &room{echo: true, tell: func(r *room, seq uint64, to int, m []byte) {
			if seq%5 == 0 {
				m = bytes.TrimRight(m, ".")
			}
			r.say(to, m)
		}}
		rep := load(t, r, Config{Mode: Echo, Connections: 10, Rate: 100})
		compare(t, rep, &Report{Published: Flux{Total: 100}, Delivered: Flux{Total: 100}, Changed: 20})
	})
}

func TestPongs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &room{echo: true, tell: func(r *room, seq uint64, to int, m []byte) {
			r.members[to].WriteControl(websocket.PingMessage, []byte("ping"), time.Time{})
			r.say(to, m)
		}}
		load(t, r, Config{Mode: Echo, Connections: 1, Rate: 100})
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.pongs != 100 {
			t.Errorf("%d pongs to 100 pings", r.pongs)
		}
	})
}

// The clock of a message runs from when it was due. While the server stalls for
// 300 ms, thirty more are due, which a window of one holds back: they are late
// by 290 ms, 280 ms and so on.
func TestLatencyCountsFromWhenAMessageWasDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &room{echo: true, take: func(_ *room, seq uint64, _ int, _ []byte) bool {
			if seq == 11 {
				time.Sleep(300 * time.Millisecond) // virtual
			}
			return true
		}}
		rep := load(t, r, Config{Mode: Echo, Connections: 1, Rate: 100, Window: 1})
		compare(t, rep, &Report{Published: Flux{Total: 100}, Delivered: Flux{Total: 100}})
		if rep.Latency.Max != 300 {
			t.Errorf("the slowest took %v ms, want 300", rep.Latency.Max)
		}
		// 70 of 100 take no time; then 10 ms, 20 ms … 300 ms.
		if p90 := rep.Latency.P90; p90 > 210 || p90 < 210*63./64 {
			t.Errorf("p90 is %v ms, want 210 or up to 1/64 less", p90)
		}
		if rep.Latency.P50 != 0 {
			t.Errorf("p50 is %v ms, want 0", rep.Latency.P50)
		}
	})
}

// A publisher that hears nothing of its messages goes on after 500 ms.
func TestStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &room{echo: true, take: func(*room, uint64, int, []byte) bool { return false }}
		rep := load(t, r, Config{Mode: Echo, Connections: 1, Window: 2, Duration: 2250 * time.Millisecond})
		compare(t, rep, &Report{Published: Flux{Total: 10}, Lost: 10})
		if rep.Stalls != 4 {
			t.Errorf("%d stalls, want 4", rep.Stalls)
		}
	})
}

// What is due but held back by the window is told.
func TestUnsent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &room{echo: true, take: func(*room, uint64, int, []byte) bool { return false }}
		rep := load(t, r, Config{Mode: Echo, Connections: 1, Rate: 100, Window: 8, Duration: 295 * time.Millisecond})
		compare(t, rep, &Report{Published: Flux{Total: 8}, Lost: 8})
		if rep.Unsent != 22 {
			t.Errorf("%d unsent, want 22", rep.Unsent)
		}
	})
}

// The warm-up counts for losses, and not for rates.
func TestRates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ticks []Progress
		rep := load(t, new(room), Config{
			Mode: Chat, Connections: 4, Publishers: 2, Rate: 200, Warm: 2 * time.Second, Duration: 1500 * time.Millisecond,
			OnTick: func(p Progress) { ticks = append(ticks, p) },
		})
		if rep.Seconds != 1.5 || rep.Published.PerSecond != 200 || rep.Delivered.PerSecond != 800 {
			t.Errorf("%v s, %v published and %v delivered a second; want 1.5, 200, 800", rep.Seconds, rep.Published, rep.Delivered)
		}
		// A message is due at the very tick, and may be in it or in the next.
		if len(ticks) != 3 || math.Abs(ticks[2].PerSecond-800) > 8 || ticks[2].Connected != 4 {
			t.Errorf("ticks %+v", ticks)
		}
	})
}

func TestInterrupt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 505*time.Millisecond)
		defer cancel()
		cfg := Config{URL: "http://localhost/", Mode: Echo, Connections: 1, Rate: 100, Dial: overPipes(t, &room{echo: true})}
		rep, err := Run(ctx, cfg)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, rep, &Report{Published: Flux{Total: 51}, Delivered: Flux{Total: 51}})
		if !rep.EndedEarly || rep.Seconds != .505 {
			t.Errorf("ended early %t, after %v s", rep.EndedEarly, rep.Seconds)
		}
	})
}

func TestDiscover(t *testing.T) {
	stream := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		w.WriteHeader(http.StatusOK)
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	for _, c := range []struct {
		name, publish string
		server        http.Handler
		want          Mode
		fails         string
	}{
		{"echo", "", &room{echo: true}, Echo, ""},
		{"chat", "", &room{}, Chat, ""},
		{"events", "", stream, Events, ""},
		{"fan", "http://localhost/pub", stream, Fan, ""},
		{"nothing there", "", http.NotFoundHandler(), "", "404"},
		{"a page", "", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("hi")) }), "", "answered 200 OK (hi)"},
		{"forbidden", "", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "go away", http.StatusForbidden) }), "", "Origin"},
		{"deaf", "", &room{deaf: "say please"}, "", `but this: "say please"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := Config{URL: "http://localhost/", Publish: c.publish, Dial: overPipes(t, c.server)}
				mode, how, err := discover(t.Context(), cfg.withDefaults())
				if mode != c.want || (err == nil) != (c.fails == "") {
					t.Fatalf("mode %q (%s), error %v; want %q", mode, how, err, c.want)
				}
				var no *ConnectError
				if err != nil && (!errors.As(err, &no) || !strings.Contains(err.Error(), c.fails)) {
					t.Errorf("error %q, want a *ConnectError with %q", err, c.fails)
				}
			})
		})
	}
}

// A load that nobody hears does not begin, and says what the server answered.
func TestNobodyHears(t *testing.T) {
	for _, c := range []struct {
		name   string
		server http.Handler
		cfg    Config
		why    string
	}{
		{"chat", &room{deaf: "say please"}, Config{Mode: Chat}, `but this: "say please"`},
		{"chat that refuses", &room{deaf: `{"type":"refused","why":"no JSON"}`}, Config{Mode: Chat}, `refused it: "no JSON"`},
		{"chat that hangs up", &room{hangUp: 1003}, Config{Mode: Chat}, "the connection ended: 1003 no"},
		{"fan", &fan{closed: true}, Config{Mode: Fan, Publish: "http://localhost/pub"}, "the server answered 503 Service Unavailable full"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c.cfg.URL, c.cfg.Connections, c.cfg.Dial = "http://localhost/", 3, overPipes(t, c.server)
				rep, err := Run(t.Context(), c.cfg)
				var no *ConnectError
				if !errors.As(err, &no) || !strings.Contains(no.Why, c.why) || no.Next == "" {
					t.Errorf("report %v, error %v; want %q", rep, err, c.why)
				}
			})
		})
	}
}
