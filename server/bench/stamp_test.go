package bench

import (
	"strings"
	"testing"
)

func TestStampIsFoundAgain(t *testing.T) {
	want := stamp{due: 1<<62 + 5, publisher: 65537, seq: 1<<40 + 7}
	for _, around := range []string{
		"{message}", `{"type":"message","text":"{message}","at":"x@y"}`, "@{message}", "@@12345678{message}@",
		strings.Repeat("@", stampSize) + "{message}",
	} {
		sent := newText(around, 100)
		want.put(sent.bytes[sent.at:], 0xcafe)
		got, at := findStamp(sent.bytes, 0xcafe)
		if got != want || at != sent.at {
			t.Errorf("in %q: %v at %d, want %v at %d", around, got, at, want, sent.at)
		}
		if _, at := findStamp(sent.bytes, 0xcaff); at >= 0 {
			t.Errorf("in %q: a stamp of another run was taken for ours", around)
		}
		if _, at := findStamp(sent.bytes[:sent.at+stampSize-1], 0xcafe); at >= 0 {
			t.Errorf("in %q: a stamp that is cut off was taken for one", around)
		}
	}
}

func TestDamagedStampIsNone(t *testing.T) {
	sent := newText(place, stampSize)
	for i := range stampSize {
		stamp{1, 2, 3}.put(sent.bytes, 7)
		sent.bytes[i] = 'g'
		if s, at := findStamp(sent.bytes, 7); at >= 0 {
			t.Errorf("with byte %d damaged: %v", i, s)
		}
	}
}

func TestChangedText(t *testing.T) {
	sent := newText(`<{message}>`, 60)
	stamp{}.put(sent.bytes[sent.at:], 7)
	for _, c := range []struct {
		came string
		same bool
	}{
		{string(sent.bytes), true},
		{string(sent.bytes) + "\n", false},
		{" " + string(sent.bytes[1:]), false},
		{strings.Replace(string(sent.bytes), ".>", ",>", 1), false},
		{string(sent.bytes[1:]), false},
	} {
		_, at := findStamp([]byte(c.came), 7)
		if got := sent.same([]byte(c.came), at); got != c.same {
			t.Errorf("%q: same is %t", c.came, got)
		}
	}
}
