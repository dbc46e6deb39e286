package render

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"html"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A frame block holds the bytes of one WebSocket frame and is drawn with each
// of its fields explained (RFC 6455 §5.2):
//
//	```frame
//	# A masked "Hello"
//	81 85 37 fa 21 3d 7f 9f 4d 51 58
//	```
//
// Lines that begin with # are its caption.

// A field is one part of a frame: its bytes, what its bits are, what they say.
type field struct {
	part  string // head, length, mask or payload: a class
	bytes []byte
	bits  string // for fields of less than a byte
	name  string
	means string
}

// maxFrame bounds the bytes of a figure: more would not be read.
const maxFrame = 4096

func (p *passage) frame(f fence) string {
	var digits strings.Builder
	var caption []string
	for _, line := range strings.Split(f.body, "\n") {
		if c, ok := strings.CutPrefix(strings.TrimSpace(line), "#"); ok {
			caption = append(caption, strings.TrimSpace(c))
			continue
		}
		digits.WriteString(strings.Join(strings.Fields(line), ""))
	}
	raw, err := hex.DecodeString(digits.String())
	if err != nil || len(raw) > maxFrame {
		return p.box(f.line, "write bytes as pairs of hexadecimal digits: 81 05 48 65 6c 6c 6f", "the frame is not made of bytes, or of more than %d", maxFrame)
	}
	fields, err := decodeFrame(raw)
	if err != nil {
		return p.box(f.line, "see RFC 6455 §5.2, and write one whole frame", "the frame is wrong: %v", err)
	}
	var b strings.Builder
	b.WriteString(`<figure class="frame"`)
	if len(caption) == 0 {
		b.WriteString(` aria-label="The bytes of a WebSocket frame"`)
	}
	b.WriteString(">\n")
	if len(caption) > 0 {
		fmt.Fprintf(&b, "<figcaption>%s</figcaption>\n", p.inline(strings.Join(caption, "\n"), f.line+1))
	}
	drawFrame(&b, fields)
	b.WriteString("</figure>\n")
	return b.String()
}

func drawFrame(b *strings.Builder, fields []field) {
	b.WriteString("<p class=\"frame-bytes\">")
	for _, f := range fields {
		for _, c := range f.bytes {
			fmt.Fprintf(b, "<code class=\"frame-%s\">%02x</code> ", f.part, c)
		}
	}
	b.WriteString("</p>\n<div class=\"table-scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Fields of the frame\">\n<table>\n<thead><tr><th scope=\"col\">Bits, bytes</th><th scope=\"col\">Field</th><th scope=\"col\">Meaning</th></tr></thead>\n<tbody>\n")
	for _, f := range fields {
		bits := f.bits
		if bits == "" {
			bits = spaced(f.bytes)
		}
		fmt.Fprintf(b, "<tr class=\"frame-%s\"><td><code>%s</code></td><th scope=\"row\">%s</th><td>%s</td></tr>\n",
			f.part, bits, html.EscapeString(f.name), html.EscapeString(f.means))
	}
	b.WriteString("</tbody>\n</table>\n</div>\n")
}

// spaced writes bytes in hexadecimal; long ones are cut in the middle.
func spaced(raw []byte) string {
	if len(raw) <= 16 {
		return fmt.Sprintf("% x", raw)
	}
	return fmt.Sprintf("% x … % x", raw[:8], raw[len(raw)-4:])
}

var opcodes = map[byte]string{0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}

// decodeFrame takes one frame apart.
func decodeFrame(raw []byte) ([]field, error) {
	if len(raw) < 2 {
		return nil, fmt.Errorf("it has %d bytes, and the shortest has 2", len(raw))
	}
	fields := headFields(raw[0])
	masked := raw[1]&0x80 != 0
	fields = append(fields, field{part: "length", bytes: raw[1:2], bits: bit(raw[1], 7), name: "MASK", means: maskMeans(masked)})
	length, fields, rest, err := lengthFields(fields, raw)
	if err != nil {
		return nil, err
	}
	var key []byte
	if masked {
		if len(rest) < 4 {
			return nil, fmt.Errorf("the masking key needs 4 bytes, and %d are there", len(rest))
		}
		key, rest = rest[:4], rest[4:]
		fields = append(fields, field{part: "mask", bytes: key, name: "Masking key", means: "byte i of the payload is combined by XOR with byte i mod 4 of it"})
	}
	if uint64(len(rest)) != length {
		return nil, fmt.Errorf("its length says %d bytes of payload, and %d are there", length, len(rest))
	}
	return append(fields, payloadFields(raw[0]&0x0f, rest, key)...), nil
}

func headFields(b byte) []field {
	fin := "more fragments of the message follow"
	if b&0x80 != 0 {
		fin = "the last frame of its message"
	}
	rsv := "0, as no extension was agreed on"
	if b&0x70 != 0 {
		rsv = "set: an extension must have been agreed on, or the frame is illegal"
	}
	name, ok := opcodes[b&0x0f]
	if !ok {
		name = "reserved: a frame that uses it is illegal"
	}
	return []field{
		{part: "head", bytes: []byte{b}, bits: bit(b, 7), name: "FIN", means: fin},
		{part: "head", bits: fmt.Sprintf("%03b", b>>4&7), name: "RSV1–3", means: rsv},
		{part: "head", bits: fmt.Sprintf("%04b", b&0x0f), name: "opcode", means: fmt.Sprintf("0x%X: %s", b&0x0f, name)},
	}
}

// lengthFields reads the payload's length: 7 bits, or 16 or 64 more.
func lengthFields(fields []field, raw []byte) (uint64, []field, []byte, error) {
	n := raw[1] & 0x7f
	bits, rest := fmt.Sprintf("%07b", n), raw[2:]
	size := map[byte]int{126: 2, 127: 8}[n]
	if size == 0 {
		f := field{part: "length", bits: bits, name: "Payload length", means: count(uint64(n))}
		return uint64(n), append(fields, f), rest, nil
	}
	if len(rest) < size {
		return 0, nil, nil, fmt.Errorf("its length needs %d more bytes, and %d are there", size, len(rest))
	}
	length := binary.BigEndian.Uint64(append(make([]byte, 8-size), rest[:size]...))
	fields = append(fields,
		field{part: "length", bits: bits, name: "Payload length", means: fmt.Sprintf("%d: the length stands in the next %d bytes", n, size)},
		field{part: "length", bytes: rest[:size], name: "Extended payload length", means: count(length)})
	return length, fields, rest[size:], nil
}

func payloadFields(opcode byte, payload, key []byte) []field {
	if len(payload) == 0 {
		return nil
	}
	plain := append([]byte(nil), payload...)
	for i := range key {
		for j := i; j < len(plain); j += len(key) {
			plain[j] ^= key[i]
		}
	}
	means := payloadMeans(opcode, plain)
	if key != nil {
		means = "unmasked: " + spaced(plain) + ", " + means
	}
	return []field{{part: "payload", bytes: payload, name: "Payload", means: means}}
}

func payloadMeans(opcode byte, plain []byte) string {
	if opcode == 8 && len(plain) >= 2 {
		code := strconv.Itoa(int(binary.BigEndian.Uint16(plain)))
		if len(plain) == 2 {
			return "close code " + code
		}
		return "close code " + code + ", reason " + strconv.Quote(string(plain[2:]))
	}
	if opcode == 2 || !utf8.Valid(plain) {
		return count(uint64(len(plain))) + ", not text"
	}
	return "“" + string(plain) + "”"
}

func bit(b byte, n int) string {
	return strconv.Itoa(int(b >> n & 1))
}

func maskMeans(masked bool) string {
	if masked {
		return "masked, as every frame of a client is"
	}
	return "not masked, as no frame of a server is"
}

func count(n uint64) string {
	if n == 1 {
		return "1 byte"
	}
	return strconv.FormatUint(n, 10) + " bytes"
}
