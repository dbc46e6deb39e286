package bench

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/gobwas/ws"
)

// maxMessage bounds a frame, and a message made of several, in bytes.
const maxMessage = 16 << 20

// A frame is one that a server sent (RFC 6455 §5.2). Its payload lies in the
// buffer that it was read from.
type frame struct {
	op      ws.OpCode
	fin     bool
	payload []byte
}

// nextFrame takes a frame off the front of b. size is how many bytes the whole
// frame has, as far as that is known: while b holds fewer, there is none yet.
func nextFrame(b []byte) (f frame, size int, err error) {
	if len(b) < 2 {
		return f, 2, nil
	}
	f.fin, f.op = b[0]&0x80 != 0, ws.OpCode(b[0]&0x0f)
	head, length := 2, uint64(b[1]&0x7f)
	switch length {
	case 126:
		head = 4
	case 127:
		head = 10
	}
	if len(b) < head {
		return f, head, nil
	}
	switch length {
	case 126:
		length = uint64(binary.BigEndian.Uint16(b[2:]))
	case 127:
		length = binary.BigEndian.Uint64(b[2:])
	}
	if err := judgeHead(b[0], b[1], f, length); err != nil {
		return f, 0, err
	}
	size = head + int(length)
	if len(b) < size {
		return f, size, nil
	}
	f.payload = b[head:size]
	return f, size, nil
}

// judgeHead finds what would make everything behind it unreadable.
func judgeHead(first, second byte, f frame, length uint64) error {
	switch {
	case first&0x70 != 0:
		return errors.New("a frame with reserved bits, although no extension was agreed on (RFC 6455 §5.2)")
	case second&0x80 != 0:
		return errors.New("a masked frame, which only clients may send (RFC 6455 §5.1)")
	case f.op > ws.OpBinary && f.op < ws.OpClose || f.op > ws.OpPong:
		return fmt.Errorf("a frame with the unknown opcode %d (RFC 6455 §5.2)", f.op)
	case f.op.IsControl() && (!f.fin || length > 125):
		return errors.New("a control frame that is fragmented or too long (RFC 6455 §5.5)")
	case length > maxMessage:
		return fmt.Errorf("a frame of %d bytes; at most %d are read", length, maxMessage)
	}
	return nil
}

// appendFrame appends a client's frame, masked with the key (RFC 6455 §5.3).
func appendFrame(b []byte, op ws.OpCode, payload []byte, key [4]byte) []byte {
	b = append(b, 0x80|byte(op))
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n <= 0xffff:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	b = append(b, key[:]...)
	b = append(b, payload...)
	ws.Cipher(b[len(b)-len(payload):], key, 0)
	return b
}
