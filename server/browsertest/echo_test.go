package browsertest

import (
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// echoStage is the demo of the lesson on echo.
const echoStage = "duplex-stage[kind=demo][name=echo]"

// openEcho opens the lesson with its demo connected.
func openEcho(t *testing.T) *page {
	t.Helper()
	p := start(t).open(wide, light)
	p.visit("/lessons/echo")
	p.sees(echoStage+" .state", "● Open", "/demo/echo")
	return p
}

// TestEcho sends one message of each kind, and sees each come back unchanged.
func TestEcho(t *testing.T) {
	t.Parallel()
	p := openEcho(t)
	for _, m := range []struct{ kind, message, shown, size string }{
		{"Text", "grüße, 👋", "grüße, 👋", "13 B"},
		{"Binary", "00 ff 10 2a", "00 ff 10 2a", "4 B"},
		{"Text", "", "empty", "0 B"},
	} {
		p.choose(echoStage+" [name=as]", m.kind)
		p.fill(echoStage+" [name=message]", m.message)
		p.press(echoStage, "Send")
		p.sees(echoStage+" .talk > .sent:nth-last-child(2)", "→ "+m.shown)
		p.sees(echoStage+" .talk > .received:last-child", "← "+m.shown, strings.ToLower(m.kind)+" · "+m.size)
	}
	p.sees(echoStage+" .demo-state", "Open · round trip")

	p.choose(echoStage+" [name=as]", "Binary")
	p.fill(echoStage+" [name=message]", "0 zz")
	p.press(echoStage, "Send")
	p.until("it says what is wrong with the bytes", fmt.Sprintf("document.querySelector(%s).innerText.length > 10", quoted(echoStage+" .demo-wrong")))
	p.shot("talk")
}

// TestEchoClose closes with a code and a reason. The code comes back (the
// reason need not: a browser shows the server's), and it connects again.
func TestEchoClose(t *testing.T) {
	t.Parallel()
	p := openEcho(t)
	p.fill(echoStage+" [name=code]", "1001")
	p.press(echoStage, "Close")
	p.sees(echoStage+" .demo-wrong", "A page may close with 1000, or with 3000 to 4999")

	p.fill(echoStage+" [name=code]", "4001")
	p.fill(echoStage+" [name=reason]", "done here")
	p.press(echoStage, "Close")
	p.sees(echoStage+" .state", "✕ Closed", "by this page · 4001")
	p.sees(echoStage+" .talk > .state:last-child", "Closed: 4001")
	p.shot("closed")
	p.press(echoStage, "Wire")
	p.wire(echoStage, "→ close 4001 “done here”", "← close 4001")

	p.press(echoStage, "Demo")
	p.press(echoStage, "Connect")
	p.sees(echoStage+" .state", "● Open")
	p.fill(echoStage+" [name=message]", "again")
	p.keys("\r")
	p.sees(echoStage+" .talk > .received", "again")
}

// TestEchoWire: the log holds what stood on the wire, recorded while its tab
// was hidden: the true heads, and each frame.
func TestEchoWire(t *testing.T) {
	t.Parallel()
	p := openEcho(t)
	for _, text := range []string{"one", "two"} {
		p.fill(echoStage+" [name=message]", text)
		p.keys("\r")
		p.sees(echoStage+" .talk > .received", text)
	}
	p.until("the tab says how much is unseen", fmt.Sprintf("+document.querySelector(%s).innerText >= 6", quoted(echoStage+" [role=tab] .count")))
	p.press(echoStage, "Wire")
	p.wire(echoStage, "→ GET /demo/echo Upgrade: websocket", "← 101 Switching Protocols", "open",
		"→ text one", "← text one", "→ text two", "← text two")
	p.shot("rows")

	p.clickRow(echoStage, "GET")
	detail := echoStage + " .wl-detail"
	p.sees(detail, "GET /demo/echo?wire=", "Sec-WebSocket-Key: ", "Sec-WebSocket-Version: 13", "Upgrade: websocket")
	p.clickRow(echoStage, "GET") // and closes it
	p.until("the row is closed", "!document.querySelector("+quoted(detail)+")")

	p.clickRow(echoStage, "one")
	p.press(detail, "Bits")
	p.sees(detail, "FIN", "1: text, a data frame.", "The payload is masked", "Masking-key", "on the wire")
	p.press(detail, "Hex")
	p.sees(detail, "Payload, 3 bytes, unmasked", "6f 6e 65")
	p.shot("bits")
}

// TestWireWhileHidden: what passes while the log is hidden is there when it is
// shown, in order, and the newest is in view; until then it costs the page
// nothing.
func TestWireWhileHidden(t *testing.T) {
	t.Parallel()
	p := openEcho(t)
	p.press(echoStage, "Send")
	p.sees(echoStage+" .talk > .received", "hello")
	log := "document.querySelector(" + quoted(echoStage+" wire-log") + ")"
	eval[any](p, log+`.add(Array.from({length: 1200},
		(_, i) => ({at: i, end: "client", dir: "sent", kind: "message", size: 4, text: "message " + i})))`)
	if rows := p.rows(echoStage); len(rows) > 0 {
		t.Errorf("%d rows are drawn that nobody sees", len(rows))
	}
	p.press(echoStage, "Wire")
	p.wire(echoStage, "← 101 Switching Protocols", "← text hello, 世界", "→ text message 0", "→ text message 499", "→ text message 500", "→ text message 1199")
	p.until("the newest is in view", "(v => v.scrollHeight - v.scrollTop - v.clientHeight < 2)("+log+".querySelector('.wl-view'))")
	p.shot("end")
}

// TestWireTools: what passed can be searched, sorted out, held back, copied
// and cleared.
func TestWireTools(t *testing.T) {
	t.Parallel()
	p := openEcho(t)
	log := echoStage + " wire-log"
	p.press(echoStage, "Send")
	p.sees(echoStage+" .talk > .received", "hello")
	p.press(echoStage, "Wire")
	p.wire(echoStage, "← text hello, 世界")

	p.fill(log+" .wl-find", "switching")
	p.until("only the response is left", fmt.Sprintf("%s.join() === '← 101 Switching Protocols'", rowsOf(echoStage)))
	p.fill(log+" .wl-find", "no such thing")
	p.sees(log+" .wl-empty", "No row matches the filter.")
	p.fill(log+" .wl-find", "")
	p.press(log, "HTTP")
	p.until("the heads are gone", fmt.Sprintf("%s.every(r => !r.includes('GET'))", rowsOf(echoStage)))
	p.press(log, "HTTP")
	p.wire(echoStage, "→ GET /demo/echo Upgrade: websocket")

	p.press(log, "Pause")
	before := p.rows(echoStage)
	p.press(echoStage, "Demo")
	p.press(echoStage, "Close")
	p.sees(echoStage+" .state", "✕ Closed")
	p.press(echoStage, "Wire")
	p.until("rows are held back", fmt.Sprintf("/^Resume .\\d/.test(document.querySelector(%s).innerText)", quoted(log+" [data-do=pause]")))
	if now := p.rows(echoStage); !slices.Equal(before, now) {
		t.Errorf("a paused log went from %q to %q", before, now)
	}
	p.click(log + " [data-do=pause]")
	p.wire(echoStage, "→ close 1000 (normal closure)", "← close 1000 (normal closure)")

	p.press(log, "Copy")
	p.sees(log+" .wl-said", "Copied")
	copied := eval[string](p, "navigator.clipboard.readText()")
	for _, want := range []string{"→ GET", "← 101", "→ text", "Switching Protocols", "hello, 世界"} {
		if !strings.Contains(copied, want) {
			t.Errorf("the copy lacks %q:\n%s", want, copied)
		}
	}
	p.press(log, "Clear")
	p.sees(log, "Nothing has passed yet.")
}

// TestHandshake: the first lesson shows the true heads of a connection, and
// the proof, computed anew, is what the server said.
func TestHandshake(t *testing.T) {
	t.Parallel()
	p := start(t).open(wide, dark)
	p.visit("/lessons/websockets")
	p.sees(echoStage+" .hs-verdict", "✓ The same")
	request, response := p.text(echoStage+" [data-part=request]"), p.text(echoStage+" [data-part=response]")
	for head, first := range map[string]string{request: "GET /demo/echo?wire=", response: "HTTP/1.1 101 Switching Protocols"} {
		if !strings.HasPrefix(head, first) {
			t.Errorf("the head begins otherwise than %q:\n%s", first, head)
		}
	}
	sum := sha1.Sum([]byte(field(t, request, "Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	want := base64.StdEncoding.EncodeToString(sum[:])
	for where, got := range map[string]string{
		"the server's head": field(t, response, "Sec-WebSocket-Accept"),
		"the page's proof":  p.text(echoStage + " [data-part=accept]"),
		"what it quotes":    p.text(echoStage + " [data-part=said]"),
	} {
		if got != want {
			t.Errorf("%s says %q, want %q", where, got, want)
		}
	}
	p.shot("proof")

	p.fill(echoStage+" .hs-proof .field", "dGhlIHNhbXBsZSBub25jZQ==") // RFC 6455 §1.3
	p.sees(echoStage+" [data-part=accept]", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
	p.sees(echoStage+" .hs-verdict", "✗ Not what the server said")

	p.fill(echoStage+" [name=message]", "Hi")
	p.press(echoStage, "Send")
	p.sees(echoStage+" .hs-frames > li:first-child", "← received text", "48 69", "opcode")
	p.sees(echoStage+" .hs-frames > li:last-child", "→ sent text", "Masking-key")
	p.shot("frames")
}

// field is a header's value in a head.
func field(t *testing.T, head, name string) string {
	t.Helper()
	found := regexp.MustCompile(`(?mi)^` + name + `: *(\S+)`).FindStringSubmatch(head)
	if found == nil {
		t.Fatalf("no %s in:\n%s", name, head)
	}
	return found[1]
}

// rowsOf is an expression for the rows that a stage's wire log shows: arrow,
// name and what it holds.
func rowsOf(stage string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%s)].filter(li => !li.hidden).map(li =>
		[li.querySelector(".d > :last-child")?.textContent ?? "", li.querySelector(".o").textContent, li.querySelector(".p").textContent].join(" ").trim().replace(/\s+/g, " "))`,
		quoted(stage+" .wl-rows > li"))
}

// rows is what the wire log of a stage shows now.
func (p *page) rows(stage string) []string {
	p.t.Helper()
	return eval[[]string](p, rowsOf(stage))
}

// wire waits until a stage's wire log shows these rows, in this order and with
// anything between them.
func (p *page) wire(stage string, rows ...string) {
	p.t.Helper()
	p.until(fmt.Sprintf("the wire log shows %q", rows), fmt.Sprintf(`(() => {
		const want = %s
		for (const row of %s) if (row === want[0]) want.shift()
		return want.length === 0
	})()`, list(rows), rowsOf(stage)))
}

// clickRow opens or closes the first row of a stage's wire log that holds the
// text.
func (p *page) clickRow(stage, text string) {
	p.t.Helper()
	p.clickOn("the row with "+text, fmt.Sprintf("[...document.querySelectorAll(%s)].find(b => b.innerText.includes(%s))",
		quoted(stage+" .wl-rows > li:not([hidden]) > button"), quoted(text)))
}

// list is a JavaScript array of texts.
func list(texts []string) string {
	var items []string
	for _, s := range texts {
		items = append(items, quoted(s))
	}
	return "[" + strings.Join(items, ", ") + "]"
}
