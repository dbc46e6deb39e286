package demo_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"duplex/server/demo"
)

func TestEchoReturnsEveryMessageUnchanged(t *testing.T) {
	conn := onTCP(t, limits(func(l *demo.Limits) { l.EchoMessage = 1 << 20 })).connect("/demo/echo")
	for _, c := range []struct {
		name    string
		kind    int
		message []byte
	}{
		{"text", websocket.TextMessage, []byte("hello")},
		{"binary", websocket.BinaryMessage, []byte{0, 0xff, 0x80}},
		{"empty text", websocket.TextMessage, nil},
		{"empty binary", websocket.BinaryMessage, nil},
		{"characters of two, three and four bytes", websocket.TextMessage, []byte("ä €\u0301 😀")},
		{"binary that is valid UTF-8", websocket.BinaryMessage, []byte("still binary")},
		{"just 16-bit length", websocket.TextMessage, bytes.Repeat([]byte("x"), 126)},
		{"just 64-bit length", websocket.BinaryMessage, bytes.Repeat([]byte("x"), 1<<16)},
		{"as long as allowed", websocket.BinaryMessage, bytes.Repeat([]byte("y"), 1<<20)},
	} {
		if err := conn.WriteMessage(c.kind, c.message); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		kind, message, err := conn.ReadMessage()
		if err != nil || kind != c.kind || !bytes.Equal(message, c.message) {
			t.Fatalf("%s: got kind %d, %d bytes, %v", c.name, kind, len(message), err)
		}
	}
}

// clientFrame is a frame as a client sends it, under the mask 1 2 3 4.
func clientFrame(first byte, payload []byte) []byte {
	f := []byte{first}
	switch n := len(payload); {
	case n < 126:
		f = append(f, 0x80|byte(n))
	default:
		f = binary.BigEndian.AppendUint16(append(f, 0x80|126), uint16(n))
	}
	f = append(f, 1, 2, 3, 4)
	for i, b := range payload {
		f = append(f, b^byte(i%4+1))
	}
	return f
}

// A browser always asks for compression, and gets it only from ?deflate.
func TestEchoCompressesOnRequest(t *testing.T) {
	s := onTCP(t, limits(nil))
	for path, want := range map[string]string{
		"/demo/echo":           "",
		"/demo/echo?deflate=1": "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
	} {
		_, resp, err := s.tryConnect(path, http.Header{"Sec-WebSocket-Extensions": {"permessage-deflate"}})
		if err != nil || resp.Header.Get("Sec-WebSocket-Extensions") != want {
			t.Errorf("%s: %v, %v; want %q", path, err, resp.Header, want)
		}
	}
}

func TestEchoJoinsFragments(t *testing.T) {
	conn := onTCP(t, limits(nil)).connect("/demo/echo")
	euro := []byte("€")
	for _, frame := range [][]byte{
		clientFrame(0x01, euro[:1]),     // text begins, in the middle of a character
		clientFrame(0x89, []byte("hi")), // a ping between fragments
		clientFrame(0x00, nil),          // an empty fragment
		clientFrame(0x80, euro[1:]),     // the end
	} {
		conn.NetConn().Write(frame)
	}
	pong := ""
	conn.SetPongHandler(func(s string) error { pong = s; return nil })
	kind, message, err := conn.ReadMessage()
	if err != nil || kind != websocket.TextMessage || string(message) != "€" || pong != "hi" {
		t.Errorf("got kind %d %q, pong %q, %v", kind, message, pong, err)
	}
}

func TestEchoRefusesWhatBreaksTheRules(t *testing.T) {
	small := limits(func(l *demo.Limits) { l.EchoMessage = 10; l.EchoMemory = 9 })
	endless := append([]byte{0x82, 0xff}, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0)
	for _, c := range []struct {
		name   string
		limits demo.Limits
		bytes  []byte
		code   int
		reason string
	}{
		{"too long", limits(func(l *demo.Limits) { l.EchoMessage = 10 }), clientFrame(0x81, []byte("eleven byte")), 1009, "at most 10 bytes"},
		{"too long in fragments", limits(func(l *demo.Limits) { l.EchoMessage = 10 }), append(clientFrame(0x01, []byte("seven b")), clientFrame(0x80, []byte("four"))...), 1009, "at most 10 bytes"},
		{"text that is not UTF-8", small, clientFrame(0x81, []byte{0xff}), 1007, "valid UTF-8"},
		{"half a character", small, clientFrame(0x81, []byte("€")[:2]), 1007, "valid UTF-8"},
		{"more than the server can hold", small, clientFrame(0x82, make([]byte, 10)), 1013, "try again later"},
		{"no mask", small, []byte{0x81, 0x01, 'x'}, 1002, "MASK"},
		{"unknown opcode", small, clientFrame(0x83, nil), 1002, "opcode"},
		{"length beyond 63 bits", small, endless, 1002, "length is not valid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn := onTCP(t, c.limits).connect("/demo/echo")
			if _, err := conn.NetConn().Write(c.bytes); err != nil {
				t.Fatal(err)
			}
			wantClose(t, conn, c.code, c.reason)
			wantEOF(t, conn.NetConn())
		})
	}
}

// What has been echoed, or refused, no longer counts as memory in use.
func TestEchoMemoryIsGivenBack(t *testing.T) {
	s := onTCP(t, limits(func(l *demo.Limits) { l.EchoMemory = 10; l.EchoMessage = 8 }))
	wantClose(t, sent(t, s.connect("/demo/echo"), make([]byte, 9)), 1009, "")
	conn := s.connect("/demo/echo")
	for range 5 {
		sent(t, conn, make([]byte, 8))
		if _, _, err := conn.ReadMessage(); err != nil {
			t.Fatal(err)
		}
	}
}

func sent(t *testing.T, conn *websocket.Conn, message []byte) *websocket.Conn {
	t.Helper()
	if err := conn.WriteMessage(websocket.BinaryMessage, message); err != nil {
		t.Fatal(err)
	}
	return conn
}

// The reason for closing must arrive although much of the message is unread.
func TestEchoExplainsItselfToASenderInFullFlow(t *testing.T) {
	conn := onTCP(t, limits(func(l *demo.Limits) { l.EchoMessage = 1000 })).connect("/demo/echo")
	written := make(chan struct{})
	go func() {
		defer close(written)
		conn.WriteMessage(websocket.BinaryMessage, make([]byte, 8<<20))
	}()
	wantClose(t, conn, 1009, "at most 1000 bytes")
	conn.Close()
	<-written
}

func TestEchoAnswersTheClosingHandshake(t *testing.T) {
	for _, c := range []struct {
		name   string
		close  []byte
		answer int
	}{
		{"normal", websocket.FormatCloseMessage(1000, "bye"), 1000},
		{"an application's code", websocket.FormatCloseMessage(4321, ""), 4321},
		{"no code", nil, 1005},
		{"a code that must not be sent", []byte{0x03, 0xee}, 1002},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn := onTCP(t, limits(nil)).connect("/demo/echo")
			conn.SetCloseHandler(func(int, string) error { return nil }) // the test itself has sent its Close frame
			conn.NetConn().Write(clientFrame(0x88, c.close))
			wantClose(t, conn, c.answer, "")
			wantEOF(t, conn.NetConn())
		})
	}
}

func TestPlainRequestIsToldToUpgrade(t *testing.T) {
	s := onTCP(t, limits(nil))
	resp, _ := s.request("GET", "/demo/echo", nil)
	if resp.StatusCode != http.StatusUpgradeRequired || resp.Header.Get("Upgrade") != "websocket" {
		t.Errorf("plain GET: %s %v, want 426 with Upgrade", resp.Status, resp.Header)
	}
	_, resp, _ = s.tryConnect("/demo/echo", http.Header{"Origin": {"null"}})
	if resp.StatusCode != http.StatusSwitchingProtocols {
		t.Errorf("Origin null, which the server has let through: %s", resp.Status)
	}
}

// A client that takes part in pings stays; one that vanished is found in time.
func TestEchoFindsHalfOpenConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(nil))
		start := time.Now()

		alive := s.connect("/demo/echo")
		var pings []time.Duration
		answer := alive.PingHandler()
		alive.SetPingHandler(func(data string) error {
			pings = append(pings, time.Since(start))
			return answer(data)
		})
		ended := make(chan error, 1)
		go func() { _, _, err := alive.ReadMessage(); ended <- err }()

		gone := s.connect("/demo/echo").NetConn()
		buf := make([]byte, 64)
		for {
			if _, err := gone.Read(buf); err != nil { // reads pings, answers none
				break
			}
		}
		if took := time.Since(start); took != 30*time.Second {
			t.Errorf("the silent client was cut after %v, want 30s", took)
		}
		time.Sleep(40*time.Second - 1)
		synctest.Wait()
		if got := fmt.Sprint(pings); got != "[20s 40s 1m0s]" {
			t.Errorf("pings at %s", got)
		}
		select {
		case err := <-ended:
			t.Errorf("the client that answers was cut: %v", err)
		default:
		}
	})
}

// A message that takes long to arrive keeps its connection alive.
func TestEchoBytesAreASignOfLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := inMemory(t, limits(nil)).connect("/demo/echo")
		go func() {
			for _, b := range clientFrame(0x81, []byte("slow")) {
				time.Sleep(4 * time.Second) // the header comes within PongWait, the payload takes as long again
				conn.NetConn().Write([]byte{b})
			}
		}()
		conn.SetPingHandler(func(string) error { return nil })
		if _, message, err := conn.ReadMessage(); err != nil || string(message) != "slow" {
			t.Errorf("got %q, %v", message, err)
		}
	})
}

func TestEchoSlowsDownWhoIsTooFast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := inMemory(t, limits(func(l *demo.Limits) { l.EchoRate = 10; l.EchoBurst = 5 })).connect("/demo/echo")
		start := time.Now()
		for range 25 {
			sent(t, conn, []byte("x"))
			if _, _, err := conn.ReadMessage(); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took < 1999*time.Millisecond || took > 2001*time.Millisecond {
			t.Errorf("25 messages took %v; 5 at once and 20 at 10 a second take 2s", took)
		}
	})
}

func TestEchoGivesUpOnWhoDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := inMemory(t, limits(nil)).connect("/demo/echo")
		start := time.Now()
		sent(t, conn, []byte("never read back"))
		time.Sleep(10*time.Second + 1)
		_, _, err := conn.ReadMessage()
		if err == nil {
			t.Errorf("still served %v after the write began", time.Since(start))
		}
	})
}

func BenchmarkEcho(b *testing.B) {
	for _, c := range []struct{ name, query string }{{"plain", ""}, {"tapped", "?wire=benchmark-0123456789"}} {
		b.Run(c.name, func(b *testing.B) {
			s := onTCP(b, limits(func(l *demo.Limits) { l.EchoRate = 1e9; l.EchoBurst = 1e9 }))
			conn := s.connect("/demo/echo" + c.query)
			if c.query != "" {
				events, stop, err := s.taps.Watch("benchmark-0123456789")
				if err != nil {
					b.Fatal(err)
				}
				defer stop()
				go func() {
					for range events {
					}
				}()
			}
			message := bytes.Repeat([]byte("x"), 100)
			b.ReportAllocs()
			for b.Loop() {
				if err := conn.WriteMessage(websocket.TextMessage, message); err != nil {
					b.Fatal(err)
				}
				if _, _, err := conn.ReadMessage(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
