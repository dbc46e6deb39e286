package check

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/rand/v2"
	"slices"

	"github.com/gobwas/ws"

	"duplex/server/wire"
)

// frame is one frame to send.
type frame struct {
	fin      bool
	rsv      byte
	op       ws.OpCode
	unmasked bool
	masked   bool // although it is a server's
	payload  []byte

	announced int64 // the length that the header gives, when > 0
}

// rsv1 marks the first frame of a compressed message (RFC 7692 §6), as a bit
// of frame.rsv.
const rsv1 = 4

// compile returns the header, the frame's bytes, and the header as structure.
func (f frame) compile(mask uint32) (h ws.Header, head, all []byte) {
	h = ws.Header{Fin: f.fin, Rsv: f.rsv, OpCode: f.op, Length: int64(len(f.payload))}
	if f.announced > 0 {
		h.Length = f.announced
	}
	payload := f.payload
	if !f.unmasked {
		h.Masked = true
		binary.BigEndian.PutUint32(h.Mask[:], mask)
		payload = append([]byte(nil), payload...)
		ws.Cipher(payload, h.Mask, 0)
	}
	var b bytes.Buffer
	b.Grow(ws.MaxHeaderSize + len(payload))
	ws.WriteHeader(&b, h) // cannot fail: a bytes.Buffer, and a length that exists
	n := b.Len()
	b.Write(payload)
	return h, b.Bytes()[:n], b.Bytes()
}

// controlMask masks what is sent besides the script's own.
const controlMask = 0x64757078

// dress leaves a frame as a client sends it, or makes it a server's, which is
// not masked (RFC 6455 §5.1).
func (c *conn) dress(f frame) frame {
	if c.peer == theProgram {
		f.unmasked = !f.masked
	}
	return f
}

// writeFrame sends one frame in one write.
func (c *conn) writeFrame(f frame, mask uint32) error {
	h, head, all := c.dress(f).compile(mask)
	c.writing.Lock()
	c.record(wire.Sent, h, head, f.payload)
	_, err := c.gate.Write(all)
	c.unlockWriting()
	return err
}

// writeFrames sends frames one after another: in as few writes as that takes,
// or in writes of a number of bytes when size > 0.
func (c *conn) writeFrames(frames []frame, size int, rng *rand.Rand) error {
	c.writing.Lock()
	defer c.unlockWriting()
	var pending []byte
	for i, f := range frames {
		h, head, all := c.dress(f).compile(rng.Uint32())
		c.record(wire.Sent, h, head, f.payload)
		if pending = append(pending, all...); len(pending) < writeChunk && i < len(frames)-1 {
			continue
		}
		for part := range slices.Chunk(pending, cmp.Or(size, len(pending))) {
			if _, err := c.gate.Write(part); err != nil {
				return err
			}
		}
		pending = nil
	}
	return nil
}

// writeChunk is how many bytes of small frames are gathered for one write.
const writeChunk = 64 << 10

// writeRaw sends bytes as they are.
func (c *conn) writeRaw(b []byte) error {
	c.writing.Lock()
	_, err := c.gate.Write(b)
	c.unlockWriting()
	return err
}

// answer sends a control frame from the reader's goroutine. It never waits for
// a write of the step that is under way, for the server may read on only
// once we do: who holds the lock sends it when done. Of several that wait so,
// only the last is sent, as RFC 6455 §5.5.3 allows for pongs.
func (c *conn) answer(op ws.OpCode, payload []byte) {
	f := frame{fin: true, op: op, payload: payload}
	h, head, all := c.dress(f).compile(controlMask)
	c.record(wire.Sent, h, head, payload)
	c.pending.Store(&all)
	c.flushPending()
}

// pong answers a ping.
func (c *conn) pong(payload []byte) {
	if !c.saidClose.Load() {
		c.answer(ws.OpPong, payload)
	}
}

// flushPending sends the answer that waits, unless the lock is taken: then its
// holder does.
func (c *conn) flushPending() {
	for c.pending.Load() != nil && c.writing.TryLock() {
		if b := c.pending.Swap(nil); b != nil {
			c.gate.Write(*b) // an error shows in the next read
		}
		c.writing.Unlock()
	}
}

func (c *conn) unlockWriting() {
	c.writing.Unlock()
	c.flushPending()
}

// record puts a frame on the tape.
func (c *conn) record(dir wire.Dir, h ws.Header, head, payload []byte) {
	f := &wire.Frame{Fin: h.Fin, Rsv: h.Rsv, Opcode: byte(h.OpCode), Masked: h.Masked, Header: bytes.Clone(head)}
	if h.Masked {
		f.Mask = bytes.Clone(h.Mask[:])
	}
	e := wire.Event{At: wire.Millis(c.tape.now()), Conn: c.name, Dir: dir, Kind: wire.KindFrame, Frame: f}
	if h.OpCode == ws.OpClose {
		e.Close = &wire.Close{Code: 1005, By: map[wire.Dir]wire.End{wire.Sent: c.peer.other(), wire.Received: c.peer.end()}[dir]}
		if len(payload) >= 2 {
			code, reason := ws.ParseCloseFrameData(payload)
			e.Close.Code, e.Close.Reason = int(code), reason
		}
	}
	c.tape.add(e, payload)
}
