// Package columns measures text as a terminal shows it: in columns, of which a
// letter takes one, a Chinese character or an emoji two, and an accent that
// is set on the letter before it none.
package columns

import (
	"strings"
	"unicode"
)

// wide holds the characters of two columns, in order (Unicode's East Asian
// Width W and F, and emoji).
var wide = [][2]rune{
	{0x1100, 0x115f}, {0x231a, 0x231b}, {0x23e9, 0x23ec}, {0x2614, 0x2615}, {0x26a1, 0x26a1}, {0x2705, 0x2705},
	{0x274c, 0x274c}, {0x2795, 0x2797}, {0x2b50, 0x2b50}, {0x2e80, 0x303e}, {0x3041, 0x33ff}, {0x3400, 0x4dbf},
	{0x4e00, 0x9fff}, {0xa000, 0xa4cf}, {0xa960, 0xa97f}, {0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0xfe30, 0xfe6f},
	{0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f1e6, 0x1f1ff}, {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f7e0, 0x1f7eb},
	{0x1f900, 0x1faff}, {0x20000, 0x3fffd},
}

// Width is how many columns s takes. Escape sequences that set a colour take
// none.
func Width(s string) int {
	n := 0
	for part := range plain(s) {
		for _, r := range part {
			n += width(r)
		}
	}
	return n
}

// plain yields s without its escape sequences.
func plain(s string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for {
			text, rest, found := strings.Cut(s, "\x1b[")
			if !yield(text) || !found {
				return
			}
			_, s, _ = strings.Cut(rest, "m")
		}
	}
}

func width(r rune) int {
	switch {
	case r < 0x20, unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r < wide[0][0]:
		return 1
	}
	for _, w := range wide {
		if r <= w[1] {
			if r >= w[0] {
				return 2
			}
			break
		}
	}
	return 1
}

// Fit cuts s, which holds no escape sequences, to at most n columns; what was
// cut shows as "…".
func Fit(s string, n int) string {
	if Width(s) <= n {
		return s
	}
	used := 0
	for i, r := range s {
		if used += width(r); used > n-1 {
			return s[:i] + strings.Repeat("…", min(n, 1))
		}
	}
	return s
}

// Pad adds blanks until s takes n columns.
func Pad(s string, n int) string { return s + strings.Repeat(" ", max(n-Width(s), 0)) }
