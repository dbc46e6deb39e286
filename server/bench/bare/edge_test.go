package bare

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// exchange sends bytes, closes its half, and returns all that comes.
func exchange(t *testing.T, host, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, request)
	conn.(*net.TCPConn).CloseWrite()
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

func TestRefusals(t *testing.T) {
	host, _ := serve(t)
	for request, want := range map[string]string{
		"GET /pub HTTP/1.0\r\n\r\n":                              " 405 ",
		"POST /fan HTTP/1.0\r\n\r\n":                             " 405 ",
		"GET /ws HTTP/1.0\r\n\r\n":                               " 426 ",
		"POST /pub HTTP/1.0\r\nContent-Length: 10\r\n\r\nhalf a": " 400 ",
		"GET /other HTTP/1.0\r\n\r\n":                            " 404 ",
	} {
		if got := exchange(t, host, request); !strings.HasPrefix(got, "HTTP/1.0"+want) && !strings.HasPrefix(got, "HTTP/1.1"+want) {
			t.Errorf("%q is answered with %q, want%s", request, got, want)
		}
	}
}

// HEAD gets the head alone (RFC 9110 §9.3.2).
func TestHead(t *testing.T) {
	host, _ := serve(t)
	for _, path := range []string{"/sse", "/fan"} {
		got := exchange(t, host, "HEAD "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nLast-Event-ID: other:7\r\n\r\n")
		head, body, whole := strings.Cut(got, "\r\n\r\n")
		if !whole || body != "" || !strings.Contains(head, " 200 ") || !strings.Contains(head, "text/event-stream") {
			t.Errorf("HEAD %s: %q", path, got)
		}
	}
}

// What was answered with 204 reaches the readers, also when the server ends
// meanwhile.
func TestNothingTakenIsMissing(t *testing.T) {
	host, end := serve(t)
	fan := stream(t, host+"/fan", "")
	var posters sync.WaitGroup
	var taken sync.Map
	for p := range 4 {
		posters.Go(func() {
			for i := 0; ; i++ {
				event := fmt.Sprintf("%d-%d", p, i)
				resp, err := http.Post("http://"+host+"/pub", "text/plain", strings.NewReader(event))
				if err != nil {
					return
				}
				resp.Body.Close()
				if resp.StatusCode != http.StatusNoContent {
					return
				}
				taken.Store(event, true)
				if event == "0-20" {
					go end()
				}
			}
		})
	}
	all, err := io.ReadAll(fan)
	posters.Wait()
	if err != nil {
		t.Error(err)
	}
	got := make(map[string]bool)
	for line := range strings.Lines(string(all)) {
		got[strings.TrimSpace(strings.TrimPrefix(line, "data: "))] = true
	}
	taken.Range(func(event, _ any) bool {
		if !got[event.(string)] {
			t.Errorf("%s was taken and never came", event)
		}
		return true
	})
	if !got["0-20"] {
		t.Error("nothing came")
	}
}

// pipes listens for connections in memory.
type pipes struct {
	conns chan net.Conn
	once  *sync.Once
}

func (p pipes) Accept() (net.Conn, error) {
	if c, open := <-p.conns; open {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (p pipes) Close() error   { p.once.Do(func() { close(p.conns) }); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

// Those who never answer, and never read, are gone in time.
func TestSilentClientsAreCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBare()
		ln := pipes{make(chan net.Conn), new(sync.Once)}
		srv := &http.Server{Handler: b.routes()}
		served := make(chan error, 1)
		go func() { served <- srv.Serve(ln) }()
		const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
		for path, more := range map[string]string{"/ws": upgrade, "/chat": upgrade, "/fan": ""} {
			far, near := net.Pipe()
			defer near.Close()
			ln.conns <- far
			fmt.Fprintf(near, "GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n", path, more)
			resp, err := http.ReadResponse(bufio.NewReader(near), nil)
			if err != nil || resp.StatusCode >= 400 {
				t.Fatal(path, resp, err)
			}
		}
		synctest.Wait() // they are in
		b.fan.Publish("", []byte("unread"))
		start := time.Now()
		b.drain(srv)
		if took := time.Since(start); took < goodbyeWait || took > politeTime {
			t.Errorf("they were gone after %v, want %v to %v", took, goodbyeWait, politeTime)
		}
		<-served
		if n := len(b.fan.Readers()) + len(b.chat.Readers()) + len(b.echoes); n != 0 {
			t.Errorf("%d are still there", n)
		}
	})
}
