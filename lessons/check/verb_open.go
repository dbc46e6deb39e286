package check

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"duplex/server/wire"
)

// An opening is a request as it was made.
type opening struct {
	method  string
	words   string   // for "sent"
	expects string   // for "expected": what answer is waited for
	key     string   // Sec-WebSocket-Key
	offered []string // subprotocols
	offers  []string // of permessage-deflate
	lastID  string   // Last-Event-ID
}

// openAction opens a connection and sends a request on it.
type openAction struct {
	verb      string
	method    string
	path      string
	headers   []template
	without   []string
	protocols []string
	offers    []string // of permessage-deflate
	lastID    *template
	within    time.Duration
}

func (o openAction) asks() string { return o.path }

func parseOpening(name string) func(*args) action {
	return func(a *args) action {
		o := openAction{verb: name, method: http.MethodGet}
		if name == "request" {
			o.method = a.word("a method such as GET")
		}
		if o.path = a.word("a path such as /ws"); !a.bad && !strings.HasPrefix(o.path, "/") {
			a.fail(o.path, "a path that begins with /")
		}
		for o.option(a) {
		}
		o.within = a.within()
		return o
	}
}

// option consumes one option, if there is one.
func (o *openAction) option(a *args) bool {
	upgrade := o.verb == "dial" || o.verb == "handshake"
	switch {
	case a.bad:
		return false
	case a.take("header"):
		h := a.template(`"Name: value"`)
		if name, _, ok := strings.Cut(string(h), ":"); !a.bad && (!ok || name == "") {
			a.fail(string(h), `"Name: value"`)
		}
		o.headers = append(o.headers, h)
	case a.take("without"):
		o.without = append(o.without, a.word("a header's name"))
	case upgrade && a.take("subprotocol"):
		o.protocols = append(o.protocols, a.word("a subprotocol's name"))
	case o.verb == "dial" && a.take("deflate"):
		o.offers = append(o.offers, a.offer())
	case o.verb == "stream" && a.take("last-event-id"):
		id := a.template("the id in quotes")
		o.lastID = &id
	default:
		return false
	}
	return !a.bad
}

func (o openAction) do(r *stepRun, at member) *failure {
	c, f := r.open(at, o.within)
	if f != nil {
		return f
	}
	raw := o.compose(r, c, at)
	c.sent.words, c.sent.at = c.request.words, c.tape.now()
	r.last = c
	c.tape.add(wire.Event{At: wire.Millis(c.sent.at), Conn: c.name, Dir: wire.Sent, Kind: wire.KindRequest}, raw)
	until, inTime := r.deadline(o.within), r.inTime(o.within)
	c.gate.Write(raw) // an error shows in reading the answer
	if f := r.answer(c, until, inTime); f != nil {
		return f
	}
	switch o.verb {
	case "dial":
		return c.beginWebSocket(c.judgeUpgrade())
	case "stream":
		return c.beginStream()
	case "handshake":
		if c.head.status == http.StatusSwitchingProtocols {
			return c.beginWebSocket(nil)
		}
	}
	return nil
}

// answer reads the head of an answer. The first 501 of a step ends it.
func (r *stepRun) answer(c *conn, until time.Time, inTime string) *failure {
	h, err := c.readHead(until)
	c.gate.SetReadDeadline(r.until)
	if err != nil {
		return c.noHead(err, inTime)
	}
	r.heads++
	if r.heads == 1 && h.status == http.StatusNotImplemented {
		f := &failure{verdict: NotStarted, why: "not started: the server answers 501", expected: "← " + c.request.expects}
		f.got = "← " + h.words() + stamp(h.at)
		return f.evidence(c)
	}
	return nil
}

// compose writes the request's bytes and notes what was asked.
func (o openAction) compose(r *stepRun, c *conn, at member) []byte {
	v := r.values(c, at)
	fields := o.fields(r, c, v)
	path := r.target.resolve(o.path, r.script.firstPath())
	c.request.method, c.request.expects = o.method, "an answer"
	c.request.words = "→ " + o.method + " " + path
	switch o.verb {
	case "dial", "handshake":
		c.request.words += " with an opening handshake"
		if o.verb == "dial" {
			c.request.expects = "101 Switching Protocols"
		}
	case "stream":
		c.request.expects = "200 with Content-Type text/event-stream"
		if o.lastID != nil {
			c.request.words += fmt.Sprintf(" with Last-Event-ID: %s", c.request.lastID)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", o.method, path)
	for _, field := range fields {
		b.WriteString(field + "\r\n")
	}
	b.WriteString("\r\n")
	return []byte(b.String())
}

// fields are the header lines, those of the verb first.
func (o openAction) fields(r *stepRun, c *conn, v values) []string {
	fields := []string{"Host: " + r.target.host}
	switch o.verb {
	case "dial", "handshake":
		key := base64.StdEncoding.EncodeToString(randomBytes(r.rng, 16, false))
		fields = append(fields, "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: "+key)
		if len(o.protocols) > 0 {
			fields = append(fields, "Sec-WebSocket-Protocol: "+strings.Join(o.protocols, ", "))
		}
		if len(o.offers) > 0 {
			fields = append(fields, "Sec-WebSocket-Extensions: "+strings.Join(o.offers, ", "))
		}
		c.request.offered, c.request.offers = o.protocols, o.offers
	case "stream":
		fields = append(fields, "Accept: text/event-stream", "Cache-Control: no-cache")
		if o.lastID != nil {
			c.request.lastID = o.lastID.fill(v)
			fields = append(fields, "Last-Event-ID: "+c.request.lastID)
		}
	}
	for _, name := range o.without {
		fields = removeField(fields, name)
	}
	var own []string
	for _, h := range o.headers {
		own = append(own, h.fill(v))
		fields = removeField(fields, fieldName(own[len(own)-1]))
	}
	fields = append(fields, own...)
	c.request.key = keyOf(fields)
	return fields
}

// removeField leaves out the lines of a header.
func removeField(fields []string, name string) []string {
	var kept []string
	for _, f := range fields {
		if !strings.EqualFold(fieldName(f), name) {
			kept = append(kept, f)
		}
	}
	return kept
}

func fieldName(field string) string {
	name, _, _ := strings.Cut(field, ":")
	return strings.TrimSpace(name)
}

// beginWebSocket starts to read frames, unless the handshake failed.
func (c *conn) beginWebSocket(f *failure) *failure {
	if f != nil {
		return f
	}
	c.upright = true
	c.tape.note(c.name, wire.KindOpen, "WebSocket open")
	c.start(c.readFrames)
	return nil
}

// judgeUpgrade judges the answer to an opening handshake (RFC 6455 §4.1).
func (c *conn) judgeUpgrade() *failure {
	h := c.head
	accept := h.fields.Values("Sec-Websocket-Accept")
	protocol := strings.TrimSpace(h.fields.Get("Sec-Websocket-Protocol"))
	switch {
	case h.status != http.StatusSwitchingProtocols:
		return c.wrongStatus("101 Switching Protocols")
	case !hasToken(h.fields, "Upgrade", "websocket"):
		return c.wrongHeader("Upgrade", "Upgrade: websocket", "header")
	case !hasToken(h.fields, "Connection", "upgrade"):
		return c.wrongHeader("Connection", "Connection: Upgrade", "header")
	case len(accept) != 1 || strings.TrimSpace(accept[0]) != acceptFor(c.request.key):
		return c.wrongHeader("Sec-WebSocket-Accept", "Sec-WebSocket-Accept: "+acceptFor(c.request.key), "accept", "header")
	case protocol != "" && !slices.Contains(c.request.offered, protocol):
		return c.wrongHeader("Sec-WebSocket-Protocol", "a subprotocol that was offered, or none", "header")
	}
	return c.judgeExtensions()
}

// offer consumes the parameters of an offer of permessage-deflate, if there
// are any, and returns it as the header has it.
func (a *args) offer() string {
	if !a.isString() {
		return deflateName
	}
	return deflateName + "; " + a.str("the offer's parameters")
}

// connectAction opens TCP and sends nothing.
type connectAction struct{}

func parseConnect(*args) action { return connectAction{} }

func (connectAction) do(r *stepRun, at member) *failure {
	c, f := r.open(at, DefaultWithin)
	if f == nil {
		c.request = opening{method: http.MethodGet, expects: "an answer"}
	}
	return f
}
