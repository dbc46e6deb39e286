package socket

import (
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/gorilla/websocket"
)

// The library takes up every offer of permessage-deflate, whatever its
// parameters, and passes over RSV1 where it may not stand. What follows sees
// to both.

// keepable returns a request in which the offers of extensions are only those
// that the library can keep: without a context kept between messages, with a
// window of 32 KiB, and with no parameter that RFC 7692 §7.1 has declined.
func keepable(r *http.Request) *http.Request {
	var kept []string
	for _, offer := range strings.Split(strings.Join(r.Header.Values("Sec-Websocket-Extensions"), ","), ",") {
		if keeps(strings.Split(offer, ";")) {
			kept = append(kept, offer)
		}
	}
	r = r.Clone(r.Context())
	r.Header.Del("Sec-Websocket-Extensions")
	if len(kept) > 0 {
		r.Header.Set("Sec-Websocket-Extensions", strings.Join(kept, ","))
	}
	return r
}

// keeps judges one offer: the extension's name, then its parameters.
func keeps(offer []string) bool {
	seen := make(map[string]bool)
	for _, param := range offer[1:] {
		name, value, valued := strings.Cut(strings.TrimSpace(param), "=")
		if seen[name] || !keepsParameter(name, strings.Trim(value, `"`), valued) {
			return false
		}
		seen[name] = true
	}
	return strings.TrimSpace(offer[0]) == "permessage-deflate"
}

// keepsParameter judges one parameter. Who asks for a smaller window of ours
// is declined: compress/flate has but one size.
func keepsParameter(name, value string, valued bool) bool {
	switch name {
	case "server_no_context_takeover", "client_no_context_takeover":
		return !valued
	case "client_max_window_bits":
		bits, err := strconv.ParseUint(value, 10, 8) // takes no sign
		return !valued || err == nil && bits >= 8 && bits <= 15 && value[0] != '0'
	}
	return false
}

// errBit ends a connection whose peer set RSV1 on a control frame, or on a
// frame that does not begin a message (RFC 7692 §6.1).
var errBit = &Refusal{websocket.CloseProtocolError, "RSV1 is for the first frame of a message"}

// A bitGuard follows the frames that are read through it, and fails at one
// with RSV1 where it may not stand. It looks at headers alone.
type bitGuard struct {
	net.Conn
	header  [14]byte // of the frame that is being read, as far as it came
	have    int
	payload uint64 // bytes of the frame that are still to come
	wrong   bool   // such a frame came
	over    bool   // and its error was returned
}

// Read passes on what came before the frame that is wrong, then fails once.
// After that whoever reads only wants to be rid of the rest.
func (g *bitGuard) Read(p []byte) (int, error) {
	if g.wrong && !g.over {
		g.over = true
		return 0, errBit
	}
	n, err := g.Conn.Read(p)
	if g.over {
		return n, err
	}
	good := g.follow(p[:n])
	if g.wrong = good < n; !g.wrong {
		return n, err
	}
	if good == 0 {
		return g.Read(p)
	}
	return good, nil
}

// follow returns how many of the bytes come before a frame that is wrong.
func (g *bitGuard) follow(p []byte) int {
	for i := 0; i < len(p); {
		if g.payload > 0 {
			skip := min(g.payload, uint64(len(p)-i))
			g.payload, i = g.payload-skip, i+int(skip)
			continue
		}
		if g.have == 0 && p[i]&0x40 != 0 && p[i]&0x0f != websocket.TextMessage && p[i]&0x0f != websocket.BinaryMessage {
			return i
		}
		g.header[g.have] = p[i]
		g.have, i = g.have+1, i+1
		g.endHeader()
	}
	return len(p)
}

// endHeader begins the payload once the header is whole.
func (g *bitGuard) endHeader() {
	if g.have < 2 {
		return
	}
	lengths := map[byte]int{126: 2, 127: 8}
	short := g.header[1] & 0x7f
	whole := 2 + lengths[short]
	if g.header[1]&0x80 != 0 {
		whole += 4
	}
	if g.have < whole {
		return
	}
	g.have, g.payload = 0, uint64(short)
	if n := lengths[short]; n > 0 {
		g.payload = 0
		for _, b := range g.header[2 : 2+n] {
			g.payload = g.payload<<8 | uint64(b)
		}
	}
}

// NetConn returns the connection below.
func (g *bitGuard) NetConn() net.Conn { return g.Conn }

// CloseWrite ends our half of the connection.
func (g *bitGuard) CloseWrite() error {
	if half, ok := g.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}
