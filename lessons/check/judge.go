package check

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gobwas/ws"
)

// A failure is why a step is not passed: the words of its Result, and the
// conditions by which its likely cause is found.
type failure struct {
	verdict  Verdict
	optional bool // the step needs what a server may do without, and this one does
	why      string
	tags     []string // conditions, the most telling first
	awaiting string   // what the step was at: head, message, pong, close, eof, event, room, send
	sent     string
	expected string
	got      string
	came     string // the content of what came, for the condition got
	bytes    string // the same in hexadecimal, where it came as binary
	certain  string // a cause that is known; only a "got" of the script goes before it
	likely   string // overrides the built-in cause; the script's own goes first
}

// fail begins a failure for which c is the witness.
func fail(why string, tags ...string) *failure {
	return &failure{verdict: Fail, why: why, tags: tags}
}

// stamp writes a time since the step began, as the last column of a line.
func stamp(d time.Duration) string {
	return fmt.Sprintf("  t=%dms", d.Round(time.Millisecond).Milliseconds())
}

// showDuration writes a wait as a script would.
func showDuration(d time.Duration) string {
	return strings.TrimSuffix(strings.TrimSuffix(d.String(), "0s"), "0m")
}

// of names the connection, where it has a name.
func (c *conn) of() string {
	if c.name == "" {
		return ""
	}
	return c.name + " "
}

// evidence fills in what c sent and, unless there is better, what it got.
func (f *failure) evidence(c *conn) *failure {
	if f.sent == "" && c.sent.words != "" {
		f.sent = c.of() + c.sent.words + stamp(c.sent.at)
	}
	if f.got == "" {
		f.got = c.stateWords()
	}
	return f
}

// stateWords says what came last, when nothing more did.
func (c *conn) stateWords() string {
	_, _, last, open := c.box.snapshot()
	if begun := open.words(); begun != "" {
		return c.of() + begun
	}
	if last.words == nil {
		return c.of() + "nothing"
	}
	return c.of() + "nothing more; the last was " + last.words() + stamp(last.at)
}

// words says what had begun to come.
func (u unfinished) words() string {
	switch {
	case u.frameHave < u.frameWant:
		return fmt.Sprintf("%s of a frame that announces %s", showSize(u.frameHave), showSize(u.frameWant))
	case u.fragmented:
		return fmt.Sprintf("fragments of %s together, none of them the last", showSize(u.fragments))
	case len(u.lines) > 0:
		return "lines that no blank line ended: " + strings.Join(u.lines, " ⏎ ")
	}
	return ""
}

// interrupted is the failure for something that did not come: because the
// connection ended, because a Close frame came instead, or because time ran out.
func (c *conn) interrupted(awaiting, what, inTime string) *failure {
	end, closed, _, open := c.box.snapshot()
	var f *failure
	switch {
	case end != nil && end.kind == endBroken:
		f = &failure{verdict: Error, why: "the checker itself broke: " + end.words, got: end.words}
	case end != nil && (end.kind == endViolation || end.kind == endFlood):
		f = fail(c.violationWhy(end), end.kind)
		f.got = c.of() + "← " + end.words + stamp(end.at)
	case closed != nil:
		f = fail(string(c.peer)+" closed before "+what+" came", "close "+strconv.Itoa(closed.code), "close")
		f.got = c.of() + closed.words() + stamp(closed.at)
	case end != nil:
		f = fail(string(c.peer)+" hung up before "+what+" came", endTags(end)...)
		f.got = c.of() + c.hungUpWords(end)
	default:
		f = fail(what+" did not come "+inTime, "timeout")
		if open.words() != "" {
			f.tags = []string{"unfinished", "timeout"}
		}
	}
	f.awaiting = awaiting
	return f.evidence(c)
}

func (c *conn) violationWhy(end *ending) string {
	if end.kind == endFlood {
		return end.words
	}
	return string(c.peer) + " broke RFC 6455"
}

func endTags(end *ending) []string {
	if end.kind == endReset {
		return []string{"reset", "eof"}
	}
	return []string{"eof"}
}

// hungUpWords says how TCP ended, and what a browser makes of it.
func (c *conn) hungUpWords(end *ending) string {
	words := map[string]string{endReset: "TCP reset", endEOF: "TCP closed"}[end.kind]
	if _, _, _, open := c.box.snapshot(); open.words() != "" {
		words += " after " + open.words()
	}
	switch {
	case c.upright && c.peer == theServer:
		words += " without a Close frame (browsers show 1006)"
	case c.upright:
		words += " without a Close frame"
	}
	return words + stamp(end.at)
}

func (f *closeFrame) words() string {
	if f.code == 1005 {
		return "← Close without a code"
	}
	words := fmt.Sprintf("← Close %d", f.code)
	if f.reason != "" {
		words += " " + showPayload([]byte(f.reason), true)
	}
	return words
}

// compare judges a message that came against the one expected; later are those
// that are expected after it.
func (c *conn) compare(got, want message, later []message) *failure {
	if got.op == want.op && bytes.Equal(got.data, want.data) {
		return nil
	}
	f := c.difference(got, want, later)
	f.awaiting = "message"
	f.expected = c.of() + "← " + want.words()
	f.got, f.came = c.of()+"← "+got.words()+stamp(got.at), string(got.data)
	if got.op == ws.OpBinary {
		f.bytes = spacedHex(got.data[:min(len(got.data), readChunk)])
	}
	return f.evidence(c)
}

// difference finds what kind of difference it is.
func (c *conn) difference(got, want message, later []message) *failure {
	name, wanted := strings.ToLower(opName(got.op)), strings.ToLower(opName(want.op))
	switch {
	case got.op != want.op && bytes.Equal(got.data, want.data):
		return fail(fmt.Sprintf("the %s came%s as %s", wanted, c.back(), name), name)
	case got.op != want.op:
		return fail(fmt.Sprintf("a %s message came instead of %s", name, wanted), name, "different")
	case len(got.data) > 0 && c.seen[got.sum()] > 0:
		return fail("a message came a second time", "duplicate", "different")
	case among(later, got):
		return fail("a message came before its turn", "reordered", "missing", "different")
	case len(got.data) > 0 && c.before[got.sum()] > 0: // on a connection before; here it may be due again
		return fail("a message came a second time", "duplicate", "different")
	case len(got.data) == 0:
		return fail("an empty message came instead", "different")
	case bytes.Contains(want.data, got.data):
		return fail("only a part of the message came"+c.back(), "partial", "different")
	case len(want.data) > 0 && bytes.Contains(got.data, want.data):
		return c.wrapped(got, want, later)
	}
	if len(want.data) == 0 || got.data[0] != want.data[0] {
		f := fail("another message came instead", "different")
		f.likely = map[party]string{
			theServer:  "The server says something of its own, or it answers something else.",
			theProgram: "Your program sends something else here, or something more before it.",
		}[c.peer]
		return f
	}
	return fail("the message came"+c.back()+" changed"+firstDifference(got.data, want.data), "different")
}

// wrapped tells messages that were joined from one that got words around it.
func (c *conn) wrapped(got, want message, later []message) *failure {
	for _, m := range later {
		if len(m.data) > 0 && bytes.Contains(got.data, m.data) {
			return fail("several messages came joined in one", "joined", "different")
		}
	}
	return fail("the message came"+c.back()+" with something around it", "wrapped", "different")
}

// back is what a server does with messages; a program says them by itself.
func (c *conn) back() string {
	if c.peer == theServer {
		return " back"
	}
	return ""
}

func among(list []message, m message) bool {
	for _, other := range list {
		if other.op == m.op && bytes.Equal(other.data, m.data) {
			return true
		}
	}
	return false
}

// firstDifference says where, when the beginning is the same.
func firstDifference(got, want []byte) string {
	n := min(len(got), len(want))
	for i := range n {
		if got[i] != want[i] {
			return fmt.Sprintf(" at byte %s", showCount(i))
		}
	}
	return fmt.Sprintf(": %s instead of %s", showSize(len(got)), showSize(len(want)))
}

// expectedWords describes a list of messages.
func expectedWords(list []message) string {
	if len(list) == 0 {
		return "nothing"
	}
	words := list[0].words()
	if len(list) > 1 {
		words = fmt.Sprintf("%s × %s, the first %s", showCount(len(list)), opName(list[0].op), showPayload(list[0].data, list[0].op == ws.OpText))
	}
	return words
}
