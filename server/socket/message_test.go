package socket

import (
	"bufio"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// A script is a connection on which a client's bytes come, so many at a time,
// and then the end. What is sent stands in out.
type script struct {
	in   []byte
	step int
	out  bytes.Buffer
}

func (s *script) Read(p []byte) (int, error) {
	if len(s.in) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), s.step)], s.in)
	s.in = s.in[n:]
	return n, nil
}

func (s *script) Write(p []byte) (int, error)      { return s.out.Write(p) }
func (s *script) Close() error                     { return nil }
func (s *script) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (s *script) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (s *script) SetDeadline(time.Time) error      { return nil }
func (s *script) SetReadDeadline(time.Time) error  { return nil }
func (s *script) SetWriteDeadline(time.Time) error { return nil }

// A taken is a response whose connection can be had.
type taken struct{ conn net.Conn }

func (t *taken) Header() http.Header       { return http.Header{} }
func (t *taken) WriteHeader(int)           {}
func (t *taken) Write([]byte) (int, error) { return 0, errors.New("the response is not used") }

func (t *taken) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return t.conn, bufio.NewReadWriter(bufio.NewReader(t.conn), bufio.NewWriter(t.conn)), nil
}

// play upgrades a script, with compression.
func play(t testing.TB, s *script) *websocket.Conn {
	t.Helper()
	head := strings.Replace(request, "\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", 1)
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head)))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := Upgrade(&taken{s}, r, Options{Compression: true})
	if err != nil {
		t.Fatal(err)
	}
	s.out.Reset()
	return conn
}

func TestReadMessage(t *testing.T) {
	long := bytes.Repeat([]byte("0123456789abcdef"), 3000)
	for _, c := range []struct {
		name string
		in   [][]byte
		want string // the message, or why there is none
	}{
		{"text", [][]byte{frame(0x81, []byte("hello"))}, "hello"},
		{"nothing", [][]byte{frame(0x82, nil)}, ""},
		{"a character in two fragments", [][]byte{frame(0x01, []byte("\xf0\x9f")), frame(0x89, nil), frame(0x80, []byte("\x91\x8b"))}, "👋"},
		{"in pages and buffers", [][]byte{frame(0x02, long[:512]), frame(0x00, long[512:16<<10+512]), frame(0x80, long[16<<10+512:])}, string(long)},
		{"as much as allowed", [][]byte{frame(0x82, make([]byte, 50_000))}, string(make([]byte, 50_000))},
		{"a byte more", [][]byte{frame(0x82, make([]byte, 50_001))}, "1009 a message may have at most 50000 bytes"},
		{"more, in fragments", [][]byte{frame(0x02, make([]byte, 50_000)), frame(0x80, []byte{0})}, "1009 a message may have at most 50000 bytes"},
		{"text ends inside a character", [][]byte{frame(0x81, []byte("\xe2\x82"))}, "1007 a text message must be valid UTF-8"},
		{"compressed text that is not UTF-8", [][]byte{frame(0xc1, deflated(t, []byte{0xff}))}, "1007 a text message must be valid UTF-8"},
		{"binary need not be UTF-8", [][]byte{frame(0x82, []byte{0xff})}, "\xff"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := outcome(ReadMessage(play(t, &script{in: bytes.Join(c.in, nil), step: 4000}), 50_000, nil)); got != c.want {
				t.Errorf("got %.80q, want %.80q", got, c.want)
			}
		})
	}
}

// outcome is the message, or the refusal.
func outcome(_ int, message []byte, err error) string {
	var no *Refusal
	switch {
	case errors.As(err, &no):
		return fmt.Sprint(no.Code, " ", no.Reason)
	case err != nil:
		return err.Error()
	}
	return string(message)
}

// deflated is a payload as permessage-deflate sends it (RFC 7692 §7.2.1).
func deflated(t testing.TB, payload []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(payload)
	w.Flush()
	return bytes.TrimSuffix(b.Bytes(), []byte{0, 0, 0xff, 0xff})
}

// 50 MB come in a frame that is smaller than the limit. With the collector off,
// what the heap has grown by is an upper bound of its peak.
func TestDecompressionStopsAtTheLimit(t *testing.T) {
	const limit = 64 << 10
	mega := append(deflated(t, make([]byte, 1<<20)), 0, 0, 0xff, 0xff) // can follow itself
	bomb := frame(0xc2, bytes.Repeat(mega, 50))
	if len(bomb) >= limit {
		t.Fatalf("the frame has %d bytes", len(bomb))
	}
	s := &script{in: bomb, step: len(bomb)}
	conn := play(t, s)
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	before := heap()
	_, _, err := ReadMessage(conn, limit, nil)
	if grown := heap() - before; grown > 1<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	Goodbye(conn, err, time.Second)
	if got := s.out.String(); !strings.HasSuffix(got, "\x03\xf1a message may have at most 65536 bytes") {
		t.Errorf("sent %q, want a Close frame with 1009", got)
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A text is refused while its end, or the end of its frame, is far away: the
// client of this test sends nothing more before it has been told.
func TestBrokenTextIsRefusedBeforeItsEnd(t *testing.T) {
	large := frame(0x81, make([]byte, 1<<20))[:14] // its header, which announces 1 MiB
	for _, c := range []struct {
		name string
		in   []byte
	}{
		{"in the first of many fragments", frame(0x01, []byte("a\xff"))},
		{"in a later fragment", append(frame(0x01, []byte("\xf0")), frame(0x00, []byte("\x80"))...)},
		{"in the first bytes of a frame", append(large[:len(large):len(large)], 'a'^1, 0xff^2)},
		{"by a surrogate that is not finished", frame(0x01, []byte("\xed\xa0"))},
		{"by a character beyond the last", frame(0x01, []byte("\xf4\x90"))},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn := onTCP(t, Options{}, echo(2<<20)).connect()
			conn.NetConn().Write(c.in)
			wantClose(t, conn, websocket.CloseInvalidFramePayloadData)
		})
	}
}

func TestMemoryIsTakenOnArrivalAndGivenBackOnRefusal(t *testing.T) {
	memory := NewBudget(10)
	for _, c := range []struct {
		in   []byte
		want string
		left int64
	}{
		{frame(0x82, make([]byte, 11)), "1013 too much is being sent to this server at once: try again later", 10},
		{append(frame(0x01, []byte("12345678")), frame(0x80, []byte{0xff})...), "1007 a text message must be valid UTF-8", 10},
		{frame(0x82, make([]byte, 12)), "1009 a message may have at most 11 bytes", 10},
		{frame(0x81, []byte("12345678")), "12345678", 2},
		{frame(0x81, []byte("123")), "1013 too much is being sent to this server at once: try again later", 2},
	} {
		if got := outcome(ReadMessage(play(t, &script{in: c.in, step: 100}), 11, memory)); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
		if left := memory.left.Load(); left != c.left {
			t.Errorf("after %q: %d bytes are left, want %d", c.want, left, c.left)
		}
	}
}

// However the bytes of a connection are cut, the same comes of them: messages,
// the error at the end, and what the server says.
func FuzzCutsDoNotMatter(f *testing.F) {
	for _, in := range [][]byte{
		bytes.Join([][]byte{frame(0x81, []byte("hello")), frame(0x89, []byte("ping")), frame(0x88, []byte{3, 232})}, nil),
		append(frame(0x01, []byte("\xf0\x9f")), frame(0x80, []byte("\x91\x8b"))...),
		frame(0xc1, deflated(f, bytes.Repeat([]byte("again "), 300))),
		append(frame(0x82, make([]byte, 700)), frame(0x81, []byte{0xff})...),
		frame(0x82, make([]byte, 2000)),
		{0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0},
		{0x81, 0x01, 'x'},
		{0x83, 0x80},
	} {
		f.Add(in, 3)
	}
	f.Fuzz(func(t *testing.T, in []byte, step int) {
		want := transcript(t, in, len(in)+1)
		for _, step := range []int{1, max(1, step)} {
			if got := transcript(t, in, step); got != want {
				t.Errorf("%d bytes at a time:\n%s\nall at once:\n%s", step, got, want)
			}
		}
	})
}

// transcript is what an echo says and reads when in arrives in such steps.
func transcript(t *testing.T, in []byte, step int) string {
	s := &script{in: in, step: step}
	conn := play(t, s)
	var seen strings.Builder
	for {
		kind, message, err := ReadMessage(conn, 1000, nil)
		if err != nil {
			Goodbye(conn, err, time.Second)
			fmt.Fprintf(&seen, "%v\nsent %q", err, s.out.String())
			return seen.String()
		}
		fmt.Fprintf(&seen, "%d %q\n", kind, message)
	}
}
