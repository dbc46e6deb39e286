package wire

import "unicode/utf8"

// Show sets Size, Text or Data, and Cut from the whole content of a head,
// payload or line. It copies what it keeps.
func (e *Event) Show(content []byte) {
	e.show(content, len(content))
}

// show is Show for a content of which only the beginning is at hand.
func (e *Event) show(beginning []byte, size int) {
	shown := beginning[:min(len(beginning), MaxShown)]
	e.Size, e.Cut = size, len(shown) < size
	e.Text, e.Data = "", nil
	text := shown
	if e.Cut {
		text = wholeRunes(shown)
	}
	switch {
	case utf8.Valid(text):
		e.Text = string(text)
	default:
		e.Data = append([]byte(nil), shown...)
	}
}

// wholeRunes takes off the bytes of a last character that was cut in two.
func wholeRunes(b []byte) []byte {
	for back := 1; back <= utf8.UTFMax && back <= len(b); back++ {
		if start := len(b) - back; utf8.RuneStart(b[start]) {
			if utf8.FullRune(b[start:]) {
				return b
			}
			return b[:start]
		}
	}
	return b
}
