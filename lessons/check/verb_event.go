package check

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// eventAction expects an event of a stream.
type eventAction struct {
	id, kind, data *template
	after, within  time.Duration
}

func parseEvent(a *args) action {
	e := eventAction{within: DefaultWithin}
	for {
		switch {
		case a.take("id"):
			e.id = a.field("id")
		case a.take("type"):
			e.kind = a.field("type")
		case a.take("data"):
			e.data = a.field("data")
		case a.take("after"):
			e.after = a.duration("how much later than the one before, at least")
		case a.take("within"):
			e.within = a.duration("how much later than the one before, at most")
			fallthrough
		default:
			if e.after > e.within && !a.bad {
				a.fail(fmt.Sprintf("after %s and within %s", e.after, e.within), "within a longer time than after")
			}
			return e
		}
	}
}

func (a *args) field(name string) *template {
	t := a.template("the " + name + " in quotes")
	return &t
}

func (e eventAction) do(r *stepRun, at member) *failure {
	c := r.conns[at.name]
	if !c.streaming {
		return c.notStream()
	}
	within := r.stretched(e.within)
	until := r.tape.start.Add(c.origin + within)
	if until.After(r.until) {
		until = r.until
	}
	var have bool
	r.wait(c, until, func(b *inbox) bool {
		have = len(b.events) > 0
		return have || b.end != nil
	})
	want := e.fill(r.values(c, at))
	if !have {
		f := c.interrupted("event", "an event", "within "+showDuration(e.within))
		f.expected = c.of() + "← " + want.words() + " " + e.when()
		return f
	}
	got := c.box.nextEvent()
	f := e.judge(c, got, want, within)
	if f == nil {
		c.origin, c.lastID = got.at, got.id
		c.past = append(c.past, got)
	}
	return f
}

// fill makes the event that is expected; fields that are not named are "".
func (e eventAction) fill(v values) event {
	want := event{kind: "message"}
	for field, t := range map[*string]*template{&want.id: e.id, &want.kind: e.kind, &want.data: e.data} {
		if t != nil {
			*field = t.fill(v)
		}
	}
	want.noID, want.noData = e.id == nil, e.data == nil
	return want
}

// when is the time of the expected event in words, as the script has it.
func (e eventAction) when() string {
	if e.after > 0 {
		return fmt.Sprintf("after %s and within %s", showDuration(e.after), showDuration(e.within))
	}
	return "within " + showDuration(e.within)
}

// judge compares an event and its time with what is expected.
func (e eventAction) judge(c *conn, got, want event, within time.Duration) *failure {
	f := c.eventDifference(got, want)
	gap := got.at - c.origin
	switch {
	case f != nil:
	case gap < e.after:
		f = fail(fmt.Sprintf("the event came too soon: %s after the one before", showGap(gap)), "early")
	case gap > within:
		f = fail(fmt.Sprintf("the event came too late: %s after the one before", showGap(gap)), "timeout")
	default:
		return nil
	}
	f.awaiting = "event"
	f.expected = c.of() + "← " + want.words() + " " + e.when()
	f.got, f.came = c.of()+"← "+got.words()+stamp(got.at), got.id+"\n"+got.data
	return f.evidence(c)
}

func showGap(d time.Duration) string { return d.Round(time.Millisecond).String() }

// eventDifference finds how an event differs from the one expected.
func (c *conn) eventDifference(got, want event) *failure {
	sameID, sameData := want.noID || got.id == want.id, want.noData || got.data == want.data
	switch {
	case got.kind != want.kind:
		return fail(fmt.Sprintf("the event has type %q", got.kind), "type", "different")
	case sameID && sameData:
		return nil
	case !sameID && !sameData || want.noID && !sameData || want.noData && !sameID:
		return c.otherEvent(got, want)
	case !sameID && got.id == "":
		return fail("the event has no id", "id", "different")
	case !sameID:
		return fail(fmt.Sprintf("the event has id %q", got.id), "id", "different")
	}
	return fail("the event has other data", "data", "different")
}

// otherEvent is the failure for an event that is another one altogether: a
// repeated, a skipped, or the first one again.
func (c *conn) otherEvent(got, want event) *failure {
	for _, old := range c.past {
		if old.id == got.id && old.data == got.data {
			return fail("an event came a second time", "duplicate", "id", "data", "different")
		}
	}
	g, gotErr := number(got)
	w, wantErr := number(want)
	resumed := c.request.lastID != "" && len(c.past) == 0
	switch {
	case resumed && got.id != "" && got.id == c.request.lastID:
		return fail("the stream repeats the event that had come already", "duplicate", "id", "data", "different")
	case gotErr != nil || wantErr != nil:
	case resumed && g < w && g <= 1:
		return fail("the stream began again at its beginning", "restart", "id", "data", "different")
	case g > w:
		return fail("an event was left out", "missing", "id", "data", "different")
	case resumed && g < w:
		return fail("the stream repeats an event that had come already", "duplicate", "id", "data", "different")
	}
	return fail("another event came", "data", "id", "different")
}

// number finds the number of an event in its id, or at the end of its data.
func number(e event) (int, error) {
	if n, err := strconv.Atoi(e.id); err == nil {
		return n, nil
	}
	return strconv.Atoi(e.data[strings.LastIndex(e.data, " ")+1:])
}

// notStream is the failure of an event command on another connection.
func (c *conn) notStream() *failure {
	f := fail("the connection is not an event stream", "content-type")
	f.awaiting = "head"
	return f.evidence(c)
}
