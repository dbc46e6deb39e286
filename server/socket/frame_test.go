package socket

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"

	"github.com/gobwas/ws"
	"github.com/gorilla/websocket"
)

// The length takes its shortest form (RFC 6455 §5.2).
func TestAppendFrame(t *testing.T) {
	for _, c := range []struct{ payload, header int }{
		{0, 2}, {1, 2}, {125, 2}, {126, 4}, {127, 4}, {1<<16 - 1, 4}, {1 << 16, 10}, {1 << 20, 10},
	} {
		payload := bytes.Repeat([]byte("x"), c.payload)
		frame := AppendFrame([]byte("before"), websocket.TextMessage, payload)
		if !bytes.HasPrefix(frame, []byte("before")) {
			t.Fatalf("%d bytes: what stood before is gone", c.payload)
		}
		if got := len(frame) - len("before") - c.payload; got != c.header {
			t.Errorf("%d bytes: the header has %d bytes, want %d", c.payload, got, c.header)
		}
		readFrame(t, bytes.NewReader(frame[len("before"):]), ws.OpText, payload)
	}
}

func TestIsClose(t *testing.T) {
	for opcode, want := range map[int]bool{
		websocket.TextMessage:   false,
		websocket.BinaryMessage: false,
		websocket.CloseMessage:  true,
		websocket.PingMessage:   false,
		websocket.PongMessage:   false,
	} {
		if got := IsClose(AppendFrame(nil, opcode, nil)); got != want {
			t.Errorf("opcode %d: got %v", opcode, got)
		}
	}
	if IsClose(nil) {
		t.Error("nothing is taken for a Close frame")
	}
}

// Frames in a row are read back as they were written, whether they arrive at
// once or a byte at a time.
func FuzzFrames(f *testing.F) {
	for _, n := range []int{0, 1, 125, 126, 127, 1<<16 - 1, 1 << 16} {
		f.Add(bytes.Repeat([]byte{0x80}, n), []byte("and more"), byte(n))
	}
	opcodes := []int{websocket.TextMessage, websocket.BinaryMessage, websocket.PingMessage, websocket.PongMessage, websocket.CloseMessage}
	f.Fuzz(func(t *testing.T, first, second []byte, kind byte) {
		opcode := opcodes[int(kind)%len(opcodes)]
		frames := AppendFrame(nil, opcode, first)
		frames = AppendFrame(frames, websocket.BinaryMessage, second)
		for _, r := range []io.Reader{bytes.NewReader(frames), iotest.OneByteReader(bytes.NewReader(frames))} {
			readFrame(t, r, ws.OpCode(opcode), first)
			readFrame(t, r, ws.OpBinary, second)
			if n, err := io.Copy(io.Discard, r); n != 0 || err != nil {
				t.Fatalf("%d bytes are left, %v", n, err)
			}
		}
	})
}

func readFrame(t *testing.T, r io.Reader, opcode ws.OpCode, payload []byte) {
	t.Helper()
	h, err := ws.ReadHeader(r)
	if err != nil {
		t.Fatal(err)
	}
	if h != (ws.Header{Fin: true, OpCode: opcode, Length: int64(len(payload))}) {
		t.Fatalf("got the header %+v, want an unmasked, final frame with opcode %d and %d bytes", h, opcode, len(payload))
	}
	got := make([]byte, h.Length)
	if _, err := io.ReadFull(r, got); err != nil || !bytes.Equal(got, payload) {
		t.Fatalf("got another payload, %v", err)
	}
}
