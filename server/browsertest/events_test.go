package browsertest

import (
	"fmt"
	"strings"
	"testing"
)

// eventsStage is the demo of the lesson on server-sent events.
const eventsStage = "duplex-stage[kind=demo][name=events]"

// TestEvents: the stream comes, is cut, and goes on after the last event that
// was seen: none is missed, none comes twice.
func TestEvents(t *testing.T) {
	t.Parallel()
	p := start(t).open(wide, light)
	p.excuse("ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION") // what dropping a connection is
	p.visit("/lessons/events")
	p.sees(eventsStage+" .state", "● Open", "/demo/events")
	p.sees(eventsStage+" .ev-events", ":0 message Event 0", ":1 message Event 1")
	epoch, _, _ := strings.Cut(p.text(eventsStage+" [data-n=last]"), ":")
	p.sees(eventsStage+" .ev-lines", "id: "+epoch+":0", "data: Event 0", "empty line: the event is complete")

	p.press(eventsStage, "Drop the connection")
	p.sees(eventsStage+" .state", "↻ Retrying")
	p.sees(eventsStage+" .demo-state", "Lost. The browser tries again in")
	p.shot("dropped")
	last := p.text(eventsStage + " [data-n=last]")
	p.sees(eventsStage+" .ev-lines", "A new request, with Last-Event-ID: "+last)
	p.sees(eventsStage+" .ev-events", fmt.Sprintf("Connected again, after event %s. Meanwhile", last), "came at once:")
	p.sees(eventsStage+" .state", "● Open")
	p.until("an event has come after those that came at once", fmt.Sprintf("document.querySelector(%s)", quoted(eventsStage+" .ev-events .ev-late + li:not(.ev-late)")))
	p.whole()
	if late := eval[int](p, fmt.Sprintf("document.querySelectorAll(%s).length", quoted(eventsStage+" .ev-late"))); late == 0 || !strings.Contains(p.text(eventsStage+" .ev-events"), fmt.Sprintf("Meanwhile %d event", late)) {
		t.Errorf("%d events are marked", late)
	}
	for name, want := range map[string]string{"missed": "0", "repeated": "0", "resumed": "1"} {
		if got := p.text(eventsStage + " [data-n=" + name + "]"); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	p.shot("resumed")

	p.press(eventsStage, "Wire")
	p.wire(eventsStage, "→ GET /demo/events Accept: text/event-stream", "← 200 OK", "← line id: "+epoch+":0", "← line data: Event 0", "← line",
		"closed in the middle of the response, by the server", "→ GET /demo/events Last-Event-ID: "+last, "← 200 OK")
	p.shot("wire")
}

// whole: the events listed are Event 0, Event 1 and so on, each once. A row that
// has just come may not be drawn yet, so it has no innerText.
func (p *page) whole() {
	p.t.Helper()
	for i, shown := range eval[[]string](p, fmt.Sprintf("[...document.querySelectorAll(%s)].map(e => e.textContent)", quoted(eventsStage+" .ev-events .what"))) {
		if want := fmt.Sprintf("Event %d", i); shown != want {
			p.t.Errorf("event %d is %q", i, shown)
		}
	}
}

// TestEventsBeginAnew: a stream that was closed stays closed, and a new one
// begins with the first event.
func TestEventsBeginAnew(t *testing.T) {
	t.Parallel()
	p := start(t).open(narrow, dark)
	p.visit("/lessons/events")
	p.bring(eventsStage)
	p.sees(eventsStage+" .ev-events", "Event 1")
	p.press(eventsStage, "Close")
	p.sees(eventsStage+" .state", "✕ Closed")
	p.sees(eventsStage+" .demo-state", "Closed by this page")
	p.shot("closed")
	p.press(eventsStage, "Connect")
	p.sees(eventsStage+" .state", "● Open")
	p.sees(eventsStage+" .ev-events > :first-child", "Event 0")
	p.whole()
}

// TestEventsReset: a stream that is gone, here with its server, begins anew, and
// says why.
func TestEventsReset(t *testing.T) {
	t.Parallel()
	s := start(t)
	p := s.open(narrow, light)
	p.excuse("ERR_CONNECTION", "ERR_EMPTY_RESPONSE", "WebSocket connection to")
	p.visit("/lessons/events")
	p.bring(eventsStage)
	p.sees(eventsStage+" .ev-events", ":1 message Event 1")
	last := p.text(eventsStage + " [data-n=last]")
	s.restart()
	p.sees(eventsStage+" .ev-events", "Connected again, after event "+last[:len(last)-1],
		"It can't go on where you were: this stream is no longer kept, or the server has been restarted",
		`– reset {"why":"this stream`)
	p.until("the new stream goes on", fmt.Sprintf("[...document.querySelectorAll(%s)].filter((e) => e.textContent === 'Event 1').length === 2", quoted(eventsStage+" .ev-events .what")))
	if wrong := p.texts(eventsStage + " dd.wrong"); len(wrong) > 0 {
		t.Errorf("counted as missed or repeated: %q", wrong)
	}
	eval[bool](p, `document.querySelector(".ev-gap").scrollIntoView({block: "start"}), true`)
	p.shot("reset")
}
