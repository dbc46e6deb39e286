package conformance

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"duplex/lessons/check"
	"duplex/server/demo"
)

// TestDemo holds the course's own echo to the standard, over TCP: without
// compression, where the chapter on it is left out, and with it.
func TestDemo(t *testing.T) {
	demos := demo.New(demo.Deps{})
	server := httptest.NewServer(demos.Echo)
	defer server.Close()
	defer demos.Close(context.Background())
	at := "ws" + strings.TrimPrefix(server.URL, "http") + "/demo/echo"
	for _, c := range []struct {
		name, target string
		left         int
	}{
		{"plain", at, len(Script().Named("deflate"))},
		{"compressed", at + "?deflate=1", 3}, // offers that bound our window are declined
	} {
		t.Run(c.name, func(t *testing.T) {
			if testing.Short() && c.name != "plain" {
				t.Skip("-short: one run of the suite")
			}
			suite := Script()
			report := suite.Run(t.Context(), check.Options{Target: c.target, AtOnce: AtOnce, Patience: 5, OnStep: func(r check.Result) {
				if r.Verdict == check.Pass || r.Optional {
					return
				}
				t.Errorf("%s: %s; sent %s; expected %s; got %s", r.Step, r.Why, r.Sent, r.Expected, r.Got)
			}})
			if report.Optional() != c.left {
				t.Errorf("%d steps were left out, want %d", report.Optional(), c.left)
			}
		})
	}
}
