package check

import (
	"sort"
	"strconv"
	"strings"
)

// A verb is a command of the language: the word that it begins with, its form
// as the manual gives it, and how the rest of the line becomes an action.
type verb struct {
	form  string
	opens bool // opens a connection
	bare  bool // takes no prefix
	part  part // only where the script plays this
	parse func(*args) action
}

// verbNames returns the words that begin commands, sorted.
func verbNames() []string {
	var names []string
	for name := range verbs {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func headNames() []string {
	var names []string
	for name := range heads {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// command parses one line of a step.
func (p *parser) command(text string) {
	toks, found, want := lex(text)
	if found != "" {
		p.scope.broken = true
		p.defect(found, want)
		return
	}
	a := &args{p: p, toks: toks}
	who := a.prefix()
	if a.bad {
		return
	}
	name := a.word("a command")
	v, ok := verbs[name]
	switch {
	case a.bad:
		return
	case !ok:
		a.fail(strconv.Quote(name), "a command"+orNear(name, append(verbNames(), headNames()...)))
		return
	case p.step == nil:
		a.fail(name+" outside of a step", "a step first: step NAME")
		return
	case v.bare && who != whom{}:
		a.fail(name+" with a connection's name", v.form)
		return
	case !a.inPart(name, v):
		return
	}
	a.form, a.who = v.form, who
	if !v.bare {
		a.declared(who, v.opens)
		a.answered(name)
	}
	act := v.parse(a)
	a.end()
	if !a.bad {
		p.step.Commands = append(p.step.Commands, Command{Line: p.line, Text: commandText(toks), who: who, act: act})
	}
}

// commandText is the line with single blanks, comments left out.
func commandText(toks []token) string {
	words := make([]string, len(toks))
	for i, t := range toks {
		words[i] = t.raw
	}
	return strings.Join(words, " ")
}

// A scope knows the connections of the step that is being parsed.
type scope struct {
	crowds map[string]int
	opened map[string]bool // names and crowds
	sent   map[string]bool // that sent a message
	pinged map[string]bool
	held   map[string]bool // whose request was not answered
	broken bool            // a command had a defect: what it declared is not known

	streams bool // the place that the step serves is one for event streams
}

func newScope() scope {
	return scope{crowds: map[string]int{}, opened: map[string]bool{}, sent: map[string]bool{}, pinged: map[string]bool{}, held: map[string]bool{}}
}

// has reports whether a set holds the name, or the crowd that it is a member of.
func has(set map[string]bool, name string) bool {
	crowd, _, _ := strings.Cut(name, ".")
	return set[name] || set[crowd]
}

// declared checks the connection that a command acts on.
func (a *args) declared(who whom, opens bool) {
	s := &a.p.scope
	crowd, number, isMember := strings.Cut(who.name, ".")
	size, isCrowd := s.crowds[crowd]
	n, err := strconv.Atoi(number)
	switch {
	case s.broken:
		return
	case who.all && !isCrowd:
		a.fail("each or reverse of "+who.name, "a crowd: crowd "+who.name+" 100")
	case isMember && !isCrowd:
		a.fail(who.name, "a member of a crowd: crowd "+crowd+" 100")
	case isMember && (err != nil || n < 1 || n > size):
		a.fail(who.name, "a member from "+crowd+".1 to "+crowd+"."+strconv.Itoa(size))
	case isCrowd && !isMember && !who.all:
		a.fail("the crowd "+who.name+" as one connection", "each "+who.name+": or reverse "+who.name+":")
	case opens:
		s.opened[who.name] = true
	case !has(s.opened, who.name):
		want := "dial, handshake, request, stream or connect first"
		if a.p.step.serves {
			want = "accept first"
		}
		a.fail("a command for "+connName(who.name)+", which is not open", want)
	}
}

func connName(name string) string {
	if name == "" {
		return "the unnamed connection"
	}
	return name
}
