package wire

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// cut feeds the stream in pieces of n bytes (0: all at once) and returns the
// events as JSON lines.
func cut(stream []byte, n int) (events string, partial bool) {
	var all strings.Builder
	p := FrameParser{Emit: func(e Event) {
		line, err := json.Marshal(e)
		if err != nil {
			panic(err)
		}
		all.Write(append(line, '\n'))
	}}
	for len(stream) > 0 {
		k := len(stream)
		if n > 0 {
			k = min(n, k)
		}
		p.Write(stream[:k])
		stream = stream[k:]
	}
	return all.String(), p.Partial()
}

func TestFrameParser(t *testing.T) {
	for _, c := range []struct {
		name   string
		stream []byte
		want   string
	}{
		// RFC 6455 §5.7 gives the bytes of the first five.
		{"unmasked text", []byte{0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f},
			`{"at":0,"end":"","kind":"frame","size":5,"text":"Hello","frame":{"fin":true,"opcode":1,"masked":false,"header":"gQU="}}`},
		{"masked text", []byte{0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58},
			`{"at":0,"end":"","kind":"frame","size":5,"text":"Hello","frame":{"fin":true,"opcode":1,"masked":true,"mask":"N/ohPQ==","header":"gYU3+iE9"}}`},
		{"fragments", []byte{0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f},
			`{"at":0,"end":"","kind":"frame","size":3,"text":"Hel","frame":{"fin":false,"opcode":1,"masked":false,"header":"AQM="}}` + "\n" +
				`{"at":0,"end":"","kind":"frame","size":2,"text":"lo","frame":{"fin":true,"opcode":0,"masked":false,"header":"gAI="}}`},
		{"ping and masked pong", []byte{0x89, 0x01, 0x48, 0x8a, 0x81, 0x37, 0xfa, 0x21, 0x3d, 0x7f},
			`{"at":0,"end":"","kind":"frame","size":1,"text":"H","frame":{"fin":true,"opcode":9,"masked":false,"header":"iQE="}}` + "\n" +
				`{"at":0,"end":"","kind":"frame","size":1,"text":"H","frame":{"fin":true,"opcode":10,"masked":true,"mask":"N/ohPQ==","header":"ioE3+iE9"}}`},
		{"binary, 16-bit length", append([]byte{0x82, 0x7e, 0x00, 0x02}, 0xff, 0x00),
			`{"at":0,"end":"","kind":"frame","size":2,"data":"/wA=","frame":{"fin":true,"opcode":2,"masked":false,"header":"gn4AAg=="}}`},
		{"64-bit length", append([]byte{0x82, 0x7f, 0, 0, 0, 0, 0, 0, 0, 1}, 'x'),
			`{"at":0,"end":"","kind":"frame","size":1,"text":"x","frame":{"fin":true,"opcode":2,"masked":false,"header":"gn8AAAAAAAAAAQ=="}}`},
		{"empty text", []byte{0x81, 0x00},
			`{"at":0,"end":"","kind":"frame","size":0,"frame":{"fin":true,"opcode":1,"masked":false,"header":"gQA="}}`},
		{"close with code and reason", []byte{0x88, 0x05, 0x03, 0xe8, 'b', 'y', 'e'},
			`{"at":0,"end":"","kind":"frame","size":5,"data":"A+hieWU=","frame":{"fin":true,"opcode":8,"masked":false,"header":"iAU="},"close":{"code":1000,"reason":"bye","clean":false}}`},
		{"close without code", []byte{0x88, 0x00},
			`{"at":0,"end":"","kind":"frame","size":0,"frame":{"fin":true,"opcode":8,"masked":false,"header":"iAA="},"close":{"code":1005,"clean":false}}`},
		{"reserved bits and opcode", []byte{0xf3, 0x00},
			`{"at":0,"end":"","kind":"frame","size":0,"frame":{"fin":true,"rsv":7,"opcode":3,"masked":false,"header":"8wA="}}`},
	} {
		for _, n := range []int{0, 1, 2, 3, 7} {
			got, partial := cut(c.stream, n)
			if strings.TrimSpace(got) != c.want || partial {
				t.Errorf("%s, %d bytes at a time: partial %v, got\n%s\nwant\n%s", c.name, n, partial, got, c.want)
			}
		}
		if _, partial := cut(c.stream[:len(c.stream)-1], 0); !partial {
			t.Errorf("%s without its last byte is not partial", c.name)
		}
	}
}

func TestFrameParserShowsTheBeginningOfALongPayload(t *testing.T) {
	long := append(bytes.Repeat([]byte("x"), MaxShown-1), "€ and so on"...) // the cut falls within a character
	var got []Event
	p := FrameParser{Emit: func(e Event) { got = append(got, e) }}
	p.Write([]byte{0x81, 126, byte(len(long) >> 8), byte(len(long))})
	p.Write(long)
	if e := got[0]; e.Size != len(long) || !e.Cut || e.Text != string(long[:MaxShown-1]) || e.Data != nil {
		t.Errorf("size %d, cut %v, %d characters, %d bytes", e.Size, e.Cut, len(e.Text), len(e.Data))
	}
}

// Whatever length a header announces, no more is kept than is shown.
func TestFrameParserTrustsNoLength(t *testing.T) {
	p := FrameParser{Emit: func(Event) { t.Error("the frame is not over") }}
	p.Write([]byte{0x82, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	for range 1000 {
		p.Write(make([]byte, 1000))
	}
	if cap(p.payload) > 2*MaxShown {
		t.Errorf("keeps %d bytes", cap(p.payload))
	}
}

func FuzzFrameParser(f *testing.F) {
	f.Add([]byte{0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58, 0x88, 0x00}, uint8(3))
	f.Add([]byte{0x82, 0x7e, 0x00, 0x02, 0xff, 0x00, 0x01, 0xfe, 0x00}, uint8(1))
	f.Add(append([]byte{0x81, 0x7e, 0x12, 0x00}, bytes.Repeat([]byte("ä"), 0x900)...), uint8(100))
	f.Fuzz(func(t *testing.T, stream []byte, n uint8) {
		whole, p := cut(stream, 0)
		pieces, q := cut(stream, int(n))
		if whole != pieces || p != q {
			t.Errorf("%d bytes at a time:\n%s\nall at once:\n%s", n, pieces, whole)
		}
	})
}

func TestShow(t *testing.T) {
	for _, c := range []struct {
		name, content, text string
		data                bool
	}{
		{"nothing", "", "", false},
		{"text", "ä€😀", "ä€😀", false},
		{"not UTF-8", "a\xff", "", true},
		{"half a character that was not cut here", "a\xe2\x82", "", true},
		{"long, the cut within four bytes", strings.Repeat("x", MaxShown-3) + "😀", strings.Repeat("x", MaxShown-3), false},
		{"long, the cut between characters", strings.Repeat("x", MaxShown-4) + "😀!", strings.Repeat("x", MaxShown-4) + "😀", false},
		{"long, not UTF-8", strings.Repeat("\xff", MaxShown+1), "", true},
	} {
		var e Event
		e.Show([]byte(c.content))
		if e.Size != len(c.content) || e.Text != c.text || (e.Data != nil) != c.data || e.Cut != (len(c.content) > MaxShown) {
			t.Errorf("%s: %+v", c.name, e)
		}
	}
}

func BenchmarkFrameParser(b *testing.B) {
	frame := append([]byte{0x81, 0x80 | 100, 1, 2, 3, 4}, make([]byte, 100)...)
	p := FrameParser{Emit: func(Event) {}}
	b.SetBytes(int64(len(frame)))
	b.ReportAllocs()
	for b.Loop() {
		p.Write(frame)
	}
}
