package check

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
	"unicode"

	"duplex/server/wire"
)

// Bounds of an answer's head, in bytes.
const (
	maxHead = 64 << 10
	maxLine = 100 // of a status line that is shown
)

// A head is the head of an HTTP answer.
type head struct {
	status int
	line   string // the status line, safe to show
	fields http.Header
	body   io.Reader // decoded of its transfer coding
	at     time.Duration
}

var (
	errNotHTTP  = errors.New("the answer is not HTTP")
	errTLS      = errors.New("the server speaks TLS")
	errLongHead = errors.New("the head of the answer is longer than 64 KiB")
)

// readHead reads the answer to a request, passing over 1xx answers other than
// 101, and records it. Of an answer that is neither WebSocket nor an event
// stream only the status line is kept.
func (c *conn) readHead(until time.Time) (*head, error) {
	c.gate.SetReadDeadline(until)
	for {
		raw, err := rawHead(c.br)
		if err != nil {
			return nil, err
		}
		resp, err := http.ReadResponse(bufio.NewReader(io.MultiReader(bytes.NewReader(raw), c.br)), &http.Request{Method: c.request.method})
		if err != nil {
			return nil, errNotHTTP
		}
		if resp.StatusCode/100 == 1 && resp.StatusCode != http.StatusSwitchingProtocols {
			continue
		}
		h := &head{status: resp.StatusCode, line: statusLine(raw), fields: resp.Header, body: resp.Body, at: c.tape.now()}
		if resp.StatusCode == http.StatusBadRequest && resp.ProtoMinor == 0 && c.saysHTTPS() {
			return nil, errTLS
		}
		shown := []byte(h.line + "\r\n")
		if h.mayBeShown() {
			shown = raw
		}
		c.tape.add(wire.Event{At: wire.Millis(h.at), Conn: c.name, Dir: wire.Received, Kind: wire.KindResponse}, shown)
		c.head = h
		c.box.update(func() { c.box.last = arrival{func() string { return "← " + h.words() }, h.at} })
		return h, nil
	}
}

// saysHTTPS reports whether the body is what Go's TLS server answers to plain HTTP.
func (c *conn) saysHTTPS() bool {
	body, _ := c.br.Peek(c.br.Buffered())
	return bytes.Contains(body, []byte("HTTPS server"))
}

// rawHead reads the head of an answer up to the blank line.
func rawHead(br *bufio.Reader) ([]byte, error) {
	if err := beginsLikeHTTP(br); err != nil {
		return nil, err
	}
	return untilBlankLine(br)
}

// untilBlankLine reads the lines of a head.
func untilBlankLine(br *bufio.Reader) ([]byte, error) {
	var raw []byte
	for {
		line, err := br.ReadSlice('\n')
		raw = append(raw, line...)
		switch {
		case len(raw) > maxHead:
			return nil, errLongHead
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && errors.Is(err, io.EOF):
			return nil, io.ErrUnexpectedEOF
		case err != nil:
			return nil, err
		case len(bytes.TrimRight(line, "\r\n")) == 0:
			return raw, nil
		}
	}
}

// beginsLikeHTTP looks at the first bytes, one by one: garbage need not be
// five bytes long.
func beginsLikeHTTP(br *bufio.Reader) error {
	const want = "HTTP/1."
	for n := 1; n <= len(want); n++ {
		got, err := br.Peek(n)
		switch {
		case err != nil && n > 1 && errors.Is(err, io.EOF):
			return errNotHTTP
		case err != nil:
			return err
		case n == 1 && got[0] == 0x15:
			return errTLS // an alert record (RFC 8446 §5.1)
		case got[n-1] != want[n-1]:
			return errNotHTTP
		}
	}
	return nil
}

// statusLine is the first line, without what could trouble a terminal.
func statusLine(raw []byte) string {
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	words := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(string(line), ""))
	if len(words) > maxLine {
		words = strings.ToValidUTF8(words[:maxLine], "") + "…"
	}
	return words
}

// words is the head in a failure: the status line without the protocol.
func (h *head) words() string {
	_, rest, _ := strings.Cut(h.line, " ")
	return rest
}

// mayBeShown reports whether the answer is a WebSocket endpoint's or an event
// stream's. Whatever else a target says stays private to it.
func (h *head) mayBeShown() bool {
	if h.status == http.StatusSwitchingProtocols || hasToken(h.fields, "Upgrade", "websocket") {
		return true
	}
	for name := range h.fields {
		if strings.HasPrefix(name, "Sec-Websocket-") {
			return true
		}
	}
	return h.isStream()
}

func (h *head) isStream() bool {
	return h.status == http.StatusOK && mediaType(h.fields) == "text/event-stream"
}

// mediaType is the type of a body, without its parameters.
func mediaType(fields http.Header) string {
	kind, _, _ := strings.Cut(fields.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

// hasToken reports whether a comma-separated header has a token, case ignored.
func hasToken(fields http.Header, name, token string) bool {
	for _, line := range fields.Values(name) {
		for _, item := range strings.Split(line, ",") {
			if strings.EqualFold(strings.TrimSpace(item), token) {
				return true
			}
		}
	}
	return false
}

// noHead is the failure for a head that did not come.
func (c *conn) noHead(err error, inTime string) *failure {
	now := stamp(c.tape.now())
	var f *failure
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		f = fail("no answer came "+inTime, "timeout")
		f.got = c.of() + "no head of an answer, " + showSize(c.br.Buffered()) + " of one"
		if c.br.Buffered() == 0 {
			f.got = c.of() + "nothing"
		}
	case errors.Is(err, errTLS):
		return &failure{verdict: Inconclusive, why: "the server speaks TLS, and this check does not", got: "← a TLS record" + now,
			likely: "Let the server listen without TLS for the check, and give an http:// or ws:// URL."}
	case errors.Is(err, errNotHTTP):
		f = fail("the answer is not HTTP", "garbage")
		f.got = c.of() + "← bytes that are not an HTTP/1.1 answer" + now
	case errors.Is(err, errLongHead):
		f = fail("the answer's head does not end", "flood", "garbage")
		f.got = c.of() + "← more than 64 KiB of a head" + now
	default:
		end := c.endingOf(err)
		if end == nil {
			end = &ending{kind: endEOF}
		}
		f = fail("the server hung up without an answer", endTags(end)...)
		f.got = c.of() + endWords(end) + now
	}
	f.awaiting = "head"
	f.expected = c.of() + "← " + c.request.expects + " " + inTime
	return f.evidence(c)
}
