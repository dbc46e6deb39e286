package check

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gobwas/ws"

	"duplex/server/wire"
)

// maxMessage bounds a message of the server, in bytes.
const maxMessage = MaxSize + 64<<10

// readChunk is how much of a payload is held ready at first; a payload's
// buffer grows as it comes, whatever its header announces.
const readChunk = 32 << 10

var errFlood = errors.New("more than 64 MiB that the step did not ask for")

// A violation is a breach of RFC 6455 by the other end.
type violation struct{ words string }

func (v *violation) Error() string { return v.words }

func violates(format string, args ...any) error {
	return &violation{fmt.Sprintf(format, args...)}
}

// readHeader reads a frame's header and judges it (RFC 6455 §5.1, §5.2, §5.5).
func readHeader(br *bufio.Reader, from party, deflated bool) (ws.Header, []byte, error) {
	var raw bytes.Buffer
	h, err := ws.ReadHeader(io.TeeReader(br, &raw))
	if errors.Is(err, ws.ErrHeaderLengthMSB) || errors.Is(err, ws.ErrHeaderLengthUnexpected) {
		return h, raw.Bytes(), violates("a frame's length has its highest bit set (RFC 6455 §5.2)")
	}
	if err != nil {
		return h, raw.Bytes(), err
	}
	return h, raw.Bytes(), judgeHeader(h, raw.Bytes()[1]&0x7f, from, deflated)
}

// judgeHeader judges a header; deflated says that messages may be compressed.
func judgeHeader(h ws.Header, length7 byte, from party, deflated bool) error {
	begins := h.OpCode == ws.OpText || h.OpCode == ws.OpBinary
	switch {
	case deflated && h.Rsv == rsv1 && begins:
		h.Rsv = 0
		return judgeHeader(h, length7, from, false)
	case deflated && h.Rsv == rsv1:
		return violates("RSV1 on a %s frame: only the first frame of a message says that it is compressed (RFC 7692 §6.1)", opName(h.OpCode))
	case h.Rsv != 0:
		return violates("reserved bits %03b are set, and no extension was agreed on (RFC 6455 §5.2)", h.Rsv)
	case h.OpCode.IsReserved():
		return violates("opcode %#x is reserved (RFC 6455 §5.2)", byte(h.OpCode))
	case h.Masked && from == theServer:
		return violates("a masked frame: a server must not mask (RFC 6455 §5.1)")
	case !h.Masked && from == theProgram:
		return violates("a frame that is not masked: a client must mask (RFC 6455 §5.1)")
	case h.OpCode.IsControl() && !h.Fin:
		return violates("a fragmented %s frame (RFC 6455 §5.5)", opName(h.OpCode))
	case h.OpCode.IsControl() && h.Length > 125:
		return violates("a %s frame of %s: 125 at most (RFC 6455 §5.5)", opName(h.OpCode), showSize(int(h.Length)))
	case length7 == 126 && h.Length < 126, length7 == 127 && h.Length < 1<<16:
		return violates("a length of %d that is not written in the shortest form (RFC 6455 §5.2)", h.Length)
	case h.Length > maxMessage:
		return violates("a frame that announces %s; no message of this step is longer than 16 MiB", showSize(int(h.Length)))
	}
	return nil
}

// readFrames is the reader of a WebSocket connection.
func (c *conn) readFrames() error {
	var asm assembly
	for !c.finished() {
		h, raw, err := readHeader(c.br, c.peer, c.deflate != nil)
		if err != nil {
			if _, bad := err.(*violation); bad {
				c.record(wire.Received, h, raw, nil)
			}
			return err
		}
		payload, err := c.readPayload(int(h.Length))
		if err != nil {
			return err
		}
		if h.Masked {
			ws.Cipher(payload, h.Mask, 0)
		}
		c.record(wire.Received, h, raw, payload)
		if err := c.receive(&asm, h, payload); err != nil {
			return err
		}
	}
	return io.EOF
}

// finished reports whether the closing handshake is over, and ends TCP then
// where we are the server, whose part that is (RFC 6455 §7.1.1).
func (c *conn) finished() bool {
	_, closed, _, _ := c.box.snapshot()
	if c.peer == theServer || closed == nil || c.br.Buffered() > 0 {
		return false
	}
	c.writing.Lock() // lets what is being written come to its end
	c.unlockWriting()
	c.parted(closed.at)
	c.gate.Close()
	return true
}

// readPayload reads n bytes, allocating as they come, and keeps the inbox
// informed of how far it is.
func (c *conn) readPayload(n int) ([]byte, error) {
	payload := make([]byte, 0, min(n, readChunk))
	if n <= c.br.Buffered() {
		_, err := io.ReadFull(c.br, payload[:n])
		return payload[:n], err
	}
	for len(payload) < n {
		c.box.update(func() { c.box.open.frameWant, c.box.open.frameHave = n, len(payload) })
		if len(payload) == cap(payload) {
			payload = slices.Grow(payload, min(n-len(payload), len(payload)))
		}
		got, err := c.br.Read(payload[len(payload):min(n, cap(payload))])
		payload = payload[:len(payload)+got]
		if err != nil && len(payload) < n {
			return nil, err
		}
	}
	c.box.update(func() { c.box.open.frameWant, c.box.open.frameHave = 0, 0 })
	return payload, nil
}

// An assembly joins fragments (RFC 6455 §5.4).
type assembly struct {
	open     bool
	deflated bool
	op       ws.OpCode
	data     []byte
}

// receive takes in one frame.
func (c *conn) receive(asm *assembly, h ws.Header, payload []byte) error {
	_, closed, _, _ := c.box.snapshot()
	m := message{h.OpCode, payload, c.tape.now()}
	switch {
	case closed != nil:
		return violates("a %s frame after its Close frame (RFC 6455 §5.5.1)", opName(h.OpCode))
	case h.OpCode == ws.OpPing:
		c.arrive(m, func() { c.box.pings = keepControl(c.box.pings, m) })
		c.pong(payload)
		return nil
	case h.OpCode == ws.OpPong:
		c.arrive(m, func() { c.box.pongs = keepControl(c.box.pongs, m) })
		return nil
	case h.OpCode == ws.OpClose:
		return c.receiveClose(m)
	}
	if err := asm.add(h, payload); err != nil {
		return err
	}
	if !h.Fin {
		c.arrive(m, func() { c.box.open.fragmented, c.box.open.fragments = true, len(asm.data) })
		return nil
	}
	whole, err := c.whole(*asm)
	if err != nil {
		return err
	}
	m.op, m.data = asm.op, whole
	*asm = assembly{}
	return c.deliver(m)
}

// deliver puts a whole message into the inbox.
func (c *conn) deliver(m message) error {
	if m.op == ws.OpText && !utf8.Valid(m.data) {
		return violates("a text message that is not UTF-8: %s (RFC 6455 §8.1)", showPayload(m.data, false))
	}
	if !c.box.spend(len(m.data)) {
		return errFlood
	}
	c.arrive(m, func() { c.box.messages, c.box.open = append(c.box.messages, m), unfinished{} })
	return nil
}

// arrive notes m as the last arrival together with a change of the inbox.
func (c *conn) arrive(m message, change func()) {
	c.box.update(func() {
		change()
		c.box.last = arrival{func() string { return "← " + m.words() }, m.at}
	})
}

// add takes in one data frame.
func (a *assembly) add(h ws.Header, payload []byte) error {
	switch {
	case h.OpCode == ws.OpContinuation && !a.open:
		return violates("a Continuation frame with no message to continue (RFC 6455 §5.4)")
	case h.OpCode != ws.OpContinuation && a.open:
		return violates("a %s frame in the middle of a fragmented message (RFC 6455 §5.4)", opName(h.OpCode))
	case len(a.data)+len(payload) > maxMessage:
		return violates("a message of more than %s in fragments; no message of this step is longer than 16 MiB", showSize(len(a.data)))
	case !a.open:
		a.open, a.op, a.data, a.deflated = true, h.OpCode, payload, h.Rsv == rsv1
	default:
		a.data = append(a.data, payload...)
	}
	return nil
}

// receiveClose takes in a Close frame and answers it (RFC 6455 §5.5.1, §7.4).
func (c *conn) receiveClose(m message) error {
	closed := closeFrame{code: 1005, at: m.at}
	if len(m.data) > 0 {
		code, reason := ws.ParseCloseFrameData(m.data)
		closed.code, closed.reason = int(code), reason
	}
	switch {
	case len(m.data) == 1:
		return violates("a Close frame with one byte: a code has two (RFC 6455 §5.5.1)")
	case len(m.data) > 1 && !mayStandInFrame(closed.code):
		return violates("a Close frame with code %d, which may not be sent (RFC 6455 §7.4)", closed.code)
	case !utf8.ValidString(closed.reason):
		return violates("a Close reason that is not UTF-8: %s (RFC 6455 §5.5.1)", showPayload(m.data[2:], false))
	}
	closed.first = c.saidClose.CompareAndSwap(false, true)
	c.arrive(m, func() { c.box.closed = &closed })
	if closed.first {
		c.answer(ws.OpClose, m.data[:min(len(m.data), 2)])
	}
	return nil
}

// mayStandInFrame reports whether a close code may be sent (RFC 6455 §7.4.1,
// §7.4.2, and the codes that IANA has registered since).
func mayStandInFrame(code int) bool {
	return code >= 1000 && code <= 1003 || code >= 1007 && code <= 1014 || code >= 3000 && code <= 4999
}

// words describes a message as a transcript and a failure show it.
func (m message) words() string {
	switch m.op {
	case ws.OpClose:
		return closeWords(m.data)
	case ws.OpText:
		return "Text " + showPayload(m.data, true)
	case ws.OpPing, ws.OpPong:
		if len(m.data) == 0 {
			return opName(m.op)
		}
		return opName(m.op) + " " + showPayload(m.data, utf8.Valid(m.data))
	case ws.OpContinuation:
		return "Continuation " + showPayload(m.data, utf8.Valid(m.data))
	}
	return opName(m.op) + " " + showPayload(m.data, isPlain(m.data))
}

// isPlain reports whether bytes read well as text.
func isPlain(b []byte) bool {
	return utf8.Valid(b) && strings.IndexFunc(string(b[:min(len(b), readChunk)]), func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

func closeWords(body []byte) string {
	if len(body) < 2 {
		return strings.TrimSpace("Close " + spacedHex(body))
	}
	code, reason := ws.ParseCloseFrameData(body)
	words := fmt.Sprintf("Close %d", code)
	if reason != "" {
		words += " " + showPayload([]byte(reason), true)
	}
	return words
}

func opName(op ws.OpCode) string {
	switch op {
	case ws.OpContinuation:
		return "Continuation"
	case ws.OpText:
		return "Text"
	case ws.OpBinary:
		return "Binary"
	case ws.OpClose:
		return "Close"
	case ws.OpPing:
		return "Ping"
	case ws.OpPong:
		return "Pong"
	}
	return fmt.Sprintf("opcode %#x", byte(op))
}
