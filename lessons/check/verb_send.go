package check

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/gobwas/ws"

	"duplex/server/wire"
)

var dataOps = map[string]ws.OpCode{"text": ws.OpText, "binary": ws.OpBinary}
var controlOps = map[string]ws.OpCode{"ping": ws.OpPing, "pong": ws.OpPong, "close": ws.OpClose}

func parseSend(a *args) action {
	if a.isNumber() {
		return a.dataSend(a.number("the number of messages", 1, MaxCount))
	}
	if a.isStreamSend() {
		return a.streamSend()
	}
	switch kind := a.peek(); kind {
	case "text", "binary", "plain":
		return a.dataSend(1)
	case "ping", "pong":
		a.take(kind)
		a.p.scope.pinged[a.who.name] = true
		return sendControl{controlOps[kind], a.optionalPayload()}
	case "close":
		a.take(kind)
		return a.closeSend()
	case "frame":
		a.take(kind)
		return a.frameSend()
	case "raw":
		a.take(kind)
		return sendRaw{a.payload()}
	}
	a.failHere("text, binary, plain, ping, pong, close, frame, raw or a number of messages")
	return nil
}

// notWebSocket is the failure of a WebSocket command on another connection.
func (c *conn) notWebSocket() *failure {
	if c.peer == theProgram {
		return unanswered(c)
	}
	f := fail("the connection does not speak WebSocket", "header")
	f.awaiting, f.expected = "head", c.of()+"← 101 Switching Protocols"
	if c.head != nil {
		f.tags = []string{fmt.Sprintf("status %d", c.head.status), "status"}
		f.got = c.of() + "← " + c.head.words() + stamp(c.head.at)
	}
	return f.evidence(c)
}

// said notes what c sent last, in words. Frames of one fragmented message are
// noted together.
func (r *stepRun) said(c *conn, words string) {
	if c.sent.parts != nil && len(c.sent.words) < 100 {
		words = c.sent.words + ", " + words
	} else {
		words = "→ " + words
	}
	c.sent.words, c.sent.at, r.last = words, c.tape.now(), c
	r.served.did(c.of() + words)
}

// unsent turns an error of writing into a failure. Only a server that does not
// read fails here; one that hung up shows in what comes next.
func (r *stepRun) unsent(c *conn, err error) *failure {
	if !errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	f := fail(string(c.peer)+" stopped reading", "timeout")
	f.awaiting = "send"
	f.expected = c.of() + string(c.peer) + " to read what is sent within the step's limit of " + showDuration(r.spec.Limit)
	return f.evidence(c)
}

// sendData sends COUNT messages.
type sendData struct {
	count   int
	op      ws.OpCode
	payload payload
	plain   bool // not compressed, whatever was agreed on
	pieces
}

func (a *args) dataSend(count int) action {
	s := sendData{count: count, plain: a.take("plain"), op: dataOps[a.oneOf("text", "binary")]}
	s.payload = a.payload()
	s.pieces = a.pieces(s.payload)
	if total := count * s.payload.size; total > stepBudget/2 && !a.bad {
		a.fail(fmt.Sprintf("%s in all", showSize(total)), "at most 32 MiB in one command: a step holds 64 MiB of what comes back")
	}
	a.p.scope.sent[a.who.name] = true
	return s
}

func (s sendData) do(r *stepRun, at member) *failure {
	c := r.conns[at.name]
	if !c.upright {
		return c.notWebSocket()
	}
	batch := make([]message, s.count)
	for i := range batch {
		batch[i] = s.message(r, c, at, i+1)
	}
	if s.everywhere {
		batch = copies(batch[0])
	}
	c.sent.parts = nil
	c.sent.batch = batch
	r.said(c, expectedWords(batch)+s.pieces.words())
	for i, m := range batch {
		if err := r.sendMessage(c, s, m, i+1); err != nil {
			return r.unsent(c, err)
		}
	}
	return nil
}

// sendMessage sends message i of a command, in frames and writes as it says.
func (r *stepRun) sendMessage(c *conn, s sendData, m message, i int) error {
	r.own[m.sum()] = true
	f := frame{fin: true, op: m.op, payload: m.data}
	if c.deflate != nil && !s.plain {
		f.rsv, f.payload = rsv1, c.deflate.compress(m.data)
	}
	return c.writeFrames(s.frames(f, i), s.writes, r.rng)
}

// message makes message number i of a batch.
func (s sendData) message(r *stepRun, c *conn, at member, i int) message {
	v := r.values(c, at)
	v.i = i
	return message{op: s.op, data: s.payload.make(v, r.rng, s.op == ws.OpText)}
}

// sendControl sends a ping or a pong.
type sendControl struct {
	op      ws.OpCode
	payload payload
}

func (s sendControl) do(r *stepRun, at member) *failure {
	c := r.conns[at.name]
	if !c.upright {
		return c.notWebSocket()
	}
	data := s.payload.make(r.values(c, at), r.rng, true)
	if s.op == ws.OpPing {
		c.sent.ping = data
	}
	r.said(c, message{op: s.op, data: data}.words())
	return r.unsent(c, c.writeFrame(frame{fin: true, op: s.op, payload: data}, r.rng.Uint32()))
}

// sendClose sends a Close frame.
type sendClose struct {
	coded  bool
	code   int
	reason template
}

func (a *args) closeSend() action {
	var s sendClose
	if a.isNumber() {
		s.coded = true
		s.code = a.number("a close code", 0, 65535)
		if a.isString() {
			s.reason = a.template("the reason")
		}
	}
	return s
}

func (s sendClose) do(r *stepRun, at member) *failure {
	c := r.conns[at.name]
	if !c.upright {
		return c.notWebSocket()
	}
	var body []byte
	if s.coded {
		body = append(binary.BigEndian.AppendUint16(nil, uint16(s.code)), s.reason.fill(r.values(c, at))...)
	}
	c.saidClose.Store(true)
	r.said(c, closeWords(body))
	return r.unsent(c, c.writeFrame(frame{fin: true, op: ws.OpClose, payload: body}, r.rng.Uint32()))
}

// sendRaw sends bytes as they are.
type sendRaw struct{ payload payload }

func (s sendRaw) do(r *stepRun, at member) *failure {
	c := r.conns[at.name]
	data := s.payload.make(r.values(c, at), r.rng, false)
	r.said(c, showSize(len(data))+" as they are: "+showPayload(data, true))
	c.tape.note(c.name, wire.KindNote, "sends "+showSize(len(data))+" as they are: "+showPayload(data, true))
	return r.unsent(c, c.writeRaw(data))
}

// exchange sends messages one by one, each when the one before is back.
type exchange struct {
	sendData
	within time.Duration
}

func parseExchange(a *args) action {
	count := a.number("how many messages", 1, MaxCount)
	data, _ := a.dataSend(count).(sendData)
	return exchange{data, a.within()}
}

func (e exchange) do(r *stepRun, at member) *failure {
	c := r.conns[at.name]
	if !c.upright {
		return c.notWebSocket()
	}
	var all []message
	for i := range e.count {
		m := e.message(r, c, at, i+1)
		r.said(c, m.words())
		if err := r.sendMessage(c, e.sendData, m, i+1); err != nil {
			if f := r.unsent(c, err); f != nil {
				return f
			}
		}
		if f := r.receive(c, []message{m}, e.within, false); f != nil {
			f.why = fmt.Sprintf("message %s of %s: %s", showCount(i+1), showCount(e.count), f.why)
			return f
		}
		all = append(all, m)
	}
	c.sent.batch = all
	return nil
}
