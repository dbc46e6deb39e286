package socket

import (
	"fmt"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

const (
	every = 20 * time.Second
	wait  = 30 * time.Second
)

// beat serves an echo with a heartbeat, and says when its connection ended.
func beat(t *testing.T, o Options) (s *site, ended chan time.Duration) {
	start := time.Now()
	ended = make(chan time.Duration, 1)
	return inMemory(t, o, func(conn *websocket.Conn) {
		defer StartHeartbeat(conn, every, wait).Stop()
		for {
			kind, message, err := ReadMessage(conn, 1<<20, nil)
			if err != nil {
				break
			}
			conn.WriteMessage(kind, message)
		}
		ended <- time.Since(start)
	}), ended
}

func TestPingsComeInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, ended := beat(t, Options{})
		conn := s.connect()
		start := time.Now()
		var pings []time.Duration
		pong := conn.PingHandler()
		conn.SetPingHandler(func(data string) error {
			pings = append(pings, time.Since(start))
			return pong(data)
		})
		go conn.ReadMessage()
		time.Sleep(100 * time.Second)
		synctest.Wait()
		if got := fmt.Sprint(pings); got != "[20s 40s 1m0s 1m20s 1m40s]" {
			t.Errorf("pings at %s", got)
		}
		select {
		case after := <-ended:
			t.Errorf("the client that answers was cut after %v", after)
		default:
		}
	})
}

// What a client did before it fell silent decides when it is cut, to the
// nanosecond: wait after its last byte.
func TestSilenceIsFoundInTime(t *testing.T) {
	text := frame(0x81, []byte("hello"))
	for _, c := range []struct {
		name  string
		does  func(conn net.Conn)
		after time.Duration
	}{
		{"nothing", func(net.Conn) {}, wait},
		{"a message", func(conn net.Conn) { time.Sleep(7 * time.Second); conn.Write(text) }, 37 * time.Second},
		{"a pong that nobody asked for", func(conn net.Conn) { time.Sleep(29 * time.Second); conn.Write(frame(0x8a, nil)) }, 59 * time.Second},
		{"half a message", func(conn net.Conn) { time.Sleep(time.Second); conn.Write(text[:8]) }, 31 * time.Second},
		{"half a header", func(conn net.Conn) { conn.Write(text[:1]) }, wait},
		{"a byte each 29 seconds", func(conn net.Conn) {
			for _, b := range text {
				time.Sleep(29 * time.Second)
				conn.Write([]byte{b})
			}
		}, 11*29*time.Second + wait},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, ended := beat(t, Options{})
				conn := s.connect().NetConn()
				go swallow(conn)
				c.does(conn)
				if after := <-ended; after != c.after {
					t.Errorf("cut after %v, want %v", after, c.after)
				}
			})
		})
	}
}

func swallow(conn net.Conn) {
	for buf := make([]byte, 64); ; {
		if _, err := conn.Read(buf); err != nil {
			return
		}
	}
}

// A client that does not read blocks the ping, but not the end.
func TestBlockedPingDelaysNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, ended := beat(t, Options{})
		s.connect()
		if after := <-ended; after != wait {
			t.Errorf("cut after %v, want %v", after, wait)
		}
	})
}

// What stands between heartbeat and network does not hide the bytes.
func TestHeartbeatHearsBelowAWrapper(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, ended := beat(t, Options{Wrap: func(c net.Conn) net.Conn { return &wrapper{Conn: c} }})
		conn := s.connect().NetConn()
		time.Sleep(time.Second)
		conn.Write(frame(0x8a, nil))
		if after := <-ended; after != wait+time.Second {
			t.Errorf("cut after %v, want %v", after, wait+time.Second)
		}
	})
}

func TestStoppedHeartbeatDoesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		serve := func(conn *websocket.Conn) {
			StartHeartbeat(conn, every, wait).Stop()
			echo(10)(conn)
		}
		conn := inMemory(t, Options{}, serve).connect()
		conn.SetPingHandler(func(string) error { t.Error("a ping came"); return nil })
		time.Sleep(time.Hour)
		go conn.WriteMessage(websocket.TextMessage, []byte("here?"))
		if _, message, err := conn.ReadMessage(); err != nil || string(message) != "here?" {
			t.Errorf("after an hour: %q, %v", message, err)
		}
	})
}

func TestGoAway(t *testing.T) {
	for _, c := range []struct {
		name  string
		does  func(conn *websocket.Conn)
		after time.Duration
	}{
		{"answered", func(conn *websocket.Conn) { conn.ReadMessage() }, 0},
		{"read, not answered", func(conn *websocket.Conn) { swallow(conn.NetConn()) }, 2 * time.Second},
		{"not even read", func(*websocket.Conn) {}, 2 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ended := make(chan time.Duration)
				conn := inMemory(t, Options{}, func(conn *websocket.Conn) {
					start := time.Now()
					go GoAway(conn, 2*time.Second)
					_, _, err := ReadMessage(conn, 10, nil)
					Goodbye(conn, err, time.Hour) // has nothing to say
					conn.Close()
					ended <- time.Since(start)
				}).connect()
				go c.does(conn)
				if after := <-ended; after != c.after {
					t.Errorf("ended after %v, want %v", after, c.after)
				}
			})
		})
	}
}
