package bare

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"duplex/server/socket"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve runs Serve until the test ends or end is called, which checks that it
// ends well.
func serve(t *testing.T) (host string, end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	announced, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- Serve(ctx, Config{Addr: "127.0.0.1:0", Announce: func(addr string) { announced <- addr }})
	}()
	end = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	t.Cleanup(end)
	return <-announced, end
}

// dial opens a WebSocket. What is awaited on it has a minute, so that a test
// that waits in vain says for what.
func dial(t *testing.T, url string) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.Dial("ws://"+url, nil)
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadDeadline(time.Now().Add(time.Minute))
	t.Cleanup(func() { conn.Close() })
	return conn
}

func wantMessage(t *testing.T, conn *websocket.Conn, kind int, text string) {
	t.Helper()
	k, got, err := conn.ReadMessage()
	if err != nil || k != kind || string(got) != text {
		t.Fatalf("got kind %d %q, %v; want kind %d %q", k, got, err, kind, text)
	}
}

func wantClose(t *testing.T, conn *websocket.Conn, code int) {
	t.Helper()
	_, got, err := conn.ReadMessage()
	var closed *websocket.CloseError
	if !errors.As(err, &closed) || closed.Code != code {
		t.Fatalf("got %q, %v; want a Close frame %d", got, err, code)
	}
}

// stream opens an event stream and returns its lines.
func stream(t *testing.T, url, last string) *bufio.Reader {
	t.Helper()
	req, _ := http.NewRequest("GET", "http://"+url, nil)
	req.Header.Set("Last-Event-ID", last)
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatal(resp, err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return bufio.NewReader(resp.Body)
}

// block reads one event.
func block(t *testing.T, r *bufio.Reader) (all string) {
	t.Helper()
	for !strings.HasSuffix(all, "\n\n") {
		line, err := r.ReadString('\n')
		if all += line; err != nil {
			t.Fatalf("after %q: %v", all, err)
		}
	}
	return all
}

func post(t *testing.T, url, body string) {
	t.Helper()
	resp, err := http.Post("http://"+url, "text/plain", strings.NewReader(body))
	if err != nil || resp.StatusCode != http.StatusNoContent {
		t.Fatalf("%v, %v; want 204", resp, err)
	}
	resp.Body.Close()
}

func TestEcho(t *testing.T) {
	host, _ := serve(t)
	conn := dial(t, host+"/ws")
	for _, kind := range []int{websocket.TextMessage, websocket.BinaryMessage} {
		conn.WriteMessage(kind, []byte("hello"))
		wantMessage(t, conn, kind, "hello")
	}
	conn.WriteMessage(websocket.TextMessage, []byte("\xff"))
	wantClose(t, conn, websocket.CloseInvalidFramePayloadData)
}

// A connection that was quiet goes on in another goroutine, and ends once.
func TestRunAfterARest(t *testing.T) {
	var ran int
	left := make(chan int)
	run(nil, func(context.Context, *websocket.Conn) error {
		if ran++; ran < 3 {
			return socket.ErrQuiet
		}
		return &websocket.CloseError{Code: websocket.CloseNormalClosure}
	}, func() { left <- ran })
	if n := <-left; n != 3 {
		t.Errorf("the loop ran %d times, want 3", n)
	}
}

func TestChat(t *testing.T) {
	host, _ := serve(t)
	ada, bo := dial(t, host+"/chat"), dial(t, host+"/chat")
	for _, text := range []string{"one", "two"} {
		ada.WriteMessage(websocket.TextMessage, []byte(text))
		wantMessage(t, ada, websocket.TextMessage, text)
		wantMessage(t, bo, websocket.TextMessage, text)
	}
	ada.WriteMessage(websocket.BinaryMessage, []byte("one"))
	wantClose(t, ada, websocket.CloseUnsupportedData)
}

// Who has the answer to its handshake misses nothing that is said after it,
// however soon that is.
func TestChatFromTheAnswerOn(t *testing.T) {
	host, _ := serve(t)
	ada := dial(t, host+"/chat")
	for i := range 100 {
		bo, text := dial(t, host+"/chat"), strconv.Itoa(i)
		ada.WriteMessage(websocket.TextMessage, []byte(text))
		wantMessage(t, bo, websocket.TextMessage, text)
		wantMessage(t, ada, websocket.TextMessage, text)
		bo.Close()
	}
}

func TestTicks(t *testing.T) {
	host, _ := serve(t)
	if got := block(t, stream(t, host+"/sse", "")); !strings.Contains(got, "data: Event ") {
		t.Errorf("got %q", got)
	}
}

func TestFan(t *testing.T) {
	host, _ := serve(t)
	r := stream(t, host+"/fan", "")
	post(t, host+"/pub", "one")
	post(t, host+"/pub", "two\nlines")
	first := block(t, r)
	id, data, _ := strings.Cut(first, "\n")
	if epoch, n, ok := strings.Cut(id, ":"); !ok || epoch != "id" || !strings.HasSuffix(n, ":0") || data != "data: one\n\n" {
		t.Errorf("got %q", first)
	}
	if got := block(t, r); !strings.HasSuffix(got, "\ndata: two\ndata: lines\n\n") {
		t.Errorf("got %q", got)
	}
	again := stream(t, host+"/fan", strings.TrimPrefix(id, "id: "))
	if got := block(t, again); !strings.HasSuffix(got, "\ndata: two\ndata: lines\n\n") {
		t.Errorf("resumed with %q", got)
	}
	lost := stream(t, host+"/fan", "other:7")
	if got := block(t, lost); got != "event: reset\ndata: the room has begun anew since then\n\n" {
		t.Errorf("got %q, want a reset", got)
	}
}

// Everybody gets what was taken before the end, and a goodbye.
func TestEnd(t *testing.T) {
	host, end := serve(t)
	echo, chat, fan := dial(t, host+"/ws"), dial(t, host+"/chat"), stream(t, host+"/fan", "")
	chat.WriteMessage(websocket.TextMessage, []byte("last words"))
	wantMessage(t, chat, websocket.TextMessage, "last words")
	post(t, host+"/pub", "one") // so that it reads, and not only has its head
	block(t, fan)
	post(t, host+"/pub", "the last")
	go end()
	if got := block(t, fan); !strings.HasSuffix(got, "\ndata: the last\n\n") {
		t.Errorf("got %q, want the last event", got)
	}
	rest, err := io.ReadAll(fan)
	if err != nil || !strings.Contains(string(rest), "retry: ") {
		t.Errorf("the stream ended with %q, %v; want a retry", rest, err)
	}
	wantClose(t, echo, websocket.CloseGoingAway)
	wantClose(t, chat, websocket.CloseGoingAway)
}

// Who came in between, when the goodbyes were said already, gets one as well.
func TestTooLate(t *testing.T) {
	b := newBare()
	site := httptest.NewServer(b.routes())
	defer site.Close()
	b.shut()
	host := strings.TrimPrefix(site.URL, "http://")
	wantClose(t, dial(t, host+"/ws"), websocket.CloseGoingAway)
	wantClose(t, dial(t, host+"/chat"), websocket.CloseGoingAway)
	rest, err := io.ReadAll(stream(t, host+"/fan", ""))
	if err != nil || !strings.Contains(string(rest), "\nretry: ") {
		t.Errorf("the stream ended with %q, %v; want a retry", rest, err)
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestAddressInUse(t *testing.T) {
	host, _ := serve(t)
	if err := Serve(context.Background(), Config{Addr: host}); err == nil || !strings.Contains(err.Error(), "choose another --addr") {
		t.Errorf("got %v", err)
	}
}
