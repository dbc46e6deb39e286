package conformance

import (
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"duplex/lessons/check"
	"duplex/server/demo"
)

// owed are the steps that the course's own echo does not pass yet, with
// compression: its library takes up every offer, whatever its parameters, and
// passes over RSV1 where it may not stand. Without compression it owes nothing.
var owed = []string{"deflate/bit-inside", "deflate/bit-on-control", "deflate/declined", "deflate/parameter"}

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
		owed         []string
		left         int
	}{
		{"plain", at, nil, len(Script().Named("deflate"))},
		{"compressed", at + "?deflate=1", owed, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			suite := Script()
			var fails []string
			report := suite.Run(t.Context(), check.Options{Target: c.target, AtOnce: AtOnce, Patience: 5, OnStep: func(r check.Result) {
				if r.Verdict == check.Pass || r.Optional {
					return
				}
				if name := group(suite, r.Step); !slices.Contains(fails, name) {
					fails = append(fails, name)
				}
				t.Logf("%s: %s; sent %s; expected %s; got %s", r.Step, r.Why, r.Sent, r.Expected, r.Got)
			}})
			if slices.Sort(fails); !slices.Equal(fails, c.owed) {
				t.Errorf("does not pass %v, want %v", fails, c.owed)
			}
			if report.Optional() != c.left {
				t.Errorf("%d steps were left out, want %d", report.Optional(), c.left)
			}
		})
	}
}
