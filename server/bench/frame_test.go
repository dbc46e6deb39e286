package bench

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

// A frame is known as soon as its last byte is there, not earlier, whatever the
// form of its length.
func TestNextFrame(t *testing.T) {
	for _, length := range []int{0, 1, 125, 126, 65535, 65536, 70000} {
		payload := bytes.Repeat([]byte("x"), length)
		whole := ws.MustCompileFrame(ws.NewBinaryFrame(payload))
		for _, have := range []int{0, 1, 2, 3, 9, len(whole) - 1} {
			if have >= len(whole) {
				continue
			}
			if _, size, err := nextFrame(whole[:have]); err != nil || size <= have || size > len(whole) {
				t.Errorf("%d of %d bytes: wants %d, %v", have, len(whole), size, err)
			}
		}
		f, size, err := nextFrame(append(whole, "more"...))
		if err != nil || size != len(whole) || f.op != ws.OpBinary || !f.fin || !bytes.Equal(f.payload, payload) {
			t.Errorf("length %d: size %d of %d, opcode %d, %v", length, size, len(whole), f.op, err)
		}
	}
}

func TestFramesThatCannotBe(t *testing.T) {
	for _, c := range []struct{ frame, why string }{
		{"\x81\x81keyyx", "masked"},
		{"\xc1\x01x", "reserved bits"},
		{"\x83\x01x", "unknown opcode 3"},
		{"\x8f\x01x", "unknown opcode 15"},
		{"\x09\x01x", "fragmented"},
		{"\x89\x7e\x00\x7e", "too long"},
		{"\x82\x7f\x00\x00\x00\x00\x01\x00\x00\x01", "16777217 bytes"},
		{"\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff", "at most 16777216"},
	} {
		if _, _, err := nextFrame([]byte(c.frame)); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%q: %v, want %q", c.frame, err, c.why)
		}
	}
}

// What is sent is what a library of others' reads.
func TestAppendFrame(t *testing.T) {
	for _, length := range []int{0, 125, 126, 65535, 65536} {
		payload := bytes.Repeat([]byte("x"), length)
		r := bytes.NewReader(appendFrame(nil, ws.OpText, payload, [4]byte{1, 2, 3, 4}))
		h, err := ws.ReadHeader(r)
		if err != nil || !h.Masked || h.OpCode != ws.OpText || !h.Fin || h.Length != int64(length) || r.Len() != length {
			t.Fatalf("length %d: %+v, %v", length, h, err)
		}
		got, _ := io.ReadAll(r)
		if ws.Cipher(got, h.Mask, 0); !bytes.Equal(got, payload) {
			t.Errorf("length %d: another payload", length)
		}
	}
}

// Messages far larger than the buffer come whole, in whatever pieces, and the
// buffer grows no further than the largest needs.
func TestSocketReadsInPieces(t *testing.T) {
	for _, piece := range []int{1, 7, 1000, 1 << 20} {
		t.Run(fmt.Sprint(piece), func(t *testing.T) {
			s := taped(100)
			tape := s.conn.(*tape)
			stamp{publisher: 1, seq: 26}.put(s.rx.run.text.bytes, s.rx.run.id)
			large := append(bytes.Repeat([]byte("x"), 200_000), s.rx.run.text.bytes...)
			tape.frames = append(tape.frames, ws.MustCompileFrame(ws.NewTextFrame(large))...)
			tape.left, tape.most = len(tape.frames), piece
			s.buf = make([]byte, firstBuffer)
			if end := s.read(); end.Why != errTapeEnds.Error() {
				t.Error(end)
			}
			if s.rx.got != 101 || s.rx.flows[1].last != 26 || s.rx.flows[1].lost > 0 {
				t.Errorf("got %d messages, %+v", s.rx.got, s.rx.flows[1])
			}
			if len(s.buf) > 200_000+1000 {
				t.Errorf("a buffer of %d bytes", len(s.buf))
			}
		})
	}
}
