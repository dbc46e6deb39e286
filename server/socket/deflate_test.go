package socket

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/iotest"
)

// TestKeepable: which offers the library gets to see.
func TestKeepable(t *testing.T) {
	for offers, want := range map[string]string{
		"":                   "",
		"permessage-deflate": "permessage-deflate",
		"permessage-deflate; client_max_window_bits":                                 "permessage-deflate; client_max_window_bits",
		`permessage-deflate; client_max_window_bits="9"; server_no_context_takeover`: `permessage-deflate; client_max_window_bits="9"; server_no_context_takeover`,
		"permessage-deflate; client_no_context_takeover=1":                           "",
		"permessage-deflate; client_max_window_bits=16":                              "",
		"permessage-deflate; client_max_window_bits=08":                              "",
		"permessage-deflate; client_max_window_bits=":                                "",
		"permessage-deflate; client_max_window_bits=+9":                              "",
		`permessage-deflate; client_max_window_bits="+9"`:                            "",
		"permessage-deflate; client_max_window_bits=-9":                              "",
		"permessage-deflate; client_max_window_bits=1_5":                             "",
		"permessage-deflate; server_max_window_bits=10":                              "",
		"permessage-deflate; server_no_context_takeover; server_no_context_takeover": "",
		"permessage-deflate; x":                                                      "",
		"x-webkit-deflate-frame":                                                     "",
		"permessage-deflate; server_max_window_bits=10,permessage-deflate":           "permessage-deflate",
	} {
		r := &http.Request{Header: http.Header{"Sec-Websocket-Extensions": {offers}}}
		if got := keepable(r).Header.Get("Sec-Websocket-Extensions"); got != want {
			t.Errorf("%q: %q, want %q", offers, got, want)
		}
	}
}

// A reading is a connection that only reads.
type reading struct {
	net.Conn
	io.Reader
}

func (r reading) Read(p []byte) (int, error) { return r.Reader.Read(p) }

// TestBitGuard: all that comes before a frame with a wrong RSV1 is read, then
// the error, once, however the bytes arrive.
func TestBitGuard(t *testing.T) {
	long := append([]byte{0xc2, 0xfe, 1, 0, 0, 0, 0, 0}, bytes.Repeat([]byte{0x40}, 256)...)
	longest := append([]byte{0xc2, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0}, bytes.Repeat([]byte{0x40}, 65536)...)
	fragments := []byte{0x41, 0x81, 0, 0, 0, 0, 0x40, 0x89, 0x80, 0, 0, 0, 0, 0x80, 0x80, 0, 0, 0, 0}
	for name, c := range map[string]struct {
		good []byte
		bad  []byte
	}{
		"good":                {bytes.Join([][]byte{fragments, long, longest, fragments}, nil), nil},
		"ping":                {fragments, []byte{0xc9, 0x80, 1, 2, 3, 4}},
		"close behind a long": {long, []byte{0xc8, 0x80, 1, 2, 3, 4}},
		"continuation":        {fragments[:7], []byte{0xc0, 0x81, 1, 2, 3, 4, 5}},
		"first of all":        {nil, []byte{0xca, 0x80, 1, 2, 3, 4}},
		"behind the longest":  {longest, []byte{0x40, 0x80, 1, 2, 3, 4}},
	} {
		for way, reader := range map[string]func(io.Reader) io.Reader{"at once": func(r io.Reader) io.Reader { return r }, "by bytes": iotest.OneByteReader} {
			g := &bitGuard{Conn: reading{nil, reader(bytes.NewReader(append(bytes.Clone(c.good), c.bad...)))}}
			got, err := io.ReadAll(g)
			if !bytes.Equal(got, c.good) || errors.Is(err, errBit) != (c.bad != nil) {
				t.Errorf("%s, %s: %d bytes, %v; want %d", name, way, len(got), err, len(c.good))
			}
		}
	}
}
