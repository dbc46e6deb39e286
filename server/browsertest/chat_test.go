package browsertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
)

// chatStage is the demo of the lesson on chat.
const chatStage = "duplex-stage[kind=demo][name=chat]"

// joinChat opens the lesson in a window and joins its room, for a user whose
// browser knows no name yet.
func joinChat(s *site, v viewport, name string) *page {
	s.t.Helper()
	p := s.open(v, light)
	p.visit("/lessons/chat")
	p.bring(chatStage)
	p.fill(chatStage+" [name=name]", name)
	p.press(chatStage, "Join")
	p.sees(chatStage+" .talk", "Joined lobby")
	return p
}

// TestChat: two windows in one room see each other come, speak and leave.
func TestChat(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := joinChat(s, wide, "Ada")
	ada.sees(chatStage+" .chat-who", "you (Ada), nobody else")
	bo := joinChat(s.another(), wide, "Bo")
	ada.sees(chatStage+" .talk", "Bo joined")
	ada.sees(chatStage+" .chat-who", "In lobby: you (Ada), Bo")
	bo.sees(chatStage+" .chat-who", "In lobby: you (Bo), Ada")

	ada.say("Hello, Bo. Grüße, 👋")
	for _, p := range []*page{ada, bo} {
		p.sees(chatStage+" .talk > .message", "Hello, Bo. Grüße, 👋")
	}
	ada.sees(chatStage+" .talk > .mine b", "Ada (you)")
	bo.say("Hello, Ada.")
	for _, p := range []*page{ada, bo} {
		p.sees(chatStage+" .talk > .message:last-child", "Hello, Ada.")
	}
	if typed := ada.value(chatStage + " [name=text]"); typed != "" {
		t.Errorf("what was sent still stands in the field: %q", typed)
	}
	ada.shot("two")

	ada.press(chatStage, "Wire")
	ada.wire(chatStage, `→ text {"type":"say","text":"Hello, Bo. Grüße, 👋"}`)

	bo.press(chatStage, "Leave")
	bo.sees(chatStage+" .state", "✕ Closed")
	ada.press(chatStage, "Demo")
	ada.sees(chatStage+" .talk", "Bo left")
	ada.sees(chatStage+" .chat-who", "nobody else")
}

// TestChatRemembers: who comes later sees the last messages; two of one name
// are told apart; a room is a word in the address.
func TestChatRemembers(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := joinChat(s, wide, "Ada")
	ada.say("said before you came")
	ada.sees(chatStage+" .talk > .message", "said before you came")

	// A second window of the same browser joins by itself, under its name.
	second := s.open(narrow, dark)
	second.visit("/lessons/chat")
	second.bring(chatStage)
	second.sees(chatStage+" .talk", "said before you came", "Joined lobby as Ada 2")
	second.shot("narrow")

	other := s.open(wide, light)
	other.visit("/lessons/chat?room=attic")
	other.bring(chatStage)
	other.sees(chatStage+" .talk", "Joined attic as Ada")
	if talk := other.text(chatStage + " .talk"); strings.Contains(talk, "said before") {
		t.Errorf("the attic hears what is said in the lobby: %s", talk)
	}
}

// TestChatRefuses: what the room does not take is refused in words, comes back
// to its writer, and reaches nobody else.
func TestChatRefuses(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bo := joinChat(s, wide, "Ada"), joinChat(s.another(), wide, "Bo")
	ada.press(chatStage, "Send")
	ada.sees(chatStage+" .demo-wrong", "Refused: ")
	ada.shot("empty")

	long := strings.Repeat("x", 2001)
	ada.say(long)
	ada.sees(chatStage+" .demo-wrong", "2001 characters", "at most 2000")
	ada.until("it can be mended", fmt.Sprintf("document.querySelector(%s).value.length === 2001", quoted(chatStage+" [name=text]")))
	ada.say("short")
	bo.sees(chatStage+" .talk > .message", "short")
	ada.until("it is no longer refused", fmt.Sprintf("document.querySelector(%s).innerText === ''", quoted(chatStage+" .demo-wrong")))
	if said := bo.texts(chatStage + " .talk > .message"); len(said) != 1 {
		t.Errorf("Bo hears %q", said)
	}

	ada.say(strings.Repeat("x", 17_000)) // more than the room reads of one frame
	ada.sees(chatStage+" .state", "✕ Closed", "by the server · 1009")
	ada.shot("too-big")
	bo.sees(chatStage+" .talk", "Ada left")
}

// TestChatComesBack: a browser's network is nothing to a server on this machine.
// A page whose line is cut says so, keeps what is being typed, and joins again
// when the line is back. What was said meanwhile is there, and nothing twice.
func TestChatComesBack(t *testing.T) {
	t.Parallel()
	s, wire := startBehind(t)
	ada := joinChat(s, wide, "Ada")
	ada.excuse("WebSocket connection to", "ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION")
	ada.say("before")
	ada.sees(chatStage+" .talk > .message", "before")

	direct := *s // Bo does not go over the line that is cut
	direct.url = "http://" + wire.server
	bo := member(&direct, "Bo")
	ada.offline(true)
	ada.say("without a network")
	bo.waits("what she says", func(e entry) bool { return e.Text == "without a network" })
	ada.sees(chatStage+" .state", "● Open")
	wire.cut()
	ada.sees(chatStage+" .state", "↻ Retrying")
	ada.sees(chatStage+" .demo-state", "Connection lost", "What you type is kept.")
	ada.sees("[data-live]", "✗ Offline.", "The Duplex server does not answer.")
	ada.say("typed while away")
	ada.sees(chatStage+" .demo-wrong", "Not sent")
	ada.shot("offline")

	bo.hears("Ada", "leave")
	bo.says("said meanwhile")
	wire.mend()
	ada.offline(false)
	ada.sees(chatStage+" .talk", "The connection was lost.", "While you were away, 1 message was said:", "Ada (you) left", "Joined lobby again as Ada")
	ada.shot("back")
	ada.until("the banner is gone", "document.querySelector('[data-live]').hidden")
	if typed := ada.value(chatStage + " [name=text]"); typed != "typed while away" {
		t.Errorf("what was typed is now %q", typed)
	}
	ada.press(chatStage, "Send")
	ada.sees(chatStage+" .talk > .message:last-child", "typed while away")
	if said := ada.texts(chatStage + " .talk > .message .what"); strings.Join(said, "|") != "before|without a network|said meanwhile|typed while away" {
		t.Errorf("the conversation is %q", said)
	}
}

// TestChatPlaysOffline: the developer tools' Offline, with which the lesson has
// one try it, is a lost connection, also to a server on this machine.
func TestChatPlaysOffline(t *testing.T) {
	t.Parallel()
	ada := joinChat(start(t), wide, "Ada")
	ada.excuse("WebSocket connection to", "ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION")
	play := func(offline bool) {
		conditions := &network.Conditions{Offline: offline, DownloadThroughput: -1, UploadThroughput: -1}
		call(ada, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{conditions}})
		ada.offline(offline)
	}
	play(true)
	ada.sees(chatStage+" .state", "↻ Retrying")
	play(false)
	ada.sees(chatStage+" .talk", "The connection was lost.", "Joined lobby again as Ada")
}

// TestChatGivesBack: words that were on their way when the connection broke are
// given back to their writer, who is told that nobody knows. If the room shows
// that they had arrived, they are taken back. They are neither lost nor said twice.
func TestChatGivesBack(t *testing.T) {
	t.Parallel()
	s, wire := startBehind(t)
	ada := joinChat(s, wide, "Ada")
	ada.excuse("WebSocket connection to", "ERR_CONNECTION")
	direct := *s // Bo does not go over the line that is cut
	direct.url = "http://" + wire.server
	bo := member(&direct, "Bo")
	comesBack := func() {
		bo.hears("Ada", "leave")
		wire.mend()
		bo.hears("Ada", "join")
		ada.sees(chatStage+" .talk > :last-child", "Joined lobby again as Ada")
	}
	const unsure = "Not sure that this was passed on: "

	ada.sending("") // it never leaves
	ada.say("first try")
	ada.say("second try")
	wire.cut()
	ada.sees(chatStage+" .chat-back", unsure+"“first try”. It stands in the field again.", unsure+"“second try” Put back")
	ada.shot("unsure")
	ada.sending("whole")
	comesBack()
	ada.holds("first try")
	ada.keys("\r")
	ada.sees(chatStage+" .talk > .message:last-child", "first try")
	ada.press(chatStage, "Put back")
	ada.holds("second try")
	ada.keys("\r")
	ada.sees(chatStage+" .talk > .message:last-child", "second try")

	ada.sending("deaf") // it arrives, and Ada does not hear of it
	ada.say("third, arrived")
	bo.waits("the third", func(e entry) bool { return e.Text == "third, arrived" })
	wire.cut()
	ada.sees(chatStage+" .chat-back", unsure+"“third, arrived”. It stands in the field again.")
	ada.holds("third, arrived")
	comesBack()
	ada.holds("")

	ada.say("fourth, arrived")
	bo.waits("the fourth", func(e entry) bool { return e.Text == "fourth, arrived" })
	ada.fill(chatStage+" [name=text]", "typing on")
	wire.cut()
	ada.sees(chatStage+" .chat-back", unsure+"“fourth, arrived” Put back")
	ada.shot("unsure-typing")
	comesBack()
	ada.holds("typing on")

	ada.until("nothing is unsure", fmt.Sprintf("document.querySelector(%s).innerText === ''", quoted(chatStage+" .chat-back")))
	if said := ada.texts(chatStage + " .talk > .mine .what"); strings.Join(said, "|") != "first try|second try|third, arrived|fourth, arrived" {
		t.Errorf("Ada said %q", said)
	}
}

// sending changes how what is said leaves the page: "whole", as always; "deaf",
// so that nothing more is heard over that connection; or not at all.
func (p *page) sending(how string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(() => {
		const how = %s, send = window.sendsWhole ??= WebSocket.prototype.send;
		WebSocket.prototype.send = function(data) {
			const said = String(data).startsWith('{"type":"say"');
			if (said && how === "deaf") this.onmessage = null;
			if (!said || how) send.call(this, data);
		};
		return true;
	})()`, quoted(how)))
}

// holds waits until that, and nothing else, stands in the field.
func (p *page) holds(text string) {
	p.t.Helper()
	p.until(fmt.Sprintf("the field holds %q", text), fmt.Sprintf("document.querySelector(%s).value === %s", quoted(chatStage+" [name=text]"), quoted(text)))
}

// say writes a message and sends it.
func (p *page) say(text string) {
	p.t.Helper()
	p.fill(chatStage+" [name=text]", text)
	p.keys("\r")
}

// offline takes the browser's network away, as its user would see it, or
// brings it back. Connections that are open stay: cut the line for that.
func (p *page) offline(yes bool) {
	p.t.Helper()
	call(p, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: yes, DownloadThroughput: -1, UploadThroughput: -1})
}
