package roomlog

import (
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

// Thousands of readers get all that was published before the room closed, then
// their goodbye and the end of the connection; and then nothing of them is left.
func TestCloseThousands(t *testing.T) {
	each := min(2000, descriptors()/5)
	t.Logf("%d WebSockets and %d event streams", each, each)
	was := goleak.IgnoreCurrent()
	r := New(Config{Formats: []Format{WebSocket, EventStream}})
	n := newNetwork(t)
	publish(t, r, 5)
	var serving, clients sync.WaitGroup
	for i := range 2 * each {
		server, conn := n.pair()
		f := Format(i % 2)
		rd := join(t, r, server, f, 0)
		serving.Go(func() { serve(rd) })
		clients.Go(func() {
			var got tally
			err := got.follow(newClient(conn, f))
			if err != nil || got.got != 10 || got.missed != 0 || !strings.HasSuffix(got.bye, "server is shutting down") {
				t.Errorf("format %d: got %+v, %v", f, got, err)
			}
			conn.Close() // a browser answers with a Close frame, which nobody looks at here
		})
	}
	publish(t, r, 5)
	r.Close(1001, "server is shutting down", 0, 0)
	clients.Wait()
	serving.Wait()
	if left := len(r.Readers()); left > 0 {
		t.Errorf("%d readers are still in the room", left)
	}
	goleak.VerifyNone(t, was)
}
