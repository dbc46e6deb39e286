package check

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gobwas/ws"

	"duplex/server/wire"
)

// eventWords says what a wire event is.
func eventWords(e wire.Event) string {
	switch e.Kind {
	case wire.KindFrame:
		return frameWords(e)
	case wire.KindRequest, wire.KindResponse:
		return strings.ReplaceAll(strings.TrimRight(e.Text, "\r\n"), "\r\n", "\n")
	case wire.KindLine:
		return strconv.Quote(e.Text)
	case wire.KindClosed:
		if e.Close != nil && e.Close.Code == 1006 && e.End != wire.Server {
			return e.Text + " (browsers show 1006)"
		}
	}
	return e.Text
}

// frameWords shows a frame with its bits where they are not the usual ones.
func frameWords(e wire.Event) string {
	m := message{op: ws.OpCode(e.Frame.Opcode), data: e.Data}
	if e.Data == nil {
		m.data = []byte(e.Text)
	}
	words := m.words()
	if e.Cut {
		words = opName(m.op) + " " + quoteOrHex(m.data[:min(32, len(m.data))]) + "… (" + showSize(e.Size) + ")"
	}
	if !e.Frame.Fin {
		words += ", not the last fragment"
	}
	if e.Frame.Rsv != 0 {
		words += fmt.Sprintf(", reserved bits %03b", e.Frame.Rsv)
	}
	if masked := (e.Dir == wire.Sent) == (e.End != wire.Server); masked != e.Frame.Masked {
		words += map[bool]string{true: ", masked", false: ", unmasked"}[e.Frame.Masked]
	}
	return words
}

func quoteOrHex(b []byte) string {
	if text := strings.ToValidUTF8(string(b), ""); len(text) > len(b)-4 {
		return strconv.Quote(text)
	}
	return spacedHex(b)
}
