package watch

import (
	"io"

	"duplex/lessons/check"
)

// A Key is what was typed: a letter, or one of these.
type Key string

const (
	Up    Key = "up"
	Down  Key = "down"
	Enter Key = "enter"
	Esc   Key = "esc"
	Quit  Key = "quit" // Ctrl+C, Ctrl+D, or the end of the input
)

// ReadKeys sends what is typed on a terminal in raw mode, until the end of r;
// then keys is closed.
func ReadKeys(r io.Reader, keys chan<- Key) {
	defer close(keys)
	b := make([]byte, 64)
	for {
		n, err := r.Read(b)
		for _, key := range parseKeys(b[:n]) {
			keys <- key
		}
		if err != nil {
			return
		}
	}
}

// sequences are those that terminals send for keys, without their ESC.
var sequences = map[string]Key{"[A": Up, "OA": Up, "[B": Down, "OB": Down}

// parseKeys reads what arrived at once: an escape sequence comes in one piece.
func parseKeys(b []byte) (keys []Key) {
	for len(b) > 0 {
		switch c := b[0]; {
		case c == 0x1b && len(b) >= 3 && (b[1] == '[' || b[1] == 'O'):
			if key, ok := sequences[string(b[1:3])]; ok {
				keys = append(keys, key)
			}
			b = b[sequence(b):]
			continue
		case c == 0x1b:
			keys = append(keys, Esc)
		case c == 0x03, c == 0x04:
			keys = append(keys, Quit)
		case c == '\r', c == '\n':
			keys = append(keys, Enter)
		case c > ' ' && c < 0x7f:
			keys = append(keys, Key(c))
		}
		b = b[1:]
	}
	return keys
}

// sequence is the length of the escape sequence that b begins with.
func sequence(b []byte) int {
	for i := 2; i < len(b); i++ {
		if b[i] >= 0x40 && b[i] <= 0x7e {
			return i + 1
		}
	}
	return len(b)
}

// press does what a key asks for, and reports whether that is the end.
func (w *watcher) press(key Key) (quit bool) {
	w.note = ""
	if key == Quit {
		return true
	}
	if w.list {
		w.pressList(key)
		return false
	}
	switch key {
	case "q":
		return true
	case "n":
		w.goNext()
	case "h":
		w.hint()
	case "l":
		w.list, w.scroll, w.chosen = true, 0, w.index(w.current)
	case "c":
		for _, e := range w.exercises {
			w.ask(e)
		}
	case Down, "j":
		w.scroll++
	case Up, "k":
		w.scroll--
	case "r", Enter:
		w.askFirst(w.current)
	}
	return false
}

func (w *watcher) pressList(key Key) {
	switch key {
	case Up, "k":
		w.chosen = max(w.chosen-1, 0)
	case Down, "j":
		w.chosen = min(w.chosen+1, len(w.exercises)-1)
	case Enter:
		w.list = false
		w.goTo(w.exercises[w.chosen])
	case Esc, "l", "q":
		w.list = false
	}
}

func (w *watcher) goNext() {
	next := w.next()
	switch {
	case next != nil:
		w.goTo(next)
	case w.current.verdict == check.Pass:
		w.note = "All exercises pass. There is none left."
	default:
		w.note = "All the others pass: this is the last one."
	}
}

// goTo makes an exercise current, and has it checked if its verdict is not
// known or has no words.
func (w *watcher) goTo(e *exercise) {
	w.current, w.scroll = e, 0
	if e.verdict != check.Pass && len(e.steps) == 0 && e != w.checking {
		w.askFirst(e)
	}
}

func (w *watcher) hint() {
	e := w.current
	all, step := e.allHints()
	if step != e.hinted {
		e.hints, e.hinted = 0, step
	}
	switch {
	case e.verdict == check.Pass:
		w.note = "It passes: no hint is needed."
	case e.trouble != "" && len(e.steps) == 0:
		w.note = "First mend what is said above; the hints are for a program that runs."
	case e.hints < len(all):
		e.hints++
	default:
		w.note = "That is every hint for this step."
	}
}
