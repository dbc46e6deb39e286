package browsertest

import (
	"net"
	"strings"
	"testing"

	"duplex/server"
)

// away stops the site's server, and returns what starts another one in its
// place, for the folder that is the learner's then.
func (s *site) away() (back func()) {
	s.t.Helper()
	s.stop()
	return func() {
		s.t.Helper()
		l, err := net.Listen("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			s.t.Fatal(err)
		}
		serve(s.t, server.Config{Data: s.data, Work: s.work}, l)
	}
}

// unanswered are what a browser's console says of a server that is away.
var unanswered = []string{"ERR_CONNECTION_REFUSED", "WebSocket connection", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET"}

// TestClientAway: while the server is away nothing that was written is lost, and
// a program says that it can't run; with the server started anew it runs.
func TestClientAway(t *testing.T) {
	t.Parallel()
	s := start(t)
	p := openClient(t, s)
	p.excuse(unanswered...)
	p.program(
		`const ws = new WebSocket(demo.echo)`,
		`ws.onopen = () => ws.send("mine")`,
		`ws.onmessage = (e) => console.log("came:", e.data)`,
		`ws.onclose = (e) => console.log("closed with", e.code)`)
	p.press(clientStage, "Run")
	p.sees(console, "came: mine")
	p.reload() // the sample was not fetched in this page
	p.until("the editor holds it again", "("+code+").includes('mine')")

	back := s.away()
	p.press(clientStage, "Reset")
	p.sees(console, "Not reset, your program is as it was")
	p.choose(clientStage+" #cl-sample", "Server-sent events")
	p.sees(console, "“Server-sent events” could not be fetched")
	p.until("the program is there as before", "("+code+").includes('mine')")
	p.press(clientStage, "Run")
	p.sees(console, "Not run: the Duplex server does not answer")
	p.sees(clientStage+" .cl-console .demo-state", "Not run")
	p.shot("away")

	back()
	p.press(clientStage, "Clear")
	p.press(clientStage, "Run")
	p.sees(console, "came: mine")
	p.reload()
	p.until("it is kept", "("+code+").includes('mine')")
	if got := p.value(clientStage + " #cl-sample"); got != "life" {
		t.Errorf("the sample chosen is %s", got)
	}
}
