package server

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gorilla/websocket"

	"duplex/lessons/check"
)

const chatCheck = `exercise chat
  goal  Talk.

step hello
  says  It says hello.
  hint  Say it.
  serve /ws setting base 20ms random 0.5
  accept
  recv text "hello"

step typed
  says  What is typed is sent, and what comes is logged.
  hint  Send it.
  serve /ws
  accept
  recv text "hello"
  input "{random}"
  recv text "{random}"
  send text "thanks"
  expect log is "thanks"
`

// withClient is the test course with an exercise for a client, chat.
func withClient(t *testing.T) Config {
	cfg, files := testConfig(t), course()
	files["chat/lesson.md"] = &fstest.MapFile{Data: append(files["chat/lesson.md"].Data, "\n```exercise chat\n```\n"...)}
	files["chat/check.txt"] = &fstest.MapFile{Data: []byte(chatCheck)}
	files["chat/exercise/main.js"] = &fstest.MapFile{Data: []byte("throw new Error(\"not started\");\n")}
	files["chat/solution/main.js"] = &fstest.MapFile{Data: []byte("done();\n")}
	cfg.Lessons = files
	return cfg
}

// A standIn is a page that has its client checked: it does what static/lib/play.js
// does, with a program in Go.
type standIn struct {
	t       *testing.T
	conn    *websocket.Conn
	program func(p *standIn, m playMessage)
}

// A playMessage is any message on the page's socket.
type playMessage struct {
	Type, Text, Step string
	Run              int
	Exercise         any // of start: its name; of client: its settings
	Random           *float64
	Steps            []stepTitle
	Result           check.Result
	Report           checkTotal
	Error            map[string]string
}

// setting is what the program finds in exercise.
func (m playMessage) setting(name string) any {
	settings, _ := m.Exercise.(map[string]any)
	return settings[name]
}

func (m playMessage) url() string { return m.setting("url").(string) }

func (r *running) standIn(exercise string) *standIn {
	return &standIn{t: r.t, conn: r.dial("/play/" + exercise), program: (*standIn).talk}
}

func (p *standIn) say(kind string, run int, more ...string) {
	p.t.Helper()
	m := map[string]any{"type": kind, "run": run}
	for i := 0; i < len(more); i += 2 {
		m[more[i]] = more[i+1]
	}
	if err := p.conn.WriteJSON(m); err != nil {
		p.t.Error(err)
	}
}

// next reads a message, and lets the program do what it asks for.
func (p *standIn) next() (m playMessage, err error) {
	err = p.conn.ReadJSON(&m)
	if err == nil && (m.Type == "client" || m.Type == "input" || m.Type == "stop") {
		p.program(p, m)
	}
	return m, err
}

// until reads up to a message of the kind, and returns those of its kind and the
// steps before it.
func (p *standIn) until(kind string) (m playMessage, steps []check.Result) {
	p.t.Helper()
	for {
		m, err := p.next()
		if err != nil {
			p.t.Fatalf("no %s: %v", kind, err)
		}
		if m.Type == "step" {
			steps = append(steps, m.Result)
		}
		if m.Type == kind {
			return m, steps
		}
	}
}

// talk is a program that does all that is asked of it.
func (p *standIn) talk(m playMessage) {
	switch m.Type {
	case "client":
		p.say("started", m.Run)
		ws, _, err := websocket.DefaultDialer.Dial(m.url(), http.Header{"Origin": {"null"}})
		if err != nil {
			p.say("ended", m.Run, "why", err.Error())
			return
		}
		p.t.Cleanup(func() { ws.Close() })
		p.write(ws, "hello")
		p.program = func(p *standIn, m playMessage) { p.connected(ws, m) }
	case "stop":
		p.say("stopped", m.Run)
	}
}

// connected is the program once it is connected.
func (p *standIn) connected(ws *websocket.Conn, m playMessage) {
	switch m.Type {
	case "input":
		p.write(ws, m.Text)
		_, text, err := ws.ReadMessage()
		if err != nil {
			p.t.Error(err)
		}
		p.say("log", m.Run, "level", "log", "text", string(text))
	case "stop":
		ws.Close()
		p.say("stopped", m.Run)
		p.program = (*standIn).talk
	}
}

func (p *standIn) write(ws *websocket.Conn, text string) {
	if err := ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		p.t.Error(err)
	}
}

// A client that stays in its page is checked as a server is: the same messages,
// the same progress.
func TestPlay(t *testing.T) {
	r := start(t, withClient(t))
	p := r.standIn("chat")
	p.say("check", 0)
	if m, err := p.next(); err != nil || m.Type != "start" || m.Exercise != "chat" || len(m.Steps) != 2 || m.Steps[0].Name != "hello" || m.Steps[0].Says == "" {
		t.Errorf("first %+v, %v", m, err)
	}
	m, _ := p.until("client")
	if m.Run != 1 || m.Step != "hello" || m.setting("base") != 20.0 || m.Random == nil || *m.Random != 0.5 || !strings.HasPrefix(m.url(), "ws://"+r.addr+"/play/chat/") {
		t.Errorf("the program is to be run with %+v", m)
	}
	m, steps := p.until("end")
	for _, s := range steps {
		if s.Verdict != check.Pass {
			t.Errorf("%s: %s %s, got %s", s.Step, s.Verdict, s.Why, s.Got)
		}
	}
	if m.Report.Verdict != check.Pass || m.Report.Passed != 2 || m.Report.Total != 2 {
		t.Errorf("last %+v", m.Report)
	}
	if _, err := p.next(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		t.Errorf("the socket ended with %v", err)
	}
	if kept := r.progress().Exercises["chat"]; kept.Verdict != check.Pass || kept.Steps["typed"] != check.Pass {
		t.Errorf("kept %+v", kept)
	}
}

// What the program does wrong is told with its evidence, as the program's doing.
func TestPlayFails(t *testing.T) {
	r := start(t, withClient(t))
	p := r.standIn("chat")
	p.program = func(p *standIn, m playMessage) {
		switch m.Type {
		case "client":
			p.say("started", m.Run)
			p.say("ended", m.Run, "why", "Uncaught TypeError: x is not a function (main.js:3)")
		case "stop":
			p.say("stopped", m.Run)
		}
	}
	if err := p.conn.WriteJSON(map[string]string{"type": "check", "step": "hello"}); err != nil {
		t.Fatal(err)
	}
	m, steps := p.until("end")
	if len(steps) != 1 || steps[0].Verdict != check.Fail || !strings.Contains(steps[0].Got, "x is not a function (main.js:3)") || m.Report.Total != 1 {
		t.Errorf("%+v, %+v", steps, m.Report)
	}
	if steps[0].Rerun != "duplex check chat chat/main.js --step hello -v" {
		t.Errorf("it is run again with %q", steps[0].Rerun)
	}
}

// A page that goes away takes its check with it: the program's connection ends,
// nothing is recorded, the address is gone, and the next check gets its turn.
func TestPlayEndsWithItsPage(t *testing.T) {
	r := start(t, withClient(t))
	p := r.standIn("chat")
	p.program = func(*standIn, playMessage) {}
	p.say("check", 0)
	m, _ := p.until("client")
	p.say("started", m.Run)
	ws, _, err := websocket.DefaultDialer.Dial(m.url(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	p.conn.Close()
	if err := readToEnd(ws); err == nil {
		t.Error("the program's connection goes on")
	}
	next := r.standIn("chat")
	next.say("check", 0)
	if m, _ := next.until("end"); m.Report.Verdict != check.Pass {
		t.Errorf("the next check: %+v", m.Report)
	}
	resp, body := r.get("/play/" + strings.SplitN(m.url(), "/play/", 2)[1])
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("the place is still there: %s", resp.Status)
	}
	if what, why, next := told(t, body); what == "" || why == "" || next == "" {
		t.Errorf("it says %s", body)
	}
}

// The end of the server ends a check too, at once and with a goodbye.
func TestPlayEndsWithTheServer(t *testing.T) {
	r := start(t, withClient(t))
	p := r.standIn("chat")
	p.program = func(*standIn, playMessage) {}
	p.say("check", 0)
	p.until("client")
	begin := time.Now()
	stopped := make(chan error, 1)
	go func() { stopped <- r.stop() }()
	for {
		m, err := p.next()
		if err == nil && m.Type != "end" {
			continue
		}
		if !websocket.IsCloseError(err, websocket.CloseGoingAway) {
			t.Errorf("it ended with %+v, %v", m, err)
		}
		break
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > politeTime/2 {
		t.Errorf("it took %v", took)
	}
}

// Why there is no check is said on the socket: a page learns nothing of a
// handshake that was refused.
func TestPlayRefusals(t *testing.T) {
	r := start(t, withClient(t))
	for _, tc := range []struct{ exercise, ask, why string }{
		{"none", `{"type":"check"}`, "none of that name"},
		{"chat", `{"type":"check","step":"none"}`, "has none of that name"},
		{"echo", `{"type":"check"}`, "checks a server"},
	} {
		p := r.standIn(tc.exercise)
		if err := p.conn.WriteMessage(websocket.TextMessage, []byte(tc.ask)); err != nil {
			t.Fatal(err)
		}
		m, err := p.next()
		if m.Type != "refused" || !strings.Contains(m.Error["why"], tc.why) || m.Error["what"] == "" || m.Error["next"] == "" {
			t.Errorf("%s %s: %+v, %v", tc.exercise, tc.ask, m, err)
		}
		if _, err := p.next(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			t.Errorf("%s %s: ended with %v", tc.exercise, tc.ask, err)
		}
	}
	for _, first := range []string{"", "check", `{"type":"started","run":1}`} {
		p := r.standIn("chat")
		if err := p.conn.WriteMessage(websocket.TextMessage, []byte(first)); err != nil {
			t.Fatal(err)
		}
		if _, err := p.next(); !websocket.IsCloseError(err, websocket.ClosePolicyViolation) {
			t.Errorf("after %q: %v", first, err)
		}
	}
}

// A page that talks nonsense in the middle is told so.
func TestPlayNonsense(t *testing.T) {
	r := start(t, withClient(t))
	for _, message := range []string{`{"type":"end","run":1}`, strings.Repeat("x", playReadLimit+1)} {
		p := r.standIn("chat")
		p.program = func(*standIn, playMessage) {}
		p.say("check", 0)
		p.until("client")
		if err := p.conn.WriteMessage(websocket.TextMessage, []byte(message)); err != nil {
			t.Fatal(err)
		}
		for {
			if _, err := p.next(); err != nil {
				if !websocket.IsCloseError(err, websocket.ClosePolicyViolation, websocket.CloseMessageTooBig) {
					t.Errorf("%.30q: ended with %v", message, err)
				}
				break
			}
		}
	}
}

// Pages that check, or say that they will, are bounded.
func TestPlaysAreBounded(t *testing.T) {
	r := start(t, withClient(t))
	for range maxPlays {
		r.standIn("chat")
	}
	_, resp, err := websocket.DefaultDialer.Dial("ws://"+r.addr+"/play/chat", nil)
	if err == nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Fatalf("one more: %v", err)
	}
	var body struct{ Error map[string]string }
	if text, _ := io.ReadAll(resp.Body); json.Unmarshal(text, &body) != nil || body.Error["next"] == "" {
		t.Errorf("it says %s", text)
	}
}
