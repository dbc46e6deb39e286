package check

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// args reads the tokens of one command from left to right. After the first
// defect it is bad, and every method returns a zero value.
type args struct {
	p    *parser
	toks []token
	at   int
	form string
	who  whom
	bad  bool
}

// fail reports the line's defect, once.
func (a *args) fail(found, want string) {
	if !a.bad {
		a.p.defect(found, want)
	}
	a.bad = true
	a.p.scope.broken = true
}

// failHere reports the next token as found.
func (a *args) failHere(want string) {
	found := "the end of the line"
	if a.at < len(a.toks) {
		found = a.toks[a.at].raw
	}
	if a.form != "" {
		want += ", as in: " + a.form
	}
	a.fail(found, want)
}

// peek returns the next token if it is an unquoted word, or "".
func (a *args) peek() string {
	if a.bad || a.at >= len(a.toks) || a.toks[a.at].quoted {
		return ""
	}
	return a.toks[a.at].text
}

// take consumes the next word if it is this one.
func (a *args) take(word string) bool {
	if a.peek() != word {
		return false
	}
	a.at++
	return true
}

// oneOf consumes one of these words.
func (a *args) oneOf(words ...string) string {
	for _, w := range words {
		if a.take(w) {
			return w
		}
	}
	a.failHere(strings.Join(words, " or "))
	return ""
}

// word consumes any unquoted word.
func (a *args) word(what string) string {
	w := a.peek()
	if w == "" {
		a.failHere(what)
		return ""
	}
	a.at++
	return w
}

// str consumes a quoted string.
func (a *args) str(what string) string {
	if a.bad {
		return ""
	}
	if a.at >= len(a.toks) || !a.toks[a.at].quoted {
		a.failHere(what)
		return ""
	}
	a.at++
	return a.toks[a.at-1].text
}

func (a *args) isString() bool {
	return !a.bad && a.at < len(a.toks) && a.toks[a.at].quoted
}

// template consumes a quoted string with {variables}.
func (a *args) template(what string) template {
	t := template(a.str(what))
	if unknown := t.unknown(); unknown != "" {
		a.fail("{"+unknown+"}", "one of {random}, {n}, {i}, {accept}, {id}")
	}
	return t
}

func (a *args) duration(what string) time.Duration {
	d, err := time.ParseDuration(a.peek())
	if err != nil || d <= 0 {
		a.failHere(what + ": a duration such as 300ms or 1s")
		return 0
	}
	a.at++
	if !a.bad && d > a.p.step.Limit {
		a.fail(d.String(), fmt.Sprintf("at most the step's limit of %s (a line: limit %s)", a.p.step.Limit, 2*d))
	}
	return d
}

// within consumes the clause that ends every command that waits.
func (a *args) within() time.Duration {
	if a.take("within") {
		return a.duration("how long to wait")
	}
	return DefaultWithin
}

// number consumes a whole number from low to high.
func (a *args) number(what string, low, high int) int {
	n, err := strconv.ParseInt(a.peek(), 0, 32)
	if err != nil || int(n) < low || int(n) > high {
		a.failHere(fmt.Sprintf("%s from %d to %d", what, low, high))
		return 0
	}
	a.at++
	return int(n)
}

// isNumber reports whether the next word begins with a digit.
func (a *args) isNumber() bool {
	w := a.peek()
	return w != "" && w[0] >= '0' && w[0] <= '9'
}

// size consumes 125, 64KiB or 1MiB.
func (a *args) size() int {
	w := a.peek()
	digits := strings.TrimRight(w, "KMiB")
	unit, ok := map[string]int{"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20}[strings.TrimPrefix(w, digits)]
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 0 || n > MaxSize/unit {
		a.failHere("a size such as 125, 64KiB or 1MiB, at most 16MiB")
		return 0
	}
	a.at++
	return n * unit
}

// length consumes the length that a frame's header may give.
func (a *args) length() int64 {
	n, err := strconv.ParseInt(a.peek(), 10, 64)
	if err != nil || n <= 0 {
		a.failHere("the length that the header gives, from 1 to 9223372036854775807")
		return 0
	}
	a.at++
	return n
}

// hex consumes words of hexadecimal digits.
func (a *args) hex() []byte {
	out := []byte{}
	for start := a.at; ; a.at++ {
		b, err := hex.DecodeString(a.peek())
		if a.peek() == "" || err != nil {
			if a.at == start {
				a.failHere("bytes such as 48 65 6c")
			}
			return out
		}
		out = append(out, b...)
	}
}

// prefix consumes "NAME:", "each NAME:" or "reverse NAME:", if there is one.
func (a *args) prefix() whom {
	first := a.peek()
	if (first == "each" || first == "reverse") && len(a.toks) > 1 {
		a.at++
		name, ok := strings.CutSuffix(a.word("a crowd's name"), ":")
		if !ok || !isName(name) {
			a.fail(first+" "+a.toks[1].raw, "a crowd's name and a colon: "+first+" c:")
		}
		return whom{name: name, all: true, reverse: first == "reverse"}
	}
	name, ok := strings.CutSuffix(first, ":")
	if !ok {
		return whom{}
	}
	a.at++
	base, _, _ := strings.Cut(name, ".")
	if !isName(base) || base == "each" || base == "reverse" {
		a.fail(first, "a connection's name of a–z, 0–9 and -, and a colon")
	}
	return whom{name: name}
}

// end reports what is left over.
func (a *args) end() {
	if !a.bad && a.at < len(a.toks) {
		a.fail("more at the end: "+a.toks[a.at].raw, "the end of the line, as in: "+a.form)
	}
}
