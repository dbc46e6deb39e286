package check

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// statusAction judges the status of the last answer.
type statusAction struct{ codes []string }

func parseStatus(a *args) action {
	var s statusAction
	for a.peek() != "" || len(s.codes) == 0 {
		code := a.word("a status such as 426, or a class such as 4xx")
		if a.bad {
			return s
		}
		if len(code) != 3 || code[0] < '1' || code[0] > '5' || code[1:] != "xx" && strings.Trim(code[1:], "0123456789") != "" {
			a.fail(code, "a status such as 426, or a class such as 4xx")
			return s
		}
		s.codes = append(s.codes, code)
	}
	return s
}

func (s statusAction) do(r *stepRun, at member) *failure {
	c := r.conns[at.name]
	if f := r.needHead(c); f != nil {
		return f
	}
	got := strconv.Itoa(c.head.status)
	for _, code := range s.codes {
		if code == got || code[1:] == "xx" && code[0] == got[0] {
			return nil
		}
	}
	return c.wrongStatus(strings.Join(named(s.codes), " or "))
}

// named adds the words of a status where there is one of that code.
func named(codes []string) []string {
	out := make([]string, len(codes))
	for i, code := range codes {
		n, _ := strconv.Atoi(code)
		out[i] = strings.TrimSpace(code + " " + http.StatusText(n))
	}
	return out
}

// needHead reads the answer after "connect" and "send raw", once.
func (r *stepRun) needHead(c *conn) *failure {
	if c.head != nil {
		return nil
	}
	if c.reading {
		return c.interrupted("head", "an answer", r.inTime(DefaultWithin))
	}
	f := r.answer(c, r.deadline(DefaultWithin), r.inTime(DefaultWithin))
	if f == nil && c.head.status == http.StatusSwitchingProtocols {
		return c.beginWebSocket(nil)
	}
	return f
}

func (c *conn) wrongStatus(want string) *failure {
	h := c.head
	f := fail(fmt.Sprintf("the status is %d instead of %s", h.status, firstOf(want)), "status "+strconv.Itoa(h.status), "status")
	f.awaiting = "head"
	f.expected = c.of() + "← " + want
	f.got = c.of() + "← " + h.words() + stamp(h.at)
	return f.evidence(c)
}

// firstOf shortens "101 Switching Protocols" to its number.
func firstOf(want string) string {
	if strings.Contains(want, " or ") {
		return want
	}
	code, _ := firstWord(want)
	return code
}

// wrongHeader is the failure for a header of the answer. Its value is shown
// only where the answer may be shown.
func (c *conn) wrongHeader(name, want string, tags ...string) *failure {
	h := c.head
	values := h.fields.Values(name)
	f := fail(name+" is not right", append(tags, "header "+strings.ToLower(name))...)
	f.came = strings.Join(values, ", ")
	if tags[0] == "accept" && len(values) > 0 && c.request.key != "" {
		f.certain = acceptMistake(c.request.key, strings.TrimSpace(f.came))
	}
	switch {
	case len(values) == 0:
		f.why = name + " is missing"
		f.got = "no " + name
	case h.mayBeShown():
		f.got = name + ": " + showHeader(strings.Join(values, ", "))
	case commonTypes[mediaType(h.fields)] != "" && strings.EqualFold(name, "Content-Type"):
		f.got = "the Content-Type of " + commonTypes[mediaType(h.fields)]
	default:
		f.got = fmt.Sprintf("another %s of %s", name, showSize(len(values[0])))
	}
	f.awaiting = "head"
	f.expected = c.of() + "← " + want
	f.got = c.of() + "← " + strconv.Itoa(h.status) + " with " + f.got + stamp(h.at)
	return f.evidence(c)
}

// commonTypes are the types that a failure may name even where it may not show
// the answer: they tell nothing about it.
var commonTypes = map[string]string{
	"text/plain":               "plain text",
	"text/html":                "HTML",
	"application/json":         "JSON",
	"application/octet-stream": "bytes",
}

// showHeader is a header's value, as far as it can be shown on a line.
func showHeader(value string) string {
	if quoted := strconv.Quote(value); quoted != `"`+value+`"` || len(value) > maxLine {
		return showPayload([]byte(value), true)
	}
	return value
}

// headerAction judges a header of the last answer.
type headerAction struct {
	name, how string
	value     template
}

func parseHeader(a *args) action {
	h := headerAction{name: a.word("a header's name")}
	h.how = a.oneOf("is", "has", "contains", "present", "absent")
	if h.how == "is" || h.how == "has" || h.how == "contains" {
		h.value = a.template("the value in quotes")
	}
	return h
}

func (h headerAction) do(r *stepRun, at member) *failure {
	c := r.conns[at.name]
	if f := r.needHead(c); f != nil {
		return f
	}
	want := h.value.fill(r.values(c, at))
	if h.holds(c.head.fields, want) {
		return nil
	}
	words := map[string]string{
		"is":       h.name + ": " + want,
		"has":      h.name + " with " + want + " in its list",
		"contains": h.name + " with " + strconv.Quote(want) + " in its value",
		"present":  h.name,
		"absent":   "no " + h.name,
	}[h.how]
	if strings.EqualFold(h.name, "Sec-WebSocket-Accept") {
		return c.wrongHeader(h.name, words, "accept", "header")
	}
	return c.wrongHeader(h.name, words, "header")
}

func (h headerAction) holds(fields http.Header, want string) bool {
	values := fields.Values(h.name)
	switch h.how {
	case "absent":
		return len(values) == 0
	case "present":
		return len(values) > 0
	case "has":
		return hasToken(fields, h.name, want)
	case "contains":
		return strings.Contains(strings.ToLower(strings.Join(values, ", ")), strings.ToLower(want))
	}
	return len(values) > 0 && strings.TrimSpace(strings.Join(values, ", ")) == want
}
