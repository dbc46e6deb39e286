package wire

import (
	"encoding/binary"
	"math"
)

// Opcodes of RFC 6455 §11.8.
const (
	OpContinuation = 0x0
	OpText         = 0x1
	OpBinary       = 0x2
	OpClose        = 0x8
	OpPing         = 0x9
	OpPong         = 0xA
)

// NoStatus is the code of a Close frame that carries none (RFC 6455 §7.1.5).
const NoStatus = 1005

// A FrameParser cuts one direction of a WebSocket connection into frames and
// calls Emit for each, when its last byte has been written. How the bytes are
// divided over calls of Write makes no difference. It only watches: a frame
// that breaks the protocol is reported as it stands.
//
// It keeps at most MaxShown bytes of a payload, whatever length a header
// announces. It is not safe for concurrent use.
type FrameParser struct {
	Emit func(Event) // with Kind, the content, Frame and Close set; keeps nothing of it

	header  []byte // of the frame in progress, as far as it has come
	left    uint64 // bytes of payload still to come; meaningful once the header is whole
	size    uint64
	payload []byte // the first MaxShown bytes, unmasked
	frame   *Frame // nil until the header is whole
}

// Write takes the next bytes. It never fails.
func (p *FrameParser) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		if p.frame == nil {
			b = p.readHeader(b)
		} else {
			b = p.readPayload(b)
		}
		if p.frame != nil && p.left == 0 {
			p.finish()
		}
	}
	return n, nil
}

// Partial reports whether the bytes so far end within a frame.
func (p *FrameParser) Partial() bool { return len(p.header) > 0 }

// readHeader takes what belongs to the header and returns the rest.
func (p *FrameParser) readHeader(b []byte) []byte {
	for len(b) > 0 {
		p.header = append(p.header, b[0])
		b = b[1:]
		if len(p.header) >= 2 && len(p.header) == headerLen(p.header[1]) {
			p.begin()
			break
		}
	}
	return b
}

// headerLen is the length of a header whose second byte is b (RFC 6455 §5.2).
func headerLen(b byte) int {
	n := 2
	switch b & 0x7f {
	case 126:
		n += 2
	case 127:
		n += 8
	}
	if b&0x80 != 0 {
		n += 4
	}
	return n
}

func (p *FrameParser) begin() {
	h := p.header
	p.frame = &Frame{
		Fin:    h[0]&0x80 != 0,
		Rsv:    h[0] >> 4 & 0x7,
		Opcode: h[0] & 0xf,
		Masked: h[1]&0x80 != 0,
		Header: append([]byte(nil), h...),
	}
	if p.frame.Masked {
		p.frame.Mask = p.frame.Header[len(h)-4:]
	}
	switch n := h[1] & 0x7f; n {
	case 126:
		p.size = uint64(binary.BigEndian.Uint16(h[2:]))
	case 127:
		p.size = binary.BigEndian.Uint64(h[2:])
	default:
		p.size = uint64(n)
	}
	p.left = p.size
}

// readPayload takes what belongs to the payload and returns the rest.
func (p *FrameParser) readPayload(b []byte) []byte {
	n := len(b)
	if p.left < uint64(n) {
		n = int(p.left)
	}
	if room := MaxShown - len(p.payload); room > 0 {
		p.keep(b[:min(n, room)])
	}
	p.left -= uint64(n)
	return b[n:]
}

// keep appends the unmasked bytes to the payload.
func (p *FrameParser) keep(b []byte) {
	at := len(p.payload)
	p.payload = append(p.payload, b...)
	if !p.frame.Masked {
		return
	}
	for i := at; i < len(p.payload); i++ {
		p.payload[i] ^= p.frame.Mask[i%4]
	}
}

func (p *FrameParser) finish() {
	e := Event{Kind: KindFrame, Frame: p.frame}
	e.show(p.payload, int(min(p.size, math.MaxInt)))
	if p.frame.Opcode == OpClose {
		e.Close = closeOf(p.payload)
		e.Text, e.Data = "", append([]byte(nil), p.payload...) // code and reason: not text, whatever its bytes
	}
	p.header, p.frame, p.payload = p.header[:0], nil, p.payload[:0]
	if cap(p.payload) > 512 {
		p.payload = nil // an idle connection keeps no large buffer
	}
	p.Emit(e)
}

// closeOf reads the payload of a Close frame (RFC 6455 §5.5.1).
func closeOf(payload []byte) *Close {
	if len(payload) < 2 {
		return &Close{Code: NoStatus}
	}
	return &Close{Code: int(binary.BigEndian.Uint16(payload)), Reason: string(payload[2:])}
}
