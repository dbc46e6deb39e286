package browsertest

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const (
	// clientStage is the demo of the lesson on the client.
	clientStage = "duplex-stage[kind=demo][name=client]"
	// console is where the program says something.
	console = clientStage + " .cl-lines"
	// code is an expression for the editor's text.
	code = `document.querySelector("` + clientStage + ` .cl-editor").shadowRoot.querySelector(".cm-content").cmTile?.view?.state.doc.toString()
		?? document.querySelector("` + clientStage + ` .cl-editor").shadowRoot.querySelector(".cm-content").innerText`
)

// openClient opens the lesson, with the editor ready.
func openClient(t *testing.T, s *site) *page {
	t.Helper()
	p := s.open(wide, light)
	p.visit("/lessons/client")
	p.until("the editor holds the sample", "("+code+").includes('new WebSocket')")
	return p
}

// program pastes a program into the editor, in place of what is there.
func (p *page) program(lines ...string) {
	p.t.Helper()
	p.until("the editor has the focus", fmt.Sprintf(`(host => {
		host.shadowRoot.querySelector(".cm-content").focus()
		return host.shadowRoot.activeElement !== null
	})(document.querySelector(%s))`, quoted(clientStage+" .cl-editor")))
	p.keys("a", chromedp.ModifierCtrl)
	eval[bool](p, fmt.Sprintf(`(root => {
		const clipboardData = new DataTransfer()
		clipboardData.setData("text/plain", %s)
		root.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}))
		return true
	})(document.querySelector(%s).shadowRoot)`, quoted(strings.Join(lines, "\n")), quoted(clientStage+" .cl-editor")))
}

// TestClient: a program that is typed into the page runs against the live
// endpoint; its console and its frames stand beside it.
func TestClient(t *testing.T) {
	t.Parallel()
	p := openClient(t, start(t))
	p.press(clientStage, "Run")
	p.sees(console, "handed over, not yet sent:", "received hello, 世界", "closed 1000")
	p.shot("sample")

	p.program(
		`const ws = new WebSocket(demo.echo)`,
		`ws.onopen = () => ws.send("typed by hand")`,
		`ws.onmessage = (e) => { console.log("came:", e.data); console.warn("look"); ws.close(4000, "enough") }`,
		`ws.onclose = (e) => console.log("closed with", e.code, { clean: e.wasClean })`)
	p.keys("\r", chromedp.ModifierCtrl)
	p.sees(console, "came: typed by hand", "! look", "closed with 4000 { clean: true }")
	p.press(clientStage, "Wire")
	p.wire(clientStage, "→ GET /demo/echo Upgrade: websocket", "← 101 Switching Protocols",
		"→ text typed by hand", "← text typed by hand", "→ close 4000 “enough”")
	p.shot("wire")
}

// TestClientErrors: what a program throws is shown with its line, and a loop
// without an end can be stopped.
func TestClientErrors(t *testing.T) {
	t.Parallel()
	p := openClient(t, start(t))
	p.program(`// nothing`, `null.one`)
	p.press(clientStage, "Run")
	p.sees(console, "✗ Line 2: Uncaught TypeError")

	p.program(`const a = `, `}`)
	p.press(clientStage, "Run")
	p.sees(console, "SyntaxError")

	p.program(`console.log("round and round")`, `while (true) {}`)
	p.press(clientStage, "Run")
	p.sees(console, "round and round")
	p.sees(clientStage+" .cl-console .demo-state", "Running")
	p.press(clientStage, "Stop")
	p.sees(clientStage+" .cl-console .demo-state", "Stopped")

	p.program(`for (let i = 0; ; i++) console.log("flood", i)`)
	p.press(clientStage, "Run")
	p.sees(console, "left out: they came too fast")
	p.press(clientStage, "Stop")
	p.press(clientStage, "Clear")
	p.program(`console.log("a new run")`)
	p.press(clientStage, "Run")
	p.sees(console, "a new run")
	p.shot("stopped")
}

// TestClientKeeps: what was written is there after a reload, each program has
// its own, and Reset can be undone.
func TestClientKeeps(t *testing.T) {
	t.Parallel()
	p := openClient(t, start(t))
	p.program(`console.log("mine")`)
	p.until("it is kept", "Object.keys(localStorage).some(k => localStorage[k].includes('mine'))")
	p.reload()
	p.until("the editor holds it again", "("+code+") === 'console.log(\"mine\")'")

	p.choose(clientStage+" #cl-sample", "Server-sent events")
	p.until("the other program is its own", "("+code+").includes('new EventSource')")
	p.choose(clientStage+" #cl-sample", "One connection")
	p.until("the first one is kept", "("+code+") === 'console.log(\"mine\")'")

	p.press(clientStage, "Reset")
	p.until("the sample is back", "("+code+").includes('new WebSocket')")
	p.choose(clientStage+" #cl-sample", "Server-sent events")
	p.until("the other program is there", "("+code+").includes('new EventSource')")
	p.sees(clientStage+" .cl-tools", "Reset")
	p.choose(clientStage+" #cl-sample", "One connection")
	p.press(clientStage, "Undo reset")
	p.until("mine is back", "("+code+") === 'console.log(\"mine\")'")
}

// TestClientUnkept: where the browser stores nothing, the page has what was
// written as long as it is there, and asks before it is left.
func TestClientUnkept(t *testing.T) {
	t.Parallel()
	p := openClient(t, start(t))
	eval[bool](p, `Storage.prototype.setItem = () => { throw new Error("QuotaExceededError") }, true`)
	p.program(`console.log("mine")`)
	p.until("it asks before it is left", `!dispatchEvent(new Event("beforeunload", {cancelable: true}))`)
	p.choose(clientStage+" #cl-sample", "Server-sent events")
	p.until("the other program is there", "("+code+").includes('new EventSource')")
	p.choose(clientStage+" #cl-sample", "One connection")
	p.until("mine is there", "("+code+") === 'console.log(\"mine\")'")
	p.press(clientStage, "Reset")
	p.until("nothing is unkept", `dispatchEvent(new Event("beforeunload", {cancelable: true}))`)
}

// TestClientIsShutIn: the program reaches the demos and nothing else: no other
// page of this server, no other port, nothing of the page around it.
func TestClientIsShutIn(t *testing.T) {
	t.Parallel()
	s := start(t)
	p := openClient(t, s)
	p.excuse("Content Security Policy") // what is tried here must break it
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	reached := make(chan string, 1)
	go func() {
		for {
			c, err := other.Accept()
			if err != nil {
				return
			}
			c.Close()
			select {
			case reached <- c.RemoteAddr().String():
			default:
			}
		}
	}()
	defer other.Close()

	p.program(
		`const here = new URL(demo.events).origin, elsewhere = "http://`+other.Addr().String()+`"`,
		`const attempt = async (name, go) => console.log(name, await go().then((v) => "REACHED " + v, () => "refused"))`,
		`const open = (make) => new Promise((yes, no) => { const c = make(); c.onopen = () => yes("it"); c.onerror = () => no() })`,
		`await attempt("course", () => fetch(here + "/"))`,
		`await attempt("progress", () => fetch(here + "/progress"))`,
		`await attempt("no-cors", () => fetch(here + "/progress", { mode: "no-cors" }))`,
		`await attempt("reset", () => fetch(here + "/progress/reset", { method: "POST", mode: "no-cors", body: "{}" }))`,
		`await attempt("drop", () => fetch(here + "/demo/events/drop?wire=aaaaaaaaaaaaaaaa", { method: "POST" }))`,
		`await attempt("live", () => open(() => new WebSocket(here.replace("http", "ws") + "/live")))`,
		`await attempt("port", () => fetch(elsewhere, { mode: "no-cors" }))`,
		`await attempt("port-ws", () => open(() => new WebSocket(elsewhere.replace("http", "ws"))))`,
		`await attempt("script", async () => importScripts(elsewhere + "/x.js"))`,
		`await attempt("no-ticket", () => open(() => new WebSocket(demo.echo.replace(/ticket=[^&]*/, "ticket=wrong"))))`,
		`await attempt("store", async () => indexedDB.open("x"))`,
		`await attempt("caches", async () => caches.open("x"))`,
		`console.log("page", typeof document, typeof window, typeof parent, typeof localStorage, typeof cookieStore === "undefined" || "cookieStore", self.origin)`,
		`await attempt("echo", () => open(() => new WebSocket(demo.echo)))`,
		`console.log("all tried")`)
	p.press(clientStage, "Run")
	p.sees(console, "all tried")
	said := strings.Join(p.texts(console+" > li.log"), "\n")
	t.Log(said)
	for _, name := range []string{"course", "progress", "no-cors", "reset", "drop", "live", "port", "port-ws", "script", "no-ticket", "store", "caches"} {
		if !strings.Contains(said, name+" refused") {
			t.Errorf("%s is not refused", name)
		}
	}
	for _, want := range []string{"page undefined undefined undefined undefined", " null", "echo REACHED it"} {
		if !strings.Contains(said, want) {
			t.Errorf("the program does not say %q", want)
		}
	}
	select {
	case from := <-reached:
		t.Errorf("another port was reached, from %s", from)
	default:
	}
	if got := eval[string](p, `document.querySelector("iframe").getAttribute("sandbox")`); got != "allow-scripts" {
		t.Errorf("the frame may %q", got)
	}
}

// TestEditorTyping: typing over a selection leaves the console clean.
func TestEditorTyping(t *testing.T) {
	t.Parallel()
	p := openClient(t, start(t))
	p.click(clientStage + " .cl-editor")
	p.keys("a", chromedp.ModifierCtrl)
	p.keys("let a = 1")
	p.until("it is typed", "("+code+") === 'let a = 1'")
	p.keys("n") // a key that elsewhere leads to the next lesson
	p.until("it is typed", "("+code+") === 'let a = 1n'")
}
