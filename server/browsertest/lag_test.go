package browsertest

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"duplex/server"
)

// TestChatLags: a window on a slow network falls behind while the others talk.
// It is told how much it misses, where it misses it, and goes on. What it shows
// and what it is told that it missed add up to what happened.
func TestChatLags(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := joinChat(s, wide, "Ada")
	ada.throttle(2_000)
	// Some 2 MB are said: the room keeps half of one, the browser and both
	// systems some hundred kilobytes.
	var bo *talker
	for i := range 12 {
		bo = member(s, fmt.Sprintf("Bo%d", i))
		for j := range 28 { // more in one go would be refused
			bo.says(fmt.Sprintf("%d.%d %s", i, j, strings.Repeat("語", 1990)))
		}
	}
	ada.throttle(0)
	bo.says("that was much")
	ada.sees(chatStage+" .talk > .message .what", "that was much")
	last := bo.says("and on it goes")
	ada.sees(chatStage+" .talk > .message .what", "and on it goes")

	missing := eval[int](ada, `[...document.querySelectorAll(".talk > .gap")]
		.map((gap) => Number(gap.textContent.match(/^([0-9,]+) lines? (is|are) missing here: this window read too slowly/)[1].replaceAll(",", "")))
		.reduce((a, b) => a + b, 0)`)
	shown := eval[int](ada, `document.querySelectorAll(".talk > li:not(.gap)").length`)
	if missing == 0 || shown+missing != int(last) {
		t.Errorf("of %d entries, %d are shown and %d are said to be missing", last, shown, missing)
	}
	t.Logf("%d entries, %d missing", last, missing)
	ada.sees(chatStage+" .chat-who", "13 in lobby")
	eval[bool](ada, `document.querySelector(".talk > .gap").scrollIntoView({block: "center"}), true`)
	ada.shot("gap")
	for _, v := range []viewport{narrow, projected} {
		ada.do(chromedp.EmulateViewport(v.width, v.height))
		eval[bool](ada, `document.querySelector(".talk > .gap").scrollIntoView({block: "center"}), true`)
		ada.prefers(dark)
		ada.shot("gap-" + v.name)
	}
}

// TestChatBeginsAnew: a server that was restarted knows nothing of the room. The
// page says so, and its numbers begin anew.
func TestChatBeginsAnew(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := joinChat(s, wide, "Ada")
	ada.excuse("WebSocket connection to", "ERR_CONNECTION")
	ada.say("before the restart")
	ada.sees(chatStage+" .talk > .message", "before the restart")
	s.restart()
	ada.sees(chatStage+" .talk", "The server ended the connection: 1001", "going away",
		"Some of the conversation may be missing: the room has begun anew since then.", "Joined lobby again as Ada")
	ada.say("after the restart")
	ada.sees(chatStage+" .talk > .message:last-child", "after the restart")
	ada.shot("restarted")
}

// restart ends the server and starts another one at the same address.
func (s *site) restart() {
	s.t.Helper()
	s.stop()
	l, err := net.Listen("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.stop = serve(s.t, server.Config{Data: s.data}, l)
}

// throttle slows the page's network down to so many bytes a second, as the
// browser's developer tools do; 0 lets it go.
func (p *page) throttle(bytes float64) {
	p.t.Helper()
	var rules network.EmulateNetworkConditionsByRuleParams
	rules.MatchedNetworkConditions = []*network.Conditions{}
	if bytes > 0 {
		rules.MatchedNetworkConditions = append(rules.MatchedNetworkConditions,
			&network.Conditions{DownloadThroughput: bytes, UploadThroughput: bytes})
	}
	call(p, network.EmulateNetworkConditionsByRule, rules)
}
