package wire

import (
	"fmt"
	"strings"
	"testing"
)

// follow feeds a response in pieces of n bytes and returns what is seen.
func follow(stream string, n int) (seen []string, m mode) {
	r := response{
		head: func(head []byte, opened bool) { seen = append(seen, fmt.Sprintf("head %d %v", len(head), opened)) },
		line: func(line []byte, size int) { seen = append(seen, fmt.Sprintf("%q", line)) },
	}
	r.frames.Emit = func(e Event) { seen = append(seen, "frame "+e.Text) }
	for len(stream) > 0 {
		k := min(n, len(stream))
		r.write([]byte(stream[:k]))
		stream = stream[k:]
	}
	return seen, r.mode
}

func TestResponse(t *testing.T) {
	const sse = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
	for _, c := range []struct {
		name, stream, want string
		mode               mode
	}{
		{"a WebSocket", "HTTP/1.1 101 Switching Protocols\r\nA: b\r\n\r\n\x81\x02hi\x81\x00", `[head 42 true frame hi frame ]`, inFrames},
		{"an event stream in chunks", sse + "Transfer-Encoding: chunked\r\n\r\n7\r\ndata: 1\r\n3\r\n\r\n\n\r\n0b\r\nid: 1\rx\r\n\r\n\r\n0\r\n\r\n",
			`[head 80 true "data: 1" "" "id: 1" "x" ""]`, inOther},
		{"an event stream as it is", sse + "\r\nid: 1\r\n\r\ndata: ä\n\n", `[head 52 true "id: 1" "" "data: ä" ""]`, inStream},
		{"an interim response first", "HTTP/1.1 103 Early Hints\r\n\r\n" + sse + "\r\nx\n", `[head 28 false head 52 true "x"]`, inStream},
		{"lines that end in LF alone", strings.ReplaceAll(sse, "\r", "") + "\nx\n", `[head 49 true "x"]`, inStream},
		{"another body", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 3\r\n\r\nno\n", `[head 55 false]`, inOther},
		{"no HTTP", strings.Repeat("x", 2*maxHead), `[]`, inOther},
		{"a chunk size that is none", sse + "Transfer-Encoding: chunked\r\n\r\nzz\r\ndata", `[head 80 true]`, inOther},
		{"a negative chunk size", sse + "Transfer-Encoding: chunked\r\n\r\n-1\r\ndata", `[head 80 true]`, inOther},
	} {
		for _, n := range []int{len(c.stream), 1, 2, 3, 5, 1000} {
			if seen, m := follow(c.stream, n); fmt.Sprint(seen) != c.want || m != c.mode {
				t.Errorf("%s, %d bytes at a time: %v %v, want %v %v", c.name, n, m, seen, c.mode, c.want)
			}
		}
	}
}

func FuzzResponse(f *testing.F) {
	f.Add("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n7\r\ndata: 1\r\n", uint8(1))
	f.Add("HTTP/1.1 101 x\r\n\r\n\x81\x02hi", uint8(3))
	f.Fuzz(func(t *testing.T, stream string, n uint8) {
		whole, m := follow(stream, max(1, len(stream)))
		pieces, k := follow(stream, int(n)+1)
		if fmt.Sprint(whole) != fmt.Sprint(pieces) || m != k {
			t.Errorf("%d bytes at a time: %v, all at once: %v", n, pieces, whole)
		}
	})
}
