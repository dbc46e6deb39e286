package socket

import "unicode/utf8"

// A utf8Check follows a text that comes in pieces, cut anywhere, and knows at
// each byte whether it can still become valid UTF-8 (RFC 3629).
type utf8Check struct {
	tail [utf8.UTFMax]byte // a character of which the end has not come
	n    int               // bytes in tail
}

// add takes the next piece. It reports false at the first byte that no valid
// text has there.
func (c *utf8Check) add(p []byte) bool {
	for ; c.n > 0 && len(p) > 0; p = p[1:] {
		c.tail[c.n] = p[0]
		c.n++
		if utf8.FullRune(c.tail[:c.n]) { // also of what is wrong already
			if !utf8.Valid(c.tail[:c.n]) {
				return false
			}
			c.n = 0
		}
	}
	for i := max(0, len(p)-utf8.UTFMax+1); i < len(p); i++ {
		if utf8.RuneStart(p[i]) && !utf8.FullRune(p[i:]) {
			c.n = copy(c.tail[:], p[i:])
			p = p[:i]
		}
	}
	return utf8.Valid(p)
}

// whole reports whether the text may end here: not inside a character.
func (c *utf8Check) whole() bool { return c.n == 0 }
