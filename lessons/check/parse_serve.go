package check

// A part is what a script plays: the client, or the server.
type part int

const (
	either part = iota
	asClient
	asServer
)

// inPart checks that a command belongs to the part that its step plays, which
// "serve" as its first command decides.
func (a *args) inPart(name string, v verb) bool {
	step := a.p.step
	first := len(step.Commands) == 0 && !a.p.scope.broken
	switch {
	case name == "serve" && first:
		step.serves = true
	case name == "serve" && !a.p.scope.broken:
		a.fail("serve after another command", "serve as the first command of its step, once")
	case v.part == asServer && !step.serves && !a.p.scope.broken:
		a.fail(name+" in a step that plays the client", "serve as the step's first command: serve /ws")
	case v.part == asClient && step.serves:
		a.fail(name+" in a step that plays the server", "accept, refuse or hold for the program's own connections, or a step without serve")
	}
	return !a.bad
}

// onePart reports a step that plays another part than those before it.
func (p *parser) onePart() {
	steps := p.script.Steps
	last := len(steps) - 1
	if last < 1 || p.scope.broken || len(steps[last].Commands) == 0 || len(steps[0].Commands) == 0 || steps[0].serves == steps[last].serves {
		return
	}
	plays := map[bool]string{true: "the server", false: "the client"}
	p.defectAt(steps[last].Line, "step "+steps[last].Name+" plays "+plays[steps[last].serves]+", and the first one "+plays[steps[0].serves],
		"one part for the whole script: serve as the first command of each step, or of none")
}

// answered checks that a command can act on a connection of the program's, by
// what it was answered.
func (a *args) answered(name string) {
	s := a.p.scope
	switch {
	case !a.p.step.serves || s.broken:
	case s.held[a.who.name] && name != "accept" && name != "refuse" && name != "drop" && name != "recv":
		a.fail(name+" on "+connName(a.who.name)+", which is held", "accept first")
	case s.held[a.who.name] && name == "recv" && a.peek() != "eof":
		a.failHere("eof: the connection is held, and carries nothing yet")
	case s.streams && (name == "await" || name == "exchange" || name == "recv" && a.peek() != "eof"):
		a.failHere("recv eof: a program says nothing on an event stream")
	case s.streams && name == "send" && a.peek() != "raw" && !a.isStreamSend():
		a.failHere("event, retry, comment or raw: the place is one for event streams")
	}
}
