package browsertest

import (
	"testing"

	"github.com/chromedp/cdproto/network"
)

// block keeps a path of the site from the page, and from no other; "" is none.
func (p *page) block(path string) {
	p.t.Helper()
	p.excuse("ERR_BLOCKED_BY_CLIENT")
	params := network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{}}
	if path != "" {
		params.URLPatterns = append(params.URLPatterns, &network.BlockPattern{URLPattern: "http://*:*" + path, Block: true})
	}
	call(p, network.SetBlockedURLs, params)
}

// TestWireDetailIsFetchedAgain: a row whose parts could not be fetched is closed
// again and says why, and another press opens it.
func TestWireDetailIsFetchedAgain(t *testing.T) {
	t.Parallel()
	p := openClient(t, start(t))
	p.press(clientStage, "Run")
	p.sees(console, "closed 1000")
	p.block("/static/elements/wire-log/detail.js")
	p.press(clientStage, "Wire")
	p.clickRow(clientStage, "Switching Protocols")
	p.sees(clientStage+" .wl-said", "What a row holds could not be fetched")
	if p.has(`document.querySelector(".wl-rows [aria-expanded=true]")`) {
		t.Error("the row is open, and empty")
	}
	p.block("")
	p.clickRow(clientStage, "Switching Protocols")
	p.sees(clientStage+" .wl-rows .open .wl-detail", "Sec-WebSocket-Accept")
	if said := p.text(clientStage + " .wl-said"); said != "" {
		t.Errorf("it says still %q", said)
	}
}

// TestEchoWithoutHandshake: a demo whose view of the handshake could not be
// fetched connects and shows its messages.
func TestEchoWithoutHandshake(t *testing.T) {
	t.Parallel()
	p := start(t).open(wide, light)
	p.block("/static/elements/echo-demo/handshake.js")
	p.visit("/lessons/websockets")
	p.bring(echoStage)
	p.sees(echoStage+" .demo-state", "Open")
	p.press(echoStage, "Send")
	p.sees(echoStage+" .talk", "hello, 世界")
}
