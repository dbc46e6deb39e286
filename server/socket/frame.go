package socket

import (
	"encoding/binary"

	"github.com/gorilla/websocket"
)

// AppendFrame appends an unmasked, final frame: its header with the shortest
// form of the length, and the payload (RFC 6455 §5.2). The opcode is one of
// gorilla's message types.
func AppendFrame(b []byte, opcode int, payload []byte) []byte {
	b = append(b, 0x80|byte(opcode))
	switch n := len(payload); {
	case n < 126:
		b = append(b, byte(n))
	case n < 1<<16:
		b = append(b, 126)
		b = binary.BigEndian.AppendUint16(b, uint16(n))
	default:
		b = append(b, 127)
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return append(b, payload...)
}

// IsClose reports whether what begins like this is a Close frame, which nothing
// may follow (RFC 6455 §5.5.1).
func IsClose(frame []byte) bool { return len(frame) > 0 && frame[0] == 0x80|websocket.CloseMessage }
