// Package browsertest holds the tests that use the course as people do: in a
// real Chromium, over a real server. They are skipped, with a line that says
// so, where no browser is found; DUPLEX_BROWSER names one, and
// DUPLEX_BROWSER=required makes its absence a failure.
//
//	go test ./server/browsertest
//	DUPLEX_BROWSER=/usr/bin/chromium go test -v -run TestChat ./server/browsertest
//
// DUPLEX_SHOTS=DIR leaves a screenshot of every page that the tests visit.
package browsertest
