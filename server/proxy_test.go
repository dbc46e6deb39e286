package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"duplex/server/wire"
)

const proxiedWire = "0123456789abcdef"

// proxied serves what is at base through a proxy until the test ends.
func proxied(t *testing.T, base string) (url string, taps *wire.Taps, end context.CancelFunc) {
	t.Helper()
	taps = wire.NewTaps()
	p := newProxy(taps)
	ending, end := context.WithCancel(t.Context())
	ts := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := p.serve(w, r, ending, base, strings.TrimPrefix(r.URL.Path, "/")); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
		}
	}))
	ts.Config.ConnContext = wire.ConnContext
	ts.Listener = wire.Listener(ts.Listener)
	ts.Start()
	t.Cleanup(func() {
		end()
		p.conns.shut()
		p.conns.empty() // all who were let in have left
		ts.Close()
	})
	return ts.URL, taps, end
}

// theirs is a learner's server.
func theirs(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	ts := httptest.NewServer(h)
	t.Cleanup(ts.Close)
	return ts.URL
}

// TestProxyWebSocket: a server that checks Origin lets the page in, knows
// nothing of our token, and its frames are seen by the tap.
func TestProxyWebSocket(t *testing.T) {
	asked := make(chan string, 1)
	base := theirs(t, func(w http.ResponseWriter, r *http.Request) {
		asked <- r.RequestURI
		conn, err := new(websocket.Upgrader).Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		for {
			kind, message, err := conn.ReadMessage()
			if err != nil {
				return
			}
			_ = conn.WriteMessage(kind, message)
		}
	})
	url, taps, end := proxied(t, base)
	address := "ws" + strings.TrimPrefix(url, "http") + "/ws?token=SECRET&room=a&wire=" + proxiedWire
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), address, http.Header{"Origin": {url}, "Cookie": {"a=b"}, tokenHeader: {"SECRET"}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got := <-asked; got != "/ws?room=a" {
		t.Errorf("the learner's server was asked for %s", got)
	}
	if err := conn.WriteMessage(websocket.TextMessage, []byte("hello")); err != nil {
		t.Fatal(err)
	}
	if _, message, err := conn.ReadMessage(); err != nil || string(message) != "hello" {
		t.Errorf("came back: %q, %v", message, err)
	}
	head := seesFrame(t, taps, "hello")
	if !strings.HasPrefix(head, "GET /ws?room=a HTTP/1.1\r\nHost: "+strings.TrimPrefix(base, "http://")+"\r\n") || !strings.Contains(head, "Origin: "+base+"\r\n") ||
		strings.Contains(head, "SECRET") || strings.Contains(head, proxiedWire) || strings.Contains(head, "Cookie") || !strings.HasSuffix(head, "\r\n\r\n") {
		t.Errorf("the tap shows the request as %q", head)
	}
	end() // the server stops
	if _, _, err := conn.ReadMessage(); err == nil {
		t.Error("the connection outlives the server that it goes through")
	}
}

// seesFrame waits until the tap has shown a frame with that text, and returns
// the request's head that it has shown before.
func seesFrame(t *testing.T, taps *wire.Taps, text string) (head string) {
	t.Helper()
	events, stop, err := taps.Watch(proxiedWire)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for batch := range events {
		for _, e := range batch {
			switch {
			case e.Kind == wire.KindRequest:
				head = e.Text
			case e.Kind == wire.KindFrame && e.Text == text:
				return head
			}
		}
	}
	t.Errorf("the tap saw no frame with %q", text)
	return ""
}

// TestProxyEventStream: each event is passed on when it is written, and the
// place of a reader that comes back reaches the server.
func TestProxyEventStream(t *testing.T) {
	next := make(chan int)
	url, _, _ := proxied(t, theirs(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Set-Cookie", "theirs=1")
		fmt.Fprintf(w, ": after %s\n\n", r.Header.Get("Last-Event-ID"))
		http.NewResponseController(w).Flush()
		for i := range next {
			fmt.Fprintf(w, "data: Event %d\n\n", i)
			http.NewResponseController(w).Flush()
		}
	}))
	defer close(next)
	req, err := http.NewRequestWithContext(t.Context(), "GET", url+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Last-Event-ID", "7")
	res, err := client(t).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.Header.Get("Set-Cookie") != "" || res.Header.Get("Content-Security-Policy") != proxyPolicy {
		t.Errorf("the answer's head could act for our origin: %v", res.Header)
	}
	lines := bufio.NewScanner(res.Body)
	for i, want := range []string{": after 7", "", "data: Event 1", "", "data: Event 2"} {
		if i > 0 && i%2 == 0 {
			next <- i / 2
		}
		if !lines.Scan() || lines.Text() != want {
			t.Fatalf("line %d is %q, want %q", i, lines.Text(), want)
		}
	}
}

// TestProxyToNobody: the page is told that its server is gone.
func TestProxyToNobody(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	url, _, _ := proxied(t, gone.URL)
	res, err := client(t).Get(url + "/ws")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusBadGateway || !strings.Contains(string(body), "Your server did not answer") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}
