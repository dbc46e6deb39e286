package socket

import (
	"testing"
	"unicode/utf8"
)

// Bytes at the borders of what may follow what (RFC 3629 §4).
var borders = []byte{0x00, 'a', 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff}

// Every text of up to four such bytes, cut everywhere: it is refused exactly
// when no end can make it valid.
func TestUTF8IsRefusedAtOnceAndOnlyThen(t *testing.T) {
	var text [4]byte
	var try func(n int)
	try = func(n int) {
		for cut := 0; cut <= n; cut++ {
			var c utf8Check
			first := c.add(text[:cut])
			ok := first && c.add(text[cut:n])
			if first != possible(text[:cut]) || ok != possible(text[:n]) {
				t.Fatalf("% x | % x: got %v, %v", text[:cut], text[cut:n], first, ok)
			}
			if ok && c.whole() != utf8.Valid(text[:n]) {
				t.Fatalf("% x | % x: whole is %v", text[:cut], text[cut:n], c.whole())
			}
		}
		if n == len(text) {
			return
		}
		for _, b := range borders {
			text[n] = b
			try(n + 1)
		}
	}
	try(0)
}

// possible tries every character that the end of p could be the beginning of.
func possible(p []byte) bool {
	for i := range 4 {
		if i > len(p) {
			break
		}
		if body, tail := p[:len(p)-i], p[len(p)-i:]; utf8.Valid(body) && begins[string(tail)] {
			return true
		}
	}
	return false
}

// begins holds the proper beginnings of all characters. The last byte, which is
// not in them, says which of 64 it is.
var begins = func() map[string]bool {
	m := map[string]bool{"": true}
	for r := rune(0); r <= utf8.MaxRune; r += 64 {
		if !utf8.ValidRune(r) {
			continue
		}
		s := string(r)
		for i := 1; i < len(s); i++ {
			m[s[:i]] = true
		}
	}
	return m
}()

func FuzzUTF8(f *testing.F) {
	f.Add([]byte("aä€😀"), 2)
	f.Add([]byte("\xf0\x9f\x98"), 1)
	f.Fuzz(func(t *testing.T, text []byte, cut int) {
		var c utf8Check
		cut = max(0, min(cut, len(text)))
		if got := c.add(text[:cut]) && c.add(text[cut:]) && c.whole(); got != utf8.Valid(text) {
			t.Errorf("%q cut at %d: %v", text, cut, got)
		}
	})
}

func BenchmarkUTF8(b *testing.B) {
	for name, text := range map[string]string{"ascii": "hello, ", "mixed": "ä€😀x"} {
		b.Run(name, func(b *testing.B) {
			p := make([]byte, 0, 16<<10)
			for len(p)+len(text) <= cap(p) {
				p = append(p, text...)
			}
			b.SetBytes(int64(len(p)))
			for b.Loop() {
				var c utf8Check
				if !c.add(p) {
					b.Fatal("refused")
				}
			}
		})
	}
}
