package server

import "testing"

// A page that may not watch something hears what that is: it watches others, too.
func TestLiveRefusalNamesTheWatch(t *testing.T) {
	w := working(t)
	live := w.live(t)
	for ask, id := range map[string]string{
		`{"watch":"work","id":"echo","token":"wrong"}`: "echo",
		`{"watch":"wire","id":"short"}`:                "short",
		`{"watch":"everything","id":"it"}`:             "it",
		`no JSON`:                                      "",
	} {
		live.say(ask)
		if m := live.until("error"); m.ID != id {
			t.Errorf("%s is refused as a watch of %q", ask, m.ID)
		}
	}
}
