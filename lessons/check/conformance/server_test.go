package conformance

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"unicode/utf8"
)

// A server is an echo by the standard, but for one flaw. It lives in memory:
// dial opens a connection to it.
type server struct {
	flaw     string // "" for none
	compress bool   // takes up permessage-deflate
	sessions sync.WaitGroup
}

// dial is for check.Options.
func (s *server) dial(context.Context, string, string) (net.Conn, error) {
	client, own := net.Pipe()
	s.sessions.Go(func() {
		defer own.Close()
		c := &session{server: s, Conn: own, br: bufio.NewReader(own)}
		r, err := http.ReadRequest(c.br)
		if err == nil && c.handshake(r) {
			c.loop()
		}
	})
	return client, nil
}

func (s *server) has(flaw string) bool { return s.flaw == flaw }

// A session is one connection, open.
type session struct {
	*server
	net.Conn
	br    *bufio.Reader
	codec *codec // nil: not compressed

	began    bool // a message is open
	op       byte
	deflated bool
	data     []byte
	tail     []byte // of a text: a character that is still open
	joined   []byte
	chunk    [4 << 10]byte // what a read takes at most
	closed   bool
}

// A refusal ends a session with a Close frame of this code.
type refusal uint16

func (refusal) Error() string { return "refused" }

var errOver = errors.New("the closing handshake is over")

// Opcodes.
const (
	opContinuation = 0
	opText         = 1
	opBinary       = 2
	opClose        = 8
	opPing         = 9
	opPong         = 10
)

// A header is a frame's.
type header struct {
	fin    bool
	rsv    byte
	op     byte
	masked bool
	length uint64
	mask   [4]byte
}

func (h header) control() bool { return h.op >= opClose }

func (c *session) loop() {
	for {
		err := c.next()
		var code refusal
		if errors.As(err, &code) {
			c.write(opClose, binary.BigEndian.AppendUint16(nil, uint16(code)))
		}
		if err != nil {
			return
		}
	}
}

// next takes in one frame.
func (c *session) next() error {
	h, err := c.readHeader()
	if err != nil {
		return err
	}
	if err := c.judge(h); err != nil {
		return err
	}
	payload, err := c.readPayload(h)
	switch {
	case err != nil:
		return err
	case h.control():
		return c.control(h, payload)
	case h.op > opBinary, c.closed:
		return nil
	}
	return c.message(h, payload)
}

func (c *session) readHeader() (h header, err error) {
	var b [8]byte
	if _, err = io.ReadFull(c.br, b[:2]); err != nil {
		return h, err
	}
	h = header{fin: b[0]&0x80 != 0, rsv: b[0] >> 4 & 7, op: b[0] & 15, masked: b[1]&0x80 != 0, length: uint64(b[1] & 0x7f)}
	switch h.length {
	case 126:
		_, err = io.ReadFull(c.br, b[:2])
		h.length = uint64(binary.BigEndian.Uint16(b[:]))
	case 127:
		_, err = io.ReadFull(c.br, b[:8])
		h.length = binary.BigEndian.Uint64(b[:])
	}
	if err == nil && h.masked {
		_, err = io.ReadFull(c.br, h.mask[:])
	}
	return h, err
}

// judge refuses what a header may not say.
func (c *session) judge(h header) error {
	compressed := h.rsv == 4 && c.codec != nil
	first := h.op == opText || h.op == opBinary
	known := h.op <= opBinary || h.op >= opClose && h.op <= opPong
	switch {
	case h.length>>63 == 1 && c.has("2^63 bytes are too many"):
		return refusal(1009)
	case h.length>>63 == 1 && !c.has("waits for 2^63 bytes"):
		return refusal(1002)
	case compressed && first:
	case compressed && h.control() && c.has("RSV1 on a control frame"):
	case compressed && !h.control() && c.has("RSV1 on a continuation"):
	case h.rsv != 0 && !c.has("reserved bits"):
		return refusal(1002)
	}
	switch {
	case !known && !c.has("reserved opcodes"):
		return refusal(1002)
	case !h.masked && !c.has("unmasked frames"):
		return refusal(1002)
	case h.control() && !h.fin && !c.has("control frames in fragments"):
		return refusal(1002)
	case h.control() && h.length > 125 && !c.has("long control frames"):
		return refusal(1002)
	case known && !h.control() && !c.closed:
		return c.judgeOrder(h)
	}
	return nil
}

// judgeOrder refuses a data frame that has no place where it stands.
func (c *session) judgeOrder(h header) error {
	continues := h.op == opContinuation
	switch {
	case continues && !c.began && !c.has("a continuation of nothing"):
		return refusal(1002)
	case !continues && c.began && !c.has("a message inside of a message"):
		return refusal(1002)
	case c.has("64 KiB at most") && uint64(len(c.data))+h.length > 1<<16, uint64(len(c.data))+h.length > 1<<25 && !c.has("waits for 2^63 bytes"):
		return refusal(1009)
	case !continues:
		c.began, c.op, c.deflated, c.data, c.tail = true, h.op, h.rsv == 4 && c.codec != nil, nil, nil
	}
	return nil
}

// readPayload reads a payload as it comes, and judges text as it does.
func (c *session) readPayload(h header) ([]byte, error) {
	out := make([]byte, 0, min(h.length, 1<<16))
	chunk := c.chunk[:]
	for uint64(len(out)) < h.length {
		n, err := c.br.Read(chunk[:min(h.length-uint64(len(out)), uint64(len(chunk)))])
		if err != nil {
			return nil, err
		}
		at := len(out)
		if c.has("the mask begins anew with each read") {
			at = 0
		}
		for i := range chunk[:n] {
			chunk[i] ^= h.mask[(at+i)%4]
		}
		out = append(out, chunk[:n]...)
		if err := c.judgeText(h, chunk[:n], uint64(len(out)) == h.length); err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return out, c.judgeText(h, nil, true)
	}
	return out, nil
}

// judgeText judges the part of a text that came: last says that the frame is
// whole with it.
func (c *session) judgeText(h header, part []byte, last bool) error {
	over := last && h.fin
	switch {
	case h.op > opBinary, c.op != opText, c.deflated, c.has("UTF-8 is not judged"):
		return nil
	case c.has("UTF-8 by the frame") && !last, c.has("UTF-8 by the message") && !over:
		c.tail = append(c.tail, part...)
		return nil
	case c.has("UTF-8 by the fragment"):
		over = last
	}
	c.tail = append(c.tail, part...)
	for len(c.tail) > 0 {
		r, n := utf8.DecodeRune(c.tail)
		if r == utf8.RuneError && n == 1 {
			if over || utf8.FullRune(c.tail) {
				return refusal(1007)
			}
			return nil
		}
		c.tail = c.tail[n:]
	}
	return nil
}

// message takes in a data frame, and answers the message that is whole with it.
func (c *session) message(h header, payload []byte) error {
	if c.has("fragments are answered") && len(payload) > 0 {
		c.began = !h.fin
		return c.echo(c.op, payload)
	}
	if c.data = append(c.data, payload...); !h.fin {
		return nil
	}
	whole := c.data
	c.began, c.data = false, nil
	if c.deflated {
		var err error
		if whole, err = c.codec.inflate(whole); err != nil {
			if c.has("garbage is passed over") {
				return nil
			}
			return refusal(1007)
		}
		if c.op == opText && !utf8.Valid(whole) && !c.has("UTF-8 is not judged") {
			return refusal(1007)
		}
	}
	return c.echo(c.op, whole)
}

func (c *session) echo(op byte, message []byte) error {
	switch {
	case c.has("empty messages are dropped") && len(message) == 0:
		return nil
	case c.has("messages are joined"):
		message = append(c.joined, message...)
		if c.joined = nil; c.br.Buffered() > 8 {
			c.joined = message
			return nil
		}
	}
	if c.codec != nil {
		return c.write(op|0x40, c.codec.deflate(message))
	}
	return c.write(op, message)
}

// control answers a control frame.
func (c *session) control(h header, payload []byte) error {
	switch {
	case c.closed || h.op > opPong:
		return nil
	case h.op == opPing && c.has("the ping's bytes are lost"):
		return c.write(opPong, nil)
	case h.op == opPing && c.has("a ping for a ping"):
		return c.write(opPing, payload)
	case h.op == opPing:
		return c.write(opPong, payload)
	case h.op == opPong && c.has("an unasked pong is an error"):
		return refusal(1002)
	case h.op == opPong && c.has("a pong is echoed"):
		return c.write(opText, []byte("pong"))
	case h.op == opPong:
		return nil
	}
	return c.close(payload)
}

// close answers a Close.
func (c *session) close(payload []byte) error {
	switch {
	case c.has("no Close in answer"):
		return errOver
	case len(payload) == 0 && c.has("1005 in a frame"):
		return refusal(1005)
	case len(payload) == 0:
		c.write(opClose, nil)
		return errOver
	case len(payload) == 1 && c.has("a code of one byte"):
		return refusal(1000)
	case len(payload) == 1:
		return refusal(1002)
	}
	code := binary.BigEndian.Uint16(payload)
	good := code >= 1000 && code <= 1003 || code >= 1007 && code <= 1014 || code >= 3000 && code <= 4999
	switch {
	case !good && c.has("bad codes are answered with 1000"):
		return refusal(1000)
	case !good && !c.has("bad codes are sent back"), good && c.has("good codes are refused"):
		return refusal(1002)
	case !utf8.Valid(payload[2:]) && !c.has("the reason is not judged"):
		return refusal(1007)
	case c.has("goes on after the Close"):
		return c.write(opClose, payload[:2])
	case c.has("TCP stays open"):
		c.write(opClose, payload[:2])
		c.closed = true
		return nil
	}
	c.write(opClose, payload[:2])
	return errOver
}

// write sends a frame; 0x40 in op is RSV1.
func (c *session) write(op byte, payload []byte) error {
	b := []byte{0x80 | op}
	switch n := len(payload); {
	case n < 126:
		b = append(b, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	_, err := c.Write(append(b, payload...))
	return err
}
