package bench

import (
	"fmt"
	"slices"
	"testing"
)

// What a stream means does not depend on the pieces that it comes in.
func TestStreamParser(t *testing.T) {
	for _, c := range []struct {
		name, stream string
		want         []string // id|type|data
	}{
		{"plain", "id: 1\ndata: Event 1\n\n", []string{"1||Event 1"}},
		{"CRLF", "id: 1\r\ndata: a\r\n\r\ndata: b\r\n\r\n", []string{"1||a", "1||b"}},
		{"CR", "data: a\r\rdata: b\r\r", []string{"||a", "||b"}},
		{"CR and LF mixed", "data: a\rdata: b\n\r\ndata: c\n\n", []string{"||a\nb", "||c"}},
		{"byte order mark", "\ufeffdata: a\n\n", []string{"||a"}},
		{"several lines", "data: a\ndata: b\ndata\n\n", []string{"||a\nb\n"}},
		{"one blank is stripped", "data:  a\ndata:b\n\n", []string{"|| a\nb"}},
		{"type", "event: lagged\ndata: {\"missed\":3}\n\ndata: x\n\n", []string{"|lagged|{\"missed\":3}", "||x"}},
		{"comments and unknown fields", ": hi\nfoo: bar\nretry: 5\ndata: x\n\n", []string{"||x"}},
		{"no data, no event", "id: 7\nevent: a\n\ndata: x\n\n", []string{"7||x"}},
		{"an id with NUL", "id: 7\ndata: x\n\nid: 8\x00\ndata: y\n\n", []string{"7||x", "7||y"}},
		{"unfinished", "data: x\n\ndata: y\n", []string{"||x"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for size := 1; size <= len(c.stream); size++ {
				var p streamParser
				var got []string
				for piece := range slices.Chunk([]byte(c.stream), size) {
					p.feed(piece, func(e event) { got = append(got, fmt.Sprintf("%s|%s|%s", e.id, e.kind, e.data)) })
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("in pieces of %d: %q, want %q", size, got, c.want)
				}
			}
		})
	}
}

func TestStreamParserIsBounded(t *testing.T) {
	var p streamParser
	piece := make([]byte, 1<<16)
	for range 100 {
		p.feed(piece, func(event) { t.Error("an event") })
	}
	if len(p.line) > maxEvent || !p.overlong {
		t.Errorf("holds %d bytes, overlong %t", len(p.line), p.overlong)
	}
}
