package check

import (
	"bytes"
	"compress/flate"
	"io"

	"github.com/gobwas/ws"

	"duplex/server/wire"
)

// A deflate compresses what a connection sends and inflates what comes, as its
// two ends agreed (RFC 7692 §7.2). Whoever sends uses compress, the reader
// inflate; they may run at the same time.
type deflate struct {
	agreed extension

	out  *flate.Writer
	sent bytes.Buffer
	seen []byte // the end of what came, which the next message may refer to
}

const (
	// window is how far back DEFLATE may refer, in bytes (RFC 1951 §2).
	window = 32 << 10

	// emptyBlock is how a flush ends; the sender leaves it out (RFC 7692 §7.2.1).
	emptyBlock = "\x00\x00\xff\xff"

	// lastBlock ends the stream for our own reader.
	lastBlock = "\x01\x00\x00\xff\xff"
)

func newDeflate(agreed extension) *deflate {
	return &deflate{agreed: agreed}
}

// writer returns what compresses, which is large and made when it is needed.
func (d *deflate) writer() *flate.Writer {
	if d.out == nil {
		level := flate.DefaultCompression
		if _, limited := d.agreed.params[clientWindow]; limited {
			level = flate.HuffmanOnly // refers to nothing, which fits in every window
		}
		d.out, _ = flate.NewWriter(&d.sent, level) // the level exists
	}
	return d.out
}

// compress returns the payload that stands for a message.
func (d *deflate) compress(message []byte) []byte {
	out := d.writer()
	if _, forget := d.agreed.params[clientForgets]; forget {
		out.Reset(&d.sent)
	}
	d.sent.Reset()
	out.Write(message) // a bytes.Buffer takes everything
	out.Flush()
	return bytes.Clone(bytes.TrimSuffix(d.sent.Bytes(), []byte(emptyBlock)))
}

// inflate returns the message that a payload stands for.
func (d *deflate) inflate(payload []byte) ([]byte, error) {
	if _, forgets := d.agreed.params[serverForgets]; forgets {
		d.seen = nil
	}
	in := bytes.NewReader(append(append(bytes.Clone(payload), emptyBlock...), lastBlock...))
	message, dict := []byte{}, d.seen
	for in.Len() > 0 { // a message may hold several streams (RFC 7692 §7.2.3.4)
		more, err := io.ReadAll(io.LimitReader(flate.NewReaderDict(in, dict), maxMessage+1))
		if message = append(message, more...); len(message) > maxMessage {
			return nil, violates("a compressed message of more than 16 MiB; no message of this step is longer")
		}
		if err != nil {
			return nil, violates("a compressed message that cannot be inflated after %s of it (RFC 7692 §7.2.2)", showSize(len(message)))
		}
		dict = lastBytes(dict, more)
	}
	d.seen = dict
	return message, nil
}

// lastBytes is the window after more came.
func lastBytes(seen, more []byte) []byte {
	all := append(bytes.Clone(seen), more[max(0, len(more)-window):]...)
	return all[max(0, len(all)-window):]
}

// whole is a message whose frames have all come.
func (c *conn) whole(asm assembly) ([]byte, error) {
	if !asm.deflated {
		return asm.data, nil
	}
	message, err := c.deflate.inflate(asm.data)
	if err == nil {
		c.tape.note(c.name, wire.KindNote, "which inflates to "+showPayload(message, asm.op == ws.OpText))
	}
	return message, err
}
