package check

import (
	"fmt"
	"slices"

	"github.com/gobwas/ws"
)

// maxPieces bounds the fragments, and the writes, of a message.
const maxPieces = 100_000

// pieces say how a message is cut: into fragments of its own (RFC 6455 §5.4),
// or where TCP carries it. The zero value is one frame in one write.
type pieces struct {
	fragments  int  // bytes of each fragment, but of the last; 0: one frame
	writes     int  // bytes of each write; 0: as few writes as that takes
	everywhere bool // the message once for each place between two of its bytes, in two fragments
}

// pieces consumes "in fragments of 64", "in writes of 1" or "cut everywhere",
// if there is one, for a payload.
func (a *args) pieces(of payload) pieces {
	var p pieces
	switch {
	case a.take("cut"):
		p.everywhere = a.oneOf("everywhere") != ""
	case a.take("in"):
		size := &p.writes
		if a.oneOf("fragments", "writes") == "fragments" {
			size = &p.fragments
		}
		a.oneOf("of")
		if *size = a.size(); !a.bad && (*size == 0 || of.size / *size > maxPieces) {
			a.fail(fmt.Sprintf("pieces of %s", showSize(*size)), fmt.Sprintf("pieces of 1 byte or more, at most %s of them", showCount(maxPieces)))
		}
	}
	return p
}

// copies repeats a message for each place between two of its bytes.
func copies(m message) []message {
	return slices.Repeat([]message{m}, max(len(m.data)-1, 1))
}

// frames cuts message i of a command, which f would carry whole.
func (p pieces) frames(f frame, i int) []frame {
	size := p.fragments
	if p.everywhere {
		size = min(i, len(f.payload))
	}
	if size == 0 || len(f.payload) == 0 {
		return []frame{f}
	}
	var out []frame
	rest := f.payload
	for len(rest) > size && !(p.everywhere && len(out) == 1) {
		out, rest = append(out, frame{payload: rest[:size]}), rest[size:]
	}
	out = append(out, frame{payload: rest, fin: true})
	for n := range out {
		out[n].op = ws.OpContinuation
	}
	out[0].op, out[0].rsv = f.op, f.rsv
	return out
}

// words follow those of the message.
func (p pieces) words() string {
	switch {
	case p.everywhere:
		return ", each in two fragments, cut at another place"
	case p.fragments > 0:
		return ", in fragments of " + showSize(p.fragments)
	case p.writes > 0:
		return ", in writes of " + showSize(p.writes)
	}
	return ""
}
