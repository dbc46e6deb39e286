package check

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"regexp"
	"strconv"
	"unicode/utf8"
)

// A template is a string with {variables}.
type template string

var variable = regexp.MustCompile(`\{[a-z]+\}`)

var variables = map[string]bool{"{random}": true, "{n}": true, "{i}": true, "{accept}": true, "{id}": true}

// unknown returns a variable that the language does not have, or "".
func (t template) unknown() string {
	for _, v := range variable.FindAllString(string(t), -1) {
		if !variables[v] {
			return v[1 : len(v)-1]
		}
	}
	return ""
}

// values are what the variables of a template stand for.
type values struct {
	random, accept, id string
	n, i               int
}

func (t template) fill(v values) string {
	return variable.ReplaceAllStringFunc(string(t), func(name string) string {
		switch name {
		case "{random}":
			return v.random
		case "{accept}":
			return v.accept
		case "{id}":
			return v.id
		case "{n}":
			return strconv.Itoa(v.n)
		case "{i}":
			return strconv.Itoa(v.i)
		}
		return name
	})
}

// A payload is what a script says to send. The zero payload is empty.
type payload struct {
	text  template
	bytes []byte
	size  int // random bytes, when > 0
}

// payload consumes PAYLOAD.
func (a *args) payload() payload {
	switch {
	case a.isString():
		return payload{text: a.template("a string")}
	case a.take("hex"):
		return payload{bytes: a.hex()}
	case a.take("size"):
		return payload{size: a.size()}
	}
	a.failHere(`a payload: "text", hex 00 ff or size 64KiB`)
	return payload{}
}

// optionalPayload consumes PAYLOAD, if there is one.
func (a *args) optionalPayload() payload {
	if a.isString() || a.peek() == "hex" || a.peek() == "size" {
		return a.payload()
	}
	return payload{}
}

// make returns the bytes to send.
func (p payload) make(v values, rng *rand.Rand, printable bool) []byte {
	switch {
	case p.size > 0:
		return randomBytes(rng, p.size, printable)
	case p.bytes != nil:
		return p.bytes
	}
	return []byte(p.text.fill(v))
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

// randomBytes returns n random bytes, of letters when printable.
func randomBytes(rng *rand.Rand, n int, printable bool) []byte {
	out := make([]byte, 0, n+8)
	for len(out) < n {
		out = binary.LittleEndian.AppendUint64(out, rng.Uint64())
	}
	out = out[:n]
	if printable {
		for i, b := range out {
			out[i] = letters[b%64]
		}
	}
	return out
}

// randomWord returns a word of n small letters and digits.
func randomWord(rng *rand.Rand, n int) string {
	const alphabet = "abcdefghijkmnpqrstuvwxyz23456789"
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[rng.IntN(len(alphabet))]
	}
	return string(out)
}

// showPayload describes bytes for people: text quoted, other bytes in hex, long
// ones cut with their size said.
func showPayload(b []byte, text bool) string {
	const most = 48
	switch {
	case len(b) == 0:
		return `""`
	case text && utf8.Valid(b) && len(b) <= most:
		return strconv.Quote(string(b))
	case text && utf8.Valid(b):
		return quoteStart(b, most) + "… (" + showSize(len(b)) + ")"
	case len(b) <= most/3:
		return spacedHex(b)
	}
	return spacedHex(b[:most/3]) + " … (" + showSize(len(b)) + ")"
}

func quoteStart(b []byte, n int) string {
	for n > 0 && !utf8.RuneStart(b[n]) {
		n--
	}
	return strconv.Quote(string(b[:n]))
}

func spacedHex(b []byte) string {
	digits := hex.EncodeToString(b)
	out := make([]byte, 0, 3*len(b))
	for i := 0; i < len(digits); i += 2 {
		if i > 0 {
			out = append(out, ' ')
		}
		out = append(out, digits[i], digits[i+1])
	}
	return string(out)
}

// showSize writes a number of bytes with separators and its unit.
func showSize(n int) string {
	if n == 1 {
		return "1 byte"
	}
	return showCount(n) + " bytes"
}

func showCount(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
