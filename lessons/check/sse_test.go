package check

import (
	"bufio"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

// TestInterpretation reads streams as WHATWG HTML §9.2.6 says; the first ones
// are the standard's own examples.
func TestInterpretation(t *testing.T) {
	for _, c := range []struct {
		name, stream string
		want         []event
	}{
		{"stock ticker", "data: YHOO\ndata: +2\ndata: 10\n\n", []event{{kind: "message", data: "YHOO\n+2\n10"}}},
		{"four blocks", ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
			[]event{{id: "1", kind: "message", data: "first event"}, {kind: "message", data: "second event"}, {kind: "message", data: " third event"}}},
		{"empty data", "data\n\ndata\ndata\n\ndata:", []event{{kind: "message"}, {kind: "message", data: "\n"}}},
		{"blank or not", "data:test\n\ndata: test\n\n", []event{{kind: "message", data: "test"}, {kind: "message", data: "test"}}},
		{"types", "event: add\ndata: 1\n\nevent: remove\ndata: 2\n\ndata: 3\n\n", []event{{kind: "add", data: "1"}, {kind: "remove", data: "2"}, {kind: "message", data: "3"}}},
		{"type without data", "event: x\n\ndata: 1\n\n", []event{{kind: "message", data: "1"}}},
		{"CR", "id: 1\rdata: a\r\rdata: b\r\r", []event{{id: "1", kind: "message", data: "a"}, {id: "1", kind: "message", data: "b"}}},
		{"CRLF", "id: 1\r\ndata: a\r\n\r\ndata: b\r\n\r\n", []event{{id: "1", kind: "message", data: "a"}, {id: "1", kind: "message", data: "b"}}},
		{"mixed ends", "data: a\r\ndata: b\rdata: c\n\r\n", []event{{kind: "message", data: "a\nb\nc"}}},
		{"BOM", "\uFEFFdata: a\n\n", []event{{kind: "message", data: "a"}}},
		{"two BOMs", "\uFEFF\uFEFFdata: a\n\n", nil},
		{"id with NUL", "id: 1\ndata: a\n\nid: 2\x00\ndata: b\n\n", []event{{id: "1", kind: "message", data: "a"}, {id: "1", kind: "message", data: "b"}}},
		{"id alone", "id: 7\n\ndata: a\n\n", []event{{id: "7", kind: "message", data: "a"}}},
		{"retry", "retry: 10\nretry: x\nretry: -1\ndata: a\n\n", []event{{kind: "message", data: "a"}}},
		{"unknown fields", "foo: bar\n data: x\nDATA: y\ndata: a\n\n", []event{{kind: "message", data: "a"}}},
		{"colons", "data: a: b\n\n", []event{{kind: "message", data: "a: b"}}},
		{"not UTF-8", "data: a\xff\n\n", []event{{kind: "message", data: "a\uFFFD"}}},
		{"unfinished", "data: a\n\ndata: b\n", []event{{kind: "message", data: "a"}}},
	} {
		for name, r := range map[string]*bufio.Reader{
			"whole":     bufio.NewReader(strings.NewReader(c.stream)),
			"in pieces": bufio.NewReader(iotest.OneByteReader(strings.NewReader(c.stream))),
		} {
			if got := interpret(r); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%s, %s: %+v, want %+v", c.name, name, got, c.want)
			}
		}
	}
}

func interpret(r *bufio.Reader) []event {
	lines, p := lineReader{br: r, first: true}, streamParser{}
	var out []event
	for {
		line, err := lines.next()
		if err != nil {
			return out
		}
		if e, ok := p.line(line); ok {
			out = append(out, e)
		}
	}
}

// TestRetry takes digits only.
func TestRetry(t *testing.T) {
	for value, want := range map[string]int64{"3000": 3000, "3s": 0, "-1": 0, "+1": 0, "": 0, "99999999999": 0} {
		p := streamParser{}
		p.line("retry: " + value)
		if got := p.retry.Milliseconds(); got != want {
			t.Errorf("retry %q is %d", value, got)
		}
	}
}

// FuzzStream reads anything without breaking.
func FuzzStream(f *testing.F) {
	f.Add("data: a\r\n\r\n:c\rid: 1\n\n")
	f.Fuzz(func(t *testing.T, stream string) {
		whole := interpret(bufio.NewReader(strings.NewReader(stream)))
		pieces := interpret(bufio.NewReader(iotest.OneByteReader(strings.NewReader(stream))))
		if !reflect.DeepEqual(whole, pieces) {
			t.Errorf("%q read whole is %+v, in pieces %+v", stream, whole, pieces)
		}
	})
}
