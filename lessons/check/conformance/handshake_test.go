package conformance

import (
	"bytes"
	"compress/flate"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// handshake answers the opening handshake, and reports whether it is a
// WebSocket's.
func (c *session) handshake(r *http.Request) bool {
	if status := c.refuses(r); status != 0 {
		fmt.Fprintf(c, "HTTP/1.1 %d %s\r\nSec-WebSocket-Version: 13\r\nContent-Length: 0\r\n\r\n", status, http.StatusText(status))
		return false
	}
	key := r.Header.Get("Sec-WebSocket-Key")
	if c.has("one accept for all") {
		key = "always the same"
	}
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	head := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(sum[:]) + "\r\n"
	if offers := r.Header.Get("Sec-WebSocket-Extensions"); c.has("the offers are sent back") && offers != "" {
		head += "Sec-WebSocket-Extensions: " + offers + "\r\n"
	} else if params, ok := c.takesUp(offers); ok {
		c.codec = newCodec(c.server, params)
		head += "Sec-WebSocket-Extensions: " + strings.Join(append([]string{"permessage-deflate"}, params...), "; ") + "\r\n"
	}
	if wanted := r.Header.Get("Sec-WebSocket-Protocol"); c.has("the subprotocols are sent back") && wanted != "" {
		head += "Sec-WebSocket-Protocol: " + wanted + "\r\n"
	}
	_, err := io.WriteString(c, head+"\r\n")
	return err == nil
}

// refuses returns the status for a request that is no opening handshake, or 0.
func (c *session) refuses(r *http.Request) int {
	key, err := base64.StdEncoding.DecodeString(r.Header.Get("Sec-WebSocket-Key"))
	switch {
	case r.Method != http.MethodGet && !c.has("any method"):
		return http.StatusMethodNotAllowed
	case (!holds(r, "Upgrade", "websocket") || !holds(r, "Connection", "Upgrade")) && !c.has("an upgrade unasked"):
		return http.StatusUpgradeRequired
	case r.Header.Get("Sec-WebSocket-Version") != "13" && !c.has("any version"):
		return http.StatusUpgradeRequired
	case r.Host == "", (err != nil || len(key) != 16) && !c.has("any key"):
		return http.StatusBadRequest
	}
	return 0
}

func holds(r *http.Request, name, token string) bool {
	return slices.ContainsFunc(strings.Split(r.Header.Get(name), ","), func(item string) bool {
		return strings.EqualFold(strings.TrimSpace(item), token)
	})
}

// takesUp returns the parameters of the answer to the first offer that this
// server can keep.
func (c *session) takesUp(offers string) ([]string, bool) {
	for _, offer := range strings.Split(offers, ",") {
		words := strings.Split(offer, ";")
		if !c.compress || strings.TrimSpace(words[0]) != "permessage-deflate" {
			continue
		}
		if params, ok := c.keeps(words[1:]); ok {
			return params, true
		}
	}
	return nil, false
}

// keeps judges the parameters of an offer.
func (c *session) keeps(offered []string) (answer []string, ok bool) {
	seen := map[string]bool{}
	for _, param := range offered {
		param = strings.TrimSpace(param)
		name, value, valued := strings.Cut(param, "=")
		bits, err := strconv.ParseUint(value, 10, 8)
		inRange := err == nil && bits >= 8 && bits <= 15 && value[0] != '0'
		switch {
		case c.has("any offer"):
			continue
		case seen[name]:
			return nil, false
		case name == "server_no_context_takeover" && !valued, name == "client_no_context_takeover" && !valued:
			answer = append(answer, name)
		case name == "client_max_window_bits" && (!valued || inRange):
		case name == "server_max_window_bits" && inRange && bits == 15:
			answer = append(answer, param)
		default: // unknown, wrong, or a window that compress/flate cannot keep to
			return nil, false
		}
		seen[name] = true
	}
	return answer, true
}

// A codec compresses as was agreed on.
type codec struct {
	*server
	params []string
	buf    bytes.Buffer
	out    *flate.Writer
	window []byte
}

func newCodec(s *server, params []string) *codec {
	c := &codec{server: s, params: params}
	c.out, _ = flate.NewWriter(&c.buf, flate.BestSpeed)
	if s.has("a window kept against the promise") {
		c.out, _ = flate.NewWriter(&c.buf, flate.DefaultCompression)
	}
	return c
}

func (c *codec) deflate(message []byte) []byte {
	if slices.Contains(c.params, "server_no_context_takeover") && !c.has("a window kept against the promise") {
		c.out.Reset(&c.buf)
	}
	c.buf.Reset()
	c.out.Write(message)
	c.out.Flush()
	return bytes.TrimSuffix(c.buf.Bytes(), []byte("\x00\x00\xff\xff"))
}

func (c *codec) inflate(payload []byte) ([]byte, error) {
	if slices.Contains(c.params, "client_no_context_takeover") || c.has("the window is forgotten") {
		c.window = nil
	}
	in := bytes.NewReader(append(payload, "\x00\x00\xff\xff\x01\x00\x00\xff\xff"...))
	message, err := io.ReadAll(flate.NewReaderDict(in, c.window))
	c.window = append(c.window, message...)
	c.window = c.window[max(0, len(c.window)-32<<10):]
	return message, err
}
