package wire

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// serve runs h on a Listener and returns a way to connect to it.
func serve(t testing.TB, h http.HandlerFunc) (dial func() net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: h, ConnContext: ConnContext}
	var serving sync.WaitGroup
	serving.Go(func() { srv.Serve(Listener(l)) })
	t.Cleanup(func() {
		srv.Close()
		serving.Wait()
	})
	return func() net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
}

// transcript watches id until the connection has ended, and returns what was
// seen, an event a line.
func transcript(t *testing.T, taps *Taps) string {
	t.Helper()
	events, stop, err := taps.Watch(id)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	var all strings.Builder
	timeout := time.After(10 * time.Second)
	for {
		select {
		case batch := <-events:
			for _, e := range batch {
				fmt.Fprintf(&all, "%s %s %q", e.Kind, e.Dir, e.Text)
				if e.Close != nil {
					fmt.Fprintf(&all, " %+v", *e.Close)
				}
				all.WriteByte('\n')
				if e.Kind == KindClosed {
					return all.String()
				}
			}
		case <-timeout:
			t.Fatalf("no end after\n%s", all.String())
		}
	}
}

// The head is shown byte by byte, however it comes: case, order and spaces of
// its lines, which net/http does not keep.
func TestTapShowsTheTrueRequestHead(t *testing.T) {
	const head = "GET /x?wire=1 HTTP/1.1\r\nhOsT:  a\r\nZ: 1\r\nA: 2\r\nz: 3\r\n\r\n"
	for name, pieces := range map[string][]string{
		"at once":               {head},
		"a byte at a time":      strings.Split(head, ""),
		"after another request": {"GET /y HTTP/1.1\r\nHost: a\r\n\r\n", head},
		"after one with a body": {"POST /y HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nGET /x \r\n", head},
	} {
		t.Run(name, func(t *testing.T) {
			taps := NewTaps()
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/x" {
					w = Tap(w, r, taps.Recorder(id))
				}
				io.Copy(io.Discard, r.Body)
				fmt.Fprint(w, "ok")
			})()
			c.(*net.TCPConn).SetNoDelay(true)
			answers := bufio.NewReader(c)
			for _, p := range pieces {
				io.WriteString(c, p)
				if strings.Contains(p, "/y") {
					resp, err := http.ReadResponse(answers, nil)
					if err != nil {
						t.Fatal(err)
					}
					io.Copy(io.Discard, resp.Body)
				}
			}
			got := transcript(t, taps)
			if want := fmt.Sprintf("request received %q\nresponse sent \"HTTP/1.1 200 OK", head); !strings.HasPrefix(got, want) {
				t.Errorf("got\n%s\nwant\n%s…", got, want)
			}
			if want := fmt.Sprintf("closed  \"\" %+v\n", Close{By: Server, Clean: true}); !strings.HasSuffix(got, want) {
				t.Errorf("got\n%s\nwant at the end\n%s", got, want)
			}
		})
	}
}

// A head that was not kept is shown as the server read it, and a note says so.
func TestTapAdmitsWhatItDoesNotKnow(t *testing.T) {
	for name, requests := range map[string]string{
		"pipelined":   "GET /y HTTP/1.1\r\nHost: a\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n",
		"a long head": "GET /x HTTP/1.1\r\nHost: a\r\nLong: " + strings.Repeat("x", maxHead) + "\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			taps := NewTaps()
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/x" {
					Tap(w, r, taps.Recorder(id))
				}
			})()
			io.WriteString(c, requests)
			got := transcript(t, taps)
			if !strings.HasPrefix(got, "note  ") || !strings.Contains(got, "\nrequest received \"GET /x HTTP/1.1\\r\\nHost: a\\r\\n") {
				t.Errorf("got\n%.300s", got)
			}
		})
	}
}

func TestConnKeepsAHeadOnlyWhileItIsRead(t *testing.T) {
	served := make(chan *conn)
	c := serve(t, func(w http.ResponseWriter, r *http.Request) { served <- connOf(r.Context()) })()
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	kept := <-served
	if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
		t.Fatal(err)
	}
	kept.mu.Lock()
	defer kept.mu.Unlock()
	if kept.head != nil {
		t.Errorf("an idle connection keeps %q", kept.head)
	}
}

// hijack answers as a WebSocket server would, and echoes raw bytes.
func hijack(taps *Taps, got func(net.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, rw, err := Tap(w, r, taps.Recorder(r.URL.Query().Get("wire"))).(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		defer c.Close()
		got(c)
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\n\r\n")
		rw.Reader.Reset(c)
		io.Copy(struct{ io.Writer }{c}, rw.Reader)
	}
}

func TestTapWebSocket(t *testing.T) {
	const head = "GET /?wire=" + id + " HTTP/1.1\r\nHost: a\r\n\r\n"
	hello := "\x81\x82\x00\x00\x00\x00hi"
	for _, c := range []struct{ name, send, want string }{
		{"messages, then the client hangs up", hello, `frame received "hi"
frame sent "hi"
closed  "" {Code:1006 Reason: By:client Clean:false}
`},
		{"in the middle of a frame", hello[:7], `error  "The connection ended in the middle of a frame."
closed  "" {Code:1006 Reason: By:client Clean:false}
`},
		{"both Close frames", "\x88\x05\x03\xe8bye", `frame received "" {Code:1000 Reason:bye By: Clean:false}
frame sent "" {Code:1000 Reason:bye By: Clean:false}
closed  "" {Code:1000 Reason:bye By:client Clean:true}
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			taps := NewTaps()
			conn := serve(t, hijack(taps, func(net.Conn) {}))()
			io.WriteString(conn, head)
			if _, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil {
				t.Fatal(err)
			}
			io.WriteString(conn, c.send)
			conn.(*net.TCPConn).CloseWrite()
			got := transcript(t, taps)
			want := fmt.Sprintf("request received %q\nresponse sent %q\nopen  \"\"\n", head, "HTTP/1.1 101 Switching Protocols\r\n\r\n") + c.want
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// Nobody watches: the handler gets the very connection of the listener below,
// with all that it can do.
func TestUntappedConnectionIsBare(t *testing.T) {
	hijacked := make(chan net.Conn, 1)
	c := serve(t, hijack(NewTaps(), func(c net.Conn) { hijacked <- c }))()
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	if got, ok := (<-hijacked).(*net.TCPConn); !ok {
		t.Errorf("got a %T", got)
	}
	c.(*net.TCPConn).CloseWrite()
	io.Copy(io.Discard, c)
}

func TestTapEventStream(t *testing.T) {
	taps := NewTaps()
	broken := make(chan bool)
	h := func(w http.ResponseWriter, r *http.Request) {
		w = Tap(w, r, taps.Recorder(id))
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "id: 1\nda")
		http.NewResponseController(w).Flush()
		fmt.Fprint(w, "ta: x\n\n")
		if r.URL.Path == "/cut" {
			http.NewResponseController(w).Flush()
			broken <- Abort(r.Context())
		}
	}
	for path, end := range map[string]string{
		"/":    "{Code:0 Reason: By:server Clean:true}",
		"/cut": "{Code:0 Reason: By:server Clean:false}",
	} {
		c := serve(t, h)()
		fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path)
		if path == "/cut" && !<-broken {
			t.Error("Abort found no connection")
		}
		got := transcript(t, taps)
		want := "open  \"\"\nline sent \"id: 1\"\nline sent \"data: x\"\nline sent \"\"\nclosed  \"\" " + end + "\n"
		if !strings.HasSuffix(got, want) {
			t.Errorf("%s: got\n%s\nwant at the end\n%s", path, got, want)
		}
		if path != "/cut" {
			continue
		}
		if _, err := io.Copy(io.Discard, c); err == nil {
			t.Error("the other end saw a normal end, want a reset")
		}
	}
}

func TestTapNamesTheReaderWhoLeft(t *testing.T) {
	taps := NewTaps()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w = Tap(w, r, taps.Recorder(id))
		w.Header().Set("Content-Type", "text/event-stream")
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})()
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
		t.Fatal(err)
	}
	c.Close()
	if got := transcript(t, taps); !strings.Contains(got, "By:client") {
		t.Errorf("got\n%s", got)
	}
}

// Without a Listener below, nothing is recorded, and nothing breaks.
func TestTapWithoutListener(t *testing.T) {
	r, _ := http.NewRequest("GET", "/", nil)
	taps := NewTaps()
	if Tap(nil, r, taps.Recorder(id)); len(taps.taps) != 0 {
		t.Error("the recorder was left open")
	}
	if Abort(r.Context()) {
		t.Error("Abort cut something")
	}
}

func TestEndOfHead(t *testing.T) {
	for head, want := range map[string]int{
		"":                       0,
		"GET / HTTP/1.1\r\n":     0,
		"GET / HTTP/1.1\r\n\r":   0,
		"GET / HTTP/1.1\r\n\r\n": 18,
		"GET / HTTP/1.1\n\nbody": 16,
		"a\n\r\nrest":            4,
		"a\r\nb\r\n\r\n\r\n":     8,
	} {
		if got := endOfHead([]byte(head)); got != want {
			t.Errorf("%q: %d, want %d", head, got, want)
		}
	}
}

func BenchmarkUntappedRequest(b *testing.B) {
	for name, wrap := range map[string]func(net.Listener) net.Listener{"bare": func(l net.Listener) net.Listener { return l }, "wire": Listener} {
		b.Run(name, func(b *testing.B) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}), ConnContext: ConnContext}
			go srv.Serve(wrap(l))
			defer srv.Close()
			c, _ := net.Dial("tcp", l.Addr().String())
			defer c.Close()
			answers := bufio.NewReader(c)
			b.ReportAllocs()
			for b.Loop() {
				io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
				if _, err := http.ReadResponse(answers, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
