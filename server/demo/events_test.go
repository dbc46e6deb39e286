package demo_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duplex/server/demo"
)

const readerID = "events-0123456789"

// blocks reads n blocks, each up to its empty line.
func blocks(t testing.TB, r *bufio.Reader, n int) (all []string) {
	t.Helper()
	for range n {
		var block strings.Builder
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				t.Fatalf("after %q: %v", all, err)
			}
			if line == "\n" {
				break
			}
			block.WriteString(line)
		}
		all = append(all, block.String())
	}
	return all
}

func TestEventsComeOneASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(nil))
		start := time.Now()
		resp, _ := s.request("GET", "/demo/events", nil)
		if resp.StatusCode != 200 || time.Since(start) != 0 {
			t.Fatalf("%s after %v, want the head at once", resp.Status, time.Since(start))
		}
		for k, v := range map[string]string{"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no"} {
			if got := resp.Header.Get(k); got != v {
				t.Errorf("%s: %q, want %q", k, got, v)
			}
		}
		r := bufio.NewReader(resp.Body)
		if got := blocks(t, r, 1)[0]; got != "retry: 2000\n" {
			t.Errorf("first comes %q, want retry", got)
		}
		var epoch string
		for i := range 100 {
			got := blocks(t, r, 1)[0]
			if i == 0 {
				epoch, _, _ = strings.Cut(strings.TrimPrefix(got, "id: "), ":")
			}
			if want := fmt.Sprintf("id: %s:%d\ndata: Event %d\n", epoch, i, i); len(epoch) < 4 || got != want {
				t.Fatalf("got %q, want %q", got, want)
			}
			if at := time.Since(start); at != time.Duration(i)*time.Second {
				t.Fatalf("event %d came after %v", i, at)
			}
		}
	})
}

// stream opens the events after the one with this id; it returns the first
// block behind retry, and its id.
func (s *site) stream(last string) (r *bufio.Reader, conn net.Conn, first, id string) {
	s.t.Helper()
	resp, conn := s.request("GET", "/demo/events", http.Header{"Last-Event-Id": {last}})
	r = bufio.NewReader(resp.Body)
	first = blocks(s.t, r, 2)[1]
	id, _, _ = strings.Cut(strings.TrimPrefix(first, "id: "), "\n")
	return r, conn, first, id
}

func TestEventsResumeAfterABareNumber(t *testing.T) {
	s := onTCP(t, limits(nil))
	for last, first := range map[string]string{
		"0":                "1",
		"41":               "42",
		"9007199254740991": "9007199254740992",
	} {
		_, _, got, _ := s.stream(last)
		if !strings.HasSuffix(got, "\ndata: Event "+first+"\n") {
			t.Errorf("after %q: %q, want Event %s", last, got, first)
		}
	}
}

// What happens while the reader is away comes at once when it is back, then
// one event a second again; nothing twice, nothing missing.
func TestEventsResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(nil))
		r, conn, _, first := s.stream("")
		epoch, _, _ := strings.Cut(first, ":")
		blocks(t, r, 4) // up to Event 4, at 4 s
		conn.Close()
		time.Sleep(3 * time.Second) // Event 7 comes at 7 s
		synctest.Wait()
		back := time.Now()
		r, _, again, _ := s.stream(epoch + ":4")
		for i := 5; i < 12; i++ {
			if want := fmt.Sprintf("id: %s:%d\ndata: Event %d\n", epoch, i, i); again != want {
				t.Fatalf("got %q, want %q", again, want)
			}
			if at := time.Since(back); at != time.Duration(max(0, i-7))*time.Second {
				t.Errorf("event %d came %v after the return", i, at)
			}
			again = blocks(t, r, 1)[0]
		}
	})
}

// Who can't go on is told why, and begins at 0.
func TestEventsThatCannotResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(func(l *demo.Limits) { l.EventsKept = 10; l.Streams = 7 }))
		_, conn, _, first := s.stream("")
		epoch, _, _ := strings.Cut(first, ":")
		conn.Close()
		time.Sleep(20*time.Second + time.Millisecond)
		gone := func(last, why string) {
			t.Helper()
			r, conn, reset, _ := s.stream(last)
			if !strings.HasPrefix(reset, "event: reset\ndata: ") || !strings.Contains(reset, why) {
				t.Errorf("after %q: %q, want a reset that says %q", last, reset, why)
			}
			if got := blocks(t, r, 1)[0]; !strings.HasSuffix(got, "\ndata: Event 0\n") {
				t.Errorf("after %q and the reset: %q", last, got)
			}
			conn.Close()
			synctest.Wait()
		}
		gone(epoch+":0", "10 of the messages since then are no longer kept")
		gone(epoch+":99", "has not come that far")
		gone("abc", "no id of a message")
		gone("-1", "no id of a message")
		gone("99999999999999999999", "no id of a message")
		time.Sleep(time.Minute) // and the stream itself is gone
		synctest.Wait()
		gone(epoch+":75", "this stream is no longer kept")
	})
}

// Streams that nobody reads make room for others.
func TestEventStreamsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(func(l *demo.Limits) { l.Streams = 2 }))
		var ids []string
		for range 3 {
			_, conn, _, id := s.stream("")
			ids = append(ids, id)
			conn.Close()
			time.Sleep(1500 * time.Millisecond)
			synctest.Wait()
		}
		if _, _, got, _ := s.stream(ids[1]); !strings.Contains(got, "Event 1\n") {
			t.Errorf("the second stream: %q", got)
		}
		if _, _, got, _ := s.stream(ids[0]); !strings.HasPrefix(got, "event: reset") {
			t.Errorf("the oldest stream is still there: %q", got)
		}
	})
}

func TestEventsKeepAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(func(l *demo.Limits) { l.EventEvery = 40 * time.Second }))
		start := time.Now()
		resp, _ := s.request("GET", "/demo/events", nil)
		var got []string
		r := bufio.NewReader(resp.Body)
		for range 6 {
			block := blocks(t, r, 1)[0]
			got = append(got, fmt.Sprintf("%v %.2s", time.Since(start), block))
		}
		if want := "[0s re 0s id 15s :  30s :  40s id 55s : ]"; fmt.Sprint(got) != want {
			t.Errorf("got  %v\nwant %v", got, want)
		}
	})
}

// A reader that takes nothing is cut after WriteWait, counted from the write,
// and CloseWait for the goodbye.
func TestEventsEndForWhoDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(nil))
		resp, conn := s.request("GET", "/demo/events", nil)
		blocks(t, bufio.NewReader(resp.Body), 2)
		time.Sleep(time.Second + 10*time.Second + 2*time.Second + 1)
		conn.SetReadDeadline(time.Now().Add(time.Second))
		if n, err := io.Copy(io.Discard, conn); err != nil {
			t.Errorf("the stream is still there: %d bytes, %v", n, err)
		}
	})
}

func TestDropBreaksTheStreamWithoutAGoodbye(t *testing.T) {
	s := onTCP(t, limits(nil))
	resp, _ := s.request("GET", "/demo/events?wire="+readerID, nil)
	other, _ := s.request("GET", "/demo/events", nil)
	r := bufio.NewReader(resp.Body)
	blocks(t, r, 2)

	for path, status := range map[string]int{
		"/demo/events/drop":                         http.StatusBadRequest,
		"/demo/events/drop?wire=short":              http.StatusBadRequest,
		"/demo/events/drop?wire=nobody-0123456789a": http.StatusNotFound,
	} {
		if resp, _ := s.request("POST", path, nil); resp.StatusCode != status {
			t.Errorf("%s: %s, want %d", path, resp.Status, status)
		}
	}
	if resp, _ := s.request("POST", "/demo/events/drop?wire="+readerID, nil); resp.StatusCode != http.StatusNoContent {
		t.Fatalf("drop: %s", resp.Status)
	}
	if rest, err := io.ReadAll(r); err == nil {
		t.Errorf("the stream ended as it should, with %q; want a broken connection", rest)
	}
	blocks(t, bufio.NewReader(other.Body), 3)
}

func TestEventsOnlyHead(t *testing.T) {
	resp, conn := onTCP(t, limits(nil)).request("HEAD", "/demo/events", nil)
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("HEAD: %s %v", resp.Status, resp.Header)
	}
	conn.Close()
}
