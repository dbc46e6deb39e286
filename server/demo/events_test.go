package demo_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duplex/server/demo"
)

const readerID = "events-0123456789"

// blocks reads n blocks, each up to its empty line.
func blocks(t *testing.T, r *bufio.Reader, n int) (all []string) {
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
		for i := range 100 {
			got := blocks(t, r, 1)[0]
			if want := fmt.Sprintf("id: %d\ndata: Event %d\n", i, i); got != want {
				t.Fatalf("got %q, want %q", got, want)
			}
			if at := time.Since(start); at != time.Duration(i)*time.Second {
				t.Fatalf("event %d came after %v", i, at)
			}
		}
	})
}

func TestEventsResume(t *testing.T) {
	s := onTCP(t, limits(nil))
	for _, c := range []struct{ last, first string }{
		{"0", "1"},
		{"41", "42"},
		{"", "0"},
		{"abc", "0"},
		{"-1", "0"},
		{"1.5", "0"},
		{"99999999999999999999", "0"},
		{"9007199254740991", "9007199254740992"},
	} {
		header := http.Header{"Last-Event-Id": {c.last}}
		resp, conn := s.request("GET", "/demo/events", header)
		got := blocks(t, bufio.NewReader(resp.Body), 2)[1]
		conn.Close()
		if want := fmt.Sprintf("id: %s\ndata: Event %s\n", c.first, c.first); resp.Header.Get("Content-Type") != "text/event-stream" || got != want {
			t.Errorf("after %q: %q, want %q", c.last, got, want)
		}
	}
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

// A reader that takes nothing is cut after WriteWait, counted from the write.
func TestEventsEndForWhoDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(nil))
		resp, conn := s.request("GET", "/demo/events", nil)
		blocks(t, bufio.NewReader(resp.Body), 2)
		time.Sleep(time.Second + 10*time.Second + 1) // the next event and its WriteWait
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
