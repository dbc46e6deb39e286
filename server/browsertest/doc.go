// Package browsertest holds the tests that use the course as people do: in a
// real Chromium, over a real server. They are skipped, with a line that says
// so, where no browser is found; DUPLEX_BROWSER names one, and
// DUPLEX_BROWSER=required makes its absence a failure.
//
//	go test ./server/browsertest
//	DUPLEX_BROWSER=/usr/bin/chromium go test -v -run TestChat ./server/browsertest
//
// DUPLEX_SHOTS=DIR leaves screenshots of what the tests see.
//
// A test starts a [site], a server with fresh data, and opens pages of it:
//
//	p := start(t).open(wide, light)
//	p.visit("/lessons/echo")
//	p.press(echoStage, "Send")
//	p.sees(echoStage, "hello")
//
// Nothing here sleeps: a test waits until the page shows what it should. At
// its end every page must have had a clean console, kept to the content
// security policy, and asked no other host for anything.
package browsertest
