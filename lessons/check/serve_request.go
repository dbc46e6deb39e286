package check

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"time"

	"duplex/server/wire"
)

// A caller is what is known of a connection of the program besides what every
// connection has. Its reader fills it in before the request is in the queue;
// the rest is under the service's lock.
type caller struct {
	request *http.Request // nil when what came is not HTTP
	raw     []byte        // its head, as far as it is shown
	bad     error         // why there is no request
	at      time.Duration // when the head was complete
	number  int           // in the order of coming

	answered chan func() error // how the reader goes on, once there was an answer

	shown    bool          // on the tape
	accepted bool          // or refused
	awaited  time.Duration // since when the script did
	parted   time.Duration // when it ended
	ended    bool
}

// part notes the end, once. The service is locked.
func (c *caller) part(at time.Duration) {
	if !c.ended {
		c.ended, c.parted = true, at
	}
}

// errHTTPS is what a ClientHello means here.
var errHTTPS = errors.New("it speaks TLS")

// greet is the reader of a connection: it reads the request, and goes on as the
// script answers it.
func (s *service) greet(c *conn) error {
	raw, err := requestHead(c.br)
	if err != nil && !errors.Is(err, errNotHTTP) && !errors.Is(err, errHTTPS) && !errors.Is(err, errLongHead) {
		return nil // it asked for nothing, so that it is nobody
	}
	if c.caller.readFrom(raw, err); c.caller.isPreflight() {
		return s.answerPreflight(c)
	}
	c.caller.at = s.step.tape.now()
	c.request = c.caller.opening()
	c.box.update(func() {
		c.box.last = arrival{func() string { return "← " + c.request.words }, c.caller.at}
	})
	s.arrive(c)
	if _, err := c.br.Peek(1); err != nil {
		return err
	}
	select {
	case then := <-c.caller.answered:
		return then()
	case <-c.gate.released:
		return net.ErrClosed
	}
}

// requestHead reads the head of a request.
func requestHead(br *bufio.Reader) ([]byte, error) {
	switch first, err := br.Peek(1); {
	case err != nil:
		return nil, err
	case first[0] == 0x16:
		return nil, errHTTPS // a handshake record (RFC 8446 §5.1)
	case first[0] < 'A' || first[0] > 'Z':
		return nil, errNotHTTP
	}
	return untilBlankLine(br)
}

var secrets = regexp.MustCompile(`(?im)^((?:proxy-)?authorization|cookie):.*$`)

// readFrom makes a request of its head.
func (c *caller) readFrom(raw []byte, err error) {
	if err == nil {
		c.request, err = http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	}
	if c.bad = err; err != nil {
		c.raw = []byte("what is not a request of HTTP/1.1")
		return
	}
	c.raw = secrets.ReplaceAll(raw, []byte("$1: …\r"))
}

// opening describes the request.
func (c *caller) opening() opening {
	if c.bad != nil {
		return opening{words: "bytes that are not an HTTP/1.1 request"}
	}
	o := opening{method: c.request.Method, key: strings.TrimSpace(c.request.Header.Get("Sec-Websocket-Key"))}
	o.words = c.request.Method + " " + showHeader(c.request.URL.RequestURI())
	switch {
	case hasToken(c.request.Header, "Upgrade", "websocket"):
		o.words += " with an opening handshake"
	case c.request.Header.Values("Last-Event-Id") != nil:
		o.lastID = c.request.Header.Get("Last-Event-Id")
		o.words += " with Last-Event-ID: " + showHeader(o.lastID)
	}
	return o
}

// isPreflight reports whether a browser asks if it may ask (WHATWG Fetch).
func (c *caller) isPreflight() bool {
	return c.request != nil && c.request.Method == http.MethodOptions && c.request.Header.Get("Access-Control-Request-Method") != ""
}

// answerPreflight allows what is asked for. It is no connection of the program's.
func (s *service) answerPreflight(c *conn) error {
	s.step.tape.note("", wire.KindNote, "a preflight of the browser's, which is allowed")
	io.WriteString(c.gate, answerHead(http.StatusNoContent, "Access-Control-Allow-Origin: *", "Access-Control-Allow-Methods: GET",
		"Access-Control-Allow-Headers: Last-Event-ID, Cache-Control", "Connection: close"))
	c.gate.Close()
	return nil
}

// answerHead writes the head of an answer.
func answerHead(status int, fields ...string) string {
	words := http.StatusText(status)
	if words == "" {
		words = "Unnamed"
	}
	return fmt.Sprintf("HTTP/1.1 %d %s\r\n%s\r\n\r\n", status, words, strings.Join(fields, "\r\n"))
}

// judgeRequest judges what a WebSocket handshake and a request for a stream
// have in common.
func (s *service) judgeRequest(c *conn) *failure {
	q := c.caller.request
	switch {
	case errors.Is(c.caller.bad, errHTTPS):
		return c.wrongRequest("your program speaks TLS, and this place does not", "a request without TLS", "garbage", "request")
	case errors.Is(c.caller.bad, errLongHead):
		return c.wrongRequest("the head of your program's request does not end", "a request", "flood", "request")
	case q == nil:
		return c.wrongRequest("what your program sends is not HTTP", "a request", "garbage", "request")
	case q.Method != http.MethodGet:
		return c.wrongRequest("your program asks with "+showHeader(q.Method)+" instead of GET", "GET "+s.path, "request")
	case q.URL.Path != s.path:
		return c.wrongRequest("your program asks for another path", "GET "+s.path, "request")
	case !q.ProtoAtLeast(1, 1):
		return c.wrongRequest("your program speaks "+showHeader(q.Proto), "HTTP/1.1", "request")
	case q.Host == "":
		return c.wrongField("Host", "Host")
	}
	return nil
}

// judgeHandshake judges a client's opening handshake (RFC 6455 §4.1, §4.2.1).
func (s *service) judgeHandshake(c *conn) *failure {
	if f := s.judgeRequest(c); f != nil {
		return f
	}
	fields := c.caller.request.Header
	key, err := base64.StdEncoding.DecodeString(c.request.key)
	switch {
	case !hasToken(fields, "Upgrade", "websocket"):
		return c.wrongField("Upgrade", "Upgrade: websocket")
	case !hasToken(fields, "Connection", "upgrade"):
		return c.wrongField("Connection", "Connection: Upgrade")
	case strings.TrimSpace(fields.Get("Sec-Websocket-Version")) != "13":
		return c.wrongField("Sec-WebSocket-Version", "Sec-WebSocket-Version: 13")
	case err != nil || len(key) != 16 || len(fields.Values("Sec-Websocket-Key")) != 1:
		return c.wrongField("Sec-WebSocket-Key", "Sec-WebSocket-Key: 16 random bytes in Base64")
	}
	return nil
}

// wrongRequest is the failure for a request that is not what was awaited.
func (c *conn) wrongRequest(why, want string, tags ...string) *failure {
	f := fail(why, tags...)
	f.awaiting = "request"
	f.expected = c.of() + "← " + want
	f.got = c.of() + "← " + c.request.words + stamp(c.caller.at)
	return f
}

// wrongField is the failure for a header of the request.
func (c *conn) wrongField(name, want string) *failure {
	values := c.caller.request.Header.Values(name)
	f := c.wrongRequest(name+" of the request is not right", c.request.method+" with "+want, "header", "header "+strings.ToLower(name))
	f.came = strings.Join(values, ", ")
	got := name + ": " + showHeader(f.came)
	if len(values) == 0 {
		f.why, got = name+" of the request is missing", "no "+name
	}
	f.got = c.of() + "← " + c.request.words + ", " + got + stamp(c.caller.at)
	return f
}
