package server

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"duplex/server/progress"
	"duplex/server/wire"
)

// An openPage is the page's end of a live socket.
type openPage struct {
	t    *testing.T
	conn *websocket.Conn
}

// live opens a live socket and reads hello.
func (r *running) live(t *testing.T) *openPage {
	t.Helper()
	p := &openPage{t, r.dial("/live")}
	if m := p.next(); m.Topic != "hello" || m.Start == "" {
		t.Fatalf("first came %+v", m)
	}
	return p
}

func (p *openPage) next() (m message) {
	p.t.Helper()
	if err := p.conn.ReadJSON(&m); err != nil {
		p.t.Fatal(err)
	}
	return m
}

// until reads up to a message of the topic.
func (p *openPage) until(topic string) message {
	p.t.Helper()
	for {
		if m := p.next(); m.Topic == topic {
			return m
		}
	}
}

// progressUntil reads up to a progress that knows the step of the exercise
// echo.
func (p *openPage) progressUntil(step string) progress.Exercise {
	p.t.Helper()
	for {
		e := p.until("progress").Progress.Exercises["echo"]
		if e.Steps[step] != "" {
			return e
		}
	}
}

func (p *openPage) say(text string) {
	p.t.Helper()
	if err := p.conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		p.t.Fatal(err)
	}
}

func TestLiveProgress(t *testing.T) {
	r := start(t, testConfig(t))
	one, two := r.live(t), r.live(t)
	for _, page := range []*openPage{one, two} {
		if m := page.next(); m.Topic != "progress" || m.Progress == nil {
			t.Errorf("after hello came %+v", m)
		}
	}
	r.do("POST", "/progress/section", `{"lesson":"echo","section":"the-loop"}`)
	for _, page := range []*openPage{one, two} {
		if m := page.until("progress"); len(m.Progress.Lessons["echo"].Sections) != 1 {
			t.Errorf("told %+v", m.Progress)
		}
	}
}

// A page that lost its connection tells a restart by hello.
func TestLiveStartDiffers(t *testing.T) {
	cfg := testConfig(t)
	starts := map[string]bool{}
	for range 2 {
		r := start(t, cfg)
		conn := r.dial("/live")
		var m message
		if err := conn.ReadJSON(&m); err != nil {
			t.Fatal(err)
		}
		starts[m.Start] = true
		conn.Close()
		_ = r.stop()
	}
	if len(starts) != 2 {
		t.Errorf("starts: %v", starts)
	}
}

// A page that watches the wire sees the true bytes of its demo's connection,
// until it stops watching.
func TestLiveWire(t *testing.T) {
	const tap = "0123456789abcdef"
	r := start(t, testConfig(t))
	page := r.live(t)
	page.say(`{"watch":"wire","id":"` + tap + `"}`)
	page.say(`{"watch":"wire","id":"` + tap + `"}`) // again: no second stream
	echo := r.dial("/demo/echo?wire=" + tap)
	if err := echo.WriteMessage(websocket.TextMessage, []byte("over the wire")); err != nil {
		t.Fatal(err)
	}
	var kinds []string
	seen := map[string]int{}
	for seen["sent"] == 0 {
		m := page.until("wire")
		if m.ID != tap {
			t.Errorf("events of %s", m.ID)
		}
		for _, e := range m.Events {
			kinds = append(kinds, string(e.Kind))
			if e.Text == "over the wire" {
				seen[string(e.Dir)]++
			}
		}
	}
	if got := strings.Join(kinds, " "); !strings.HasPrefix(got, "request response") || seen["received"] != 1 {
		t.Errorf("saw %s; the message %v", got, seen)
	}
	page.say(`{"unwatch":"wire","id":"` + tap + `"}`)
	page.say(`{"watch":"wire","id":"short"}`)
	if m := page.until("error"); !strings.Contains(m.Error["why"], "16 to 64") {
		t.Errorf("a bad id: %v", m.Error)
	}
}

func TestLiveRefusals(t *testing.T) {
	r := start(t, testConfig(t))
	page := r.live(t)
	for _, text := range []string{"no JSON", `{}`, `{"watch":"everything"}`} {
		page.say(text)
		if m := page.until("error"); m.Error["what"] == "" || m.Error["why"] == "" || m.Error["next"] == "" {
			t.Errorf("%s: %v", text, m.Error)
		}
	}
	for i := range maxWatches + 1 {
		page.say(fmt.Sprintf(`{"watch":"wire","id":"%016d"}`, i))
	}
	if m := page.until("error"); !strings.Contains(m.Error["why"], "too many") {
		t.Errorf("one watch too many: %v", m.Error)
	}
	page.say(`"` + strings.Repeat("x", liveReadLimit) + `"`)
	if err := readToEnd(page.conn); !websocket.IsCloseError(err, websocket.CloseMessageTooBig) {
		t.Errorf("a message too long: %v", err)
	}
	if resp, _ := r.get("/live"); resp.StatusCode != 426 || resp.Header.Get("Upgrade") != "websocket" {
		t.Errorf("no WebSocket: %s", resp.Status)
	}
}

// A page that leaves too much news unread is sent away, and holds nobody up. What
// the other one gets is only measured: to decode 16 MB takes seconds on a slow
// machine, and a page that takes nothing in for writeWait is cut.
func TestLivePageThatDoesNotRead(t *testing.T) {
	r := start(t, testConfig(t))
	idle, page := r.live(t), r.live(t)
	page.until("progress")
	_ = idle.conn.NetConn().(*net.TCPConn).SetReadBuffer(64 << 10)
	long := strings.Repeat("x", 256<<10)
	for i := range 4 * newsKept { // more than the sockets hold and the room keeps
		r.s.live.broadcast(message{Topic: "reload", Lesson: &long})
		if _, text, err := page.conn.ReadMessage(); err != nil || len(text) < len(long) {
			t.Fatalf("message %d has %d bytes, %v", i, len(text), err)
		}
	}
	if err := readToEnd(idle.conn); !websocket.IsCloseError(err, websocket.CloseTryAgainLater) {
		t.Errorf("ended with %v, want 1013", err)
	}
}

// A page that watches more than it reads stays connected. Events are left out,
// and are told to be.
func TestLiveWireFasterThanThePage(t *testing.T) {
	const tap, recorded = "0123456789abcdef", 3000
	r := start(t, testConfig(t))
	page := r.live(t)
	_ = page.conn.NetConn().(*net.TCPConn).SetReadBuffer(64 << 10)
	page.say(`{"watch":"wire","id":"` + tap + `"}`)
	page.say(`{}`)
	page.until("error") // it watches now
	recorder := r.s.taps.Recorder(tap)
	defer recorder.Close()
	for range recorded { // more than two batches of the tap's
		recorder.Record(wire.Event{Kind: wire.KindFrame, Text: strings.Repeat("\x01", 1000)})
	}
	came, missed := 0, 0
	for came+missed < recorded {
		for _, e := range page.until("wire").Events {
			n := 0
			if _, err := fmt.Sscanf(e.Text, "%d events were left out", &n); err != nil {
				came++
			}
			missed += n
		}
	}
	if came+missed != recorded || came == 0 || missed == 0 {
		t.Errorf("%d came and %d were missed, of %d", came, missed, recorded)
	}
	page.say(`{}`)
	page.until("error")
}

// What may wait for a page has room for any message of events.
func TestLiveWireFits(t *testing.T) {
	worst := wire.Event{Kind: wire.KindFrame, Dir: wire.Received, Conn: "1000"}
	worst.Show([]byte(strings.Repeat("\x01", wire.MaxShown)))
	events := slices.Repeat([]wire.Event{worst}, 1000)
	n := fitting(events)
	if size := len(encode(message{Topic: "wire", Events: events[:n]})); n < 2 || size > wireMost+1000 {
		t.Errorf("%d events take %d bytes", n, size)
	}
	worst.Text = strings.Repeat("\x01", wireMost)
	if n := fitting([]wire.Event{worst, worst}); n != 1 {
		t.Errorf("of those that are too large %d are sent at a time, want 1", n)
	}
}

func TestLivePagesAreBounded(t *testing.T) {
	r := start(t, testConfig(t))
	for i := range maxPages {
		if !r.s.live.pages.enter() {
			t.Fatalf("only %d pages were let in", i)
		}
	}
	_, resp, err := websocket.DefaultDialer.Dial("ws://"+r.addr+"/live", nil)
	if err == nil || resp.StatusCode != 503 {
		t.Errorf("one page too many: %v", err)
	}
	for range maxPages {
		r.s.live.pages.leave()
	}
	r.live(t)
}

// An author saves a file, and pages hear which lesson to load again; requests
// get the new text. A broken lesson leaves the others alone.
func TestReload(t *testing.T) {
	cfg := testConfig(t)
	cfg.Lessons, cfg.LessonsDir = nil, t.TempDir()
	for name, file := range course() {
		save(t, filepath.Join(cfg.LessonsDir, name), string(file.Data))
	}
	r := start(t, cfg)
	page := r.live(t)
	saves := []struct{ file, text, lesson string }{
		{"echo/lesson.md", strings.Replace(echoLesson, "Text.", "Changed words.", 1), "echo"},
		{"course.md", "---\ntitle: Another title\nsummary: x\n---\n\n1. [Echo](echo/lesson.md)\n", ""},
		{"echo/lesson.md", "---\ntitle: Broken\n---\n\n## A section\n\n```demo nothing\n", "echo"},
		{"course.md", string(course()["course.md"].Data), ""},
	}
	for _, tc := range saves {
		save(t, filepath.Join(cfg.LessonsDir, tc.file), tc.text)
		if m := page.until("reload"); m.Lesson == nil || *m.Lesson != tc.lesson {
			t.Errorf("%s was saved: told %+v", tc.file, m)
		}
		switch _, body := r.get("/lessons/echo"); {
		case strings.Contains(tc.text, "Changed") && !strings.Contains(body, "Changed words."):
			t.Error("the old words are served")
		case strings.Contains(tc.text, "nothing") && !strings.Contains(body, "echo/lesson.md:"):
			t.Errorf("the page does not say where it is broken: %s", body)
		}
	}
	if resp, body := r.get("/lessons/chat"); resp.StatusCode != 200 || !strings.Contains(body, "The room") {
		t.Errorf("a broken lesson broke another: %s", resp.Status)
	}
}

func save(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAffected(t *testing.T) {
	cfg := testConfig(t)
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for paths, want := range map[string]string{
		"echo/lesson.md":                       `["echo"]`,
		"echo/lesson.md echo/solution/main.go": `["echo"]`,
		"echo/lesson.md chat/lesson.md":        `["chat","echo"]`,
		"course.md":                            `[""]`,
		"echo/lesson.md other/file.txt":        `[""]`,
	} {
		got, _ := json.Marshal(affected(strings.Fields(paths), s.course(), s.course()))
		if string(got) != want {
			t.Errorf("%s: %s, want %s", paths, got, want)
		}
	}
}

// The bounds must keep their order, or pages that are well are cut.
func TestLiveLimits(t *testing.T) {
	if livePing+closeWait >= liveWait {
		t.Errorf("pings every %v can't be heard within %v", livePing, liveWait)
	}
	if politeTime >= 5*time.Second || closeWait >= politeTime {
		t.Errorf("%v for a Close frame, %v for all, within 5 s", closeWait, politeTime)
	}
}
