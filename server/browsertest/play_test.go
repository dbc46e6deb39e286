package browsertest

import (
	"fmt"
	"net"
	"path"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"duplex/lessons"
	"duplex/server"
)

// A player is a page at an exercise whose program runs in the page.
type player struct {
	*page
	exercise, stage string
}

// openPlayer opens the exercise, with its starter in the editor.
func openPlayer(s *site, exercise string) *player {
	s.t.Helper()
	p := &player{s.open(wide, light), exercise, fmt.Sprintf("duplex-stage[kind=exercise][name=%s]", exercise)}
	p.calm()
	p.visit("/lessons/" + lessons.Load(lessons.FS()).Exercise(exercise).Lesson + "#exercise-" + exercise)
	p.bring(p.stage)
	p.until("the editor holds the starter", p.code()+`.includes('"not started"')`)
	return p
}

// in is a selector within the exercise's stage.
func (p *player) in(selector string) string { return p.stage + " " + selector }

// editor is where the program is written.
func (p *player) editor() string { return quoted(p.in(".wb-editor:not([hidden])")) }

// code is an expression for the editor's text.
func (p *player) code() string {
	return fmt.Sprintf(`document.querySelector(%s)?.shadowRoot?.querySelector(".cm-content")?.cmTile.view.state.doc.toString()`, p.editor())
}

// write types a program in the place of what stands in the editor.
func (p *player) write(program string) {
	p.t.Helper()
	p.until("the editor has the focus", fmt.Sprintf(`(host => {
		host.shadowRoot.querySelector(".cm-content").focus()
		return host.shadowRoot.activeElement !== null
	})(document.querySelector(%s))`, p.editor()))
	p.keys("a", chromedp.ModifierCtrl)
	p.insert(program)
	p.until("it is typed", p.code()+" === "+quoted(program))
}

// begin presses Check.
func (p *player) begin() {
	p.t.Helper()
	p.press(p.in(".ex-bar"), "Check")
	p.until("something is said", fmt.Sprintf("document.querySelector(%s).innerText !== 'Not checked yet. Ctrl+Enter checks.'", quoted(p.in(".ex-state"))))
}

// check presses Check and waits for the end of the check.
func (p *player) check() string {
	p.t.Helper()
	p.begin()
	return p.checked()
}

// checked waits for the end of the check and returns what is said of it.
func (p *player) checked() string {
	p.t.Helper()
	p.until("the check has ended", fmt.Sprintf("!/Checking|Saving/.test(document.querySelector(%s).innerText)", quoted(p.in(".ex-state"))))
	return p.text(p.in(".ex-state"))
}

// verdict is the row of a step.
func (p *player) verdict(step string) string {
	return p.in(fmt.Sprintf(".steps > li[data-step=%q]", step))
}

// solved is the solution of an exercise.
func solved(t *testing.T, exercise string) string {
	t.Helper()
	e := lessons.Load(lessons.FS()).Exercise(exercise)
	for _, f := range e.Solution {
		if path.Base(f.Path) == e.Main() {
			return string(f.Source)
		}
	}
	t.Fatalf("%s has no solution", exercise)
	return ""
}

// mistaken is a wrong variant of an exercise, by its name.
func mistaken(t *testing.T, exercise, name string) lessons.Variant {
	t.Helper()
	for _, v := range lessons.Load(lessons.FS()).Exercise(exercise).Wrong {
		if v.Name == name {
			return v
		}
	}
	t.Fatalf("%s has no wrong variant %s", exercise, name)
	return lessons.Variant{}
}

// TestPlayFromStarterToPass: each client's exercise is done in the page, from
// the starter over a mistake to the solution.
func TestPlayFromStarterToPass(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		exercise, wrong string
		says            []string
		wire            string
	}{
		{"first-words", "too-early", []string{"Still in CONNECTING state", "Call it in onopen"}, "→ text hello"},
		{"binary", "blob", []string{"binaryType"}, "→ binary 01 00 02 68 69"},
		{"reconnect", "at-once", []string{"too soon", "setTimeout(connect, Math.random()"}, "→ GET /room Upgrade: websocket"},
		{"no-loss", "repeats-all", []string{"a message came a second time", "so take it out of the queue then"}, "→ text after 20"},
		{"event-source", "back-after-204", []string{"came back when it should not have", "make no new EventSource"}, "→ GET /news Last-Event-ID: 7"},
	} {
		t.Run(tc.exercise, func(t *testing.T) {
			p := openPlayer(start(t), tc.exercise)
			if says := p.check(); !strings.HasPrefix(says, "Not started: 0 of") {
				t.Errorf("of the starter it says %q", says)
			}
			wrong := mistaken(t, tc.exercise, tc.wrong)
			p.write(string(wrong.File.Source))
			p.check()
			p.sees(p.verdict(wrong.Fails), "✗", "fail")
			p.sees(p.verdict(wrong.Fails)+" .fail", tc.says...)
			p.shot("wrong")
			p.accessible(p.stage)

			p.write(solved(t, tc.exercise))
			p.check()
			p.sees(p.in(".ex-done"), "All steps pass.")
			p.shot("passed")
			p.press(p.stage, "Wire")
			p.wire(p.stage, tc.wire)
			p.until("the frame is gone", "!document.querySelector('iframe')")
		})
	}
}

// TestPlayThrows: what a program throws is the evidence, with its line; what it
// logs can be read.
func TestPlayThrows(t *testing.T) {
	t.Parallel()
	p := openPlayer(start(t), "first-words")
	p.write("const ws = new WebSocket(exercise.url)\nconsole.log('here I am')\nws.onopen = () => {\n  ws.sned('hello')\n}\n")
	p.check()
	p.sees(p.verdict("hello")+" .fail", "ws.sned is not a function (main.js:4)")
	p.press(p.stage, "Output")
	p.sees(p.in(".ex-lower"), "step hello", "here I am", "ws.sned is not a function (main.js:4)")
	p.shot("output")

	p.write("const ws = new WebSocket(exercise.url\n")
	p.check()
	p.sees(p.verdict("hello")+" .fail", "SyntaxError", "main.js:")
}

// TestPlayWithoutEnd: neither a loop without an end nor a flood of lines holds
// the page or the check; the next program runs as if nothing had been.
func TestPlayWithoutEnd(t *testing.T) {
	t.Parallel()
	p := openPlayer(start(t), "first-words")
	for i, endless := range []string{
		"new WebSocket(exercise.url)\nwhile (true) {}\n",
		"new WebSocket(exercise.url)\nfor (let i = 0; ; i++) console.log('flood', i)\n",
		"for (;;) postMessage({ type: 'log', level: 'log', text: 'flood' })\n",
	} {
		p.write(endless)
		p.begin()
		p.sees(p.verdict("hello"), "✗", "fail")
		if i > 0 {
			p.press(p.in(".ex-bar"), "Cancel") // the other steps would only keep the machine busy
		}
		if says := p.checked(); !strings.Contains(says, "of 7 steps passed") && i == 0 {
			t.Errorf("of %q it says %q", endless, says)
		}
	}
	p.shot("flooded")
	p.write(solved(t, "first-words"))
	p.check()
	p.sees(p.in(".ex-done"), "All steps pass.")
}

// TestPlayStopped: a check can be cancelled, and one whose page has gone is in
// nobody's way.
func TestPlayStopped(t *testing.T) {
	t.Parallel()
	s := start(t)
	p, other := openPlayer(s, "reconnect"), openPlayer(s, "reconnect")
	quiet := "new WebSocket(exercise.url)\n" // it never comes back
	p.write(quiet)
	p.begin()
	p.sees(p.verdict("back"), "◌", "checking")
	p.press(p.in(".ex-bar"), "Cancel")
	if says := p.checked(); says != "Cancelled. The steps that were decided are kept." {
		t.Errorf("it says %q", says)
	}
	p.until("the frame is gone", "!document.querySelector('iframe')")

	p.begin()
	p.sees(p.verdict("back"), "◌", "checking")
	p.until("the program runs", "document.querySelector('iframe')")
	p.visit("/")
	other.write(solved(t, "reconnect"))
	other.check()
	other.sees(other.in(".ex-done"), "All steps pass.")
}

// TestPlayElsewhere: a page that another machine opened runs its client as well.
// There is no workbench there, nor needed.
func TestPlayElsewhere(t *testing.T) {
	t.Parallel()
	host := anotherAddress(t)
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Skip(err)
	}
	s := &site{t: t, ctx: needBrowser(t), url: "http://" + l.Addr().String()}
	serve(t, server.Config{Data: t.TempDir()}, l)
	s.enter() // as one of whom the browser knows no secure origin
	p := openPlayer(s, "binary")
	p.write(solved(t, "binary"))
	p.check()
	p.sees(p.in(".ex-done"), "All steps pass.")
	p.shot("elsewhere")
}

// anotherAddress is an address of this machine that is not the loopback's.
func anotherAddress(t *testing.T) string {
	t.Helper()
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addrs {
		if ip, ok := a.(*net.IPNet); ok && ip.IP.To4() != nil && !ip.IP.IsLoopback() {
			return ip.IP.String()
		}
	}
	t.Skip("this machine has no address but the loopback's")
	return ""
}
