package check

import (
	"fmt"
	"sync"
	"testing"

	"github.com/gobwas/ws"
)

// A testRoom passes every text on to every member, in one order.
type testRoom struct {
	mu      sync.Mutex
	members map[*peer]bool
	deliver func(r *testRoom, from, to *peer, text string) // says text to one member
}

func newTestRoom() *testRoom {
	return &testRoom{members: map[*peer]bool{}, deliver: func(_ *testRoom, _, to *peer, text string) { to.say(ws.OpText, true, text) }}
}

func (r *testRoom) serve(p *peer) {
	r.mu.Lock()
	r.members[p] = true
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		delete(r.members, p)
		r.mu.Unlock()
	}()
	for {
		f, ok := p.frame()
		if !ok || f.Header.OpCode == ws.OpClose {
			return
		}
		r.mu.Lock()
		for to := range r.members {
			r.deliver(r, p, to, string(f.Payload))
		}
		r.mu.Unlock()
	}
}

const three = "crowd c 3\neach c: dial /ws\neach c: send text \"{n} is here {random}\"\neach c: await text same\n" +
	"reverse c: send 2 text \"{n} says {i} {random}\"\n"

// TestRooms holds the commands for rooms against rooms that err.
func TestRooms(t *testing.T) {
	const two = "a: dial /ws\na: send text \"a {random}\"\na: await text same\nb: dial /ws\nb: send text \"b {random}\"\nb: await text same\na: recv text same as b\n"
	for _, c := range []struct {
		name, commands string
		deliver        func(r *testRoom, from, to *peer, text string)
		verdict        Verdict
		parts          []string
	}{
		{"everybody", three + "each c: gather c\nagree c", nil, Pass, nil},
		{"a crowd of a hundred", "crowd c 100\neach c: dial /ws\neach c: send text \"{n} is here {random}\"\neach c: await text same\nreverse c: send text \"{n} says {random}\"\neach c: gather c\nagree c\nc.7: drop\nc.100: send text \"x {n}\"\nc.1: recv text same as c.100", nil, Pass, nil},
		{"two", two + "a: send text \"one {random}\"\na: recv text same\nb: recv text same as a\na: silence 10ms", nil, Pass, nil},
		{"sender left out", "a: dial /ws\na: send text \"a\"\na: await text same within 50ms", func(*testRoom, *peer, *peer, string) {}, Fail, []string{"did not come within 50ms"}},
		{"sender left out of a crowd", "crowd c 2\neach c: dial /ws\neach c: send text \"{n}\"\neach c: gather c within 1s", func(_ *testRoom, from, to *peer, text string) {
			if from != to {
				to.say(ws.OpText, true, text)
			}
		}, Fail, []string{"did not come back", "of 2 came"}},
		{"only the sender", three + "each c: gather c within 50ms", func(_ *testRoom, from, to *peer, text string) {
			if from == to {
				to.say(ws.OpText, true, text)
			}
		}, Fail, []string{"not everything that was sent came", "each of 6 messages once", "of 6 came; the first that is missing"}},
		{"twice", three + "each c: gather c", func(_ *testRoom, _, to *peer, text string) {
			to.say(ws.OpText, true, text)
			to.say(ws.OpText, true, text)
		}, Fail, []string{"a second time"}},
		{"stranger", three + "each c: gather c", func(_ *testRoom, _, to *peer, text string) {
			to.say(ws.OpText, true, text)
			to.say(ws.OpText, true, "somebody spoke")
		}, Fail, []string{"another message came", "somebody spoke"}},
		{"as binary", "crowd c 2\neach c: dial /ws\neach c: send text \"{n} x\"\neach c: gather c", func(_ *testRoom, _, to *peer, text string) {
			to.say(ws.OpBinary, true, text)
		}, Fail, []string{"came back as binary"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			room := newTestRoom()
			if c.deliver != nil {
				room.deliver = c.deliver
			}
			checkFor(t, c.verdict, c.commands, upgraded(room.serve)).wants(t, c.verdict, c.parts...)
		})
	}
}

// TestOrders tells members that hear things in different orders, and senders
// whose messages overtake each other.
func TestOrders(t *testing.T) {
	say := func(texts ...string) behaviour {
		return upgraded(func(p *peer) {
			if _, ok := p.frame(); !ok {
				return
			}
			for i := range texts {
				p.say(ws.OpText, true, texts[(i+p.n-1)%len(texts)])
			}
			p.wait()
		})
	}
	const both = "a: dial /ws\nb: dial /ws\na: send text \"from a\"\nb: send text \"from b\"\na: gather a b\nb: gather a b\nagree a b"
	check(t, both, say("from a", "from b")).wants(t, Fail, "different orders", "as message 1", `Text "from b"`)
	check(t, "a: dial /ws\na: send 2 text \"m {i}\"\na: gather a", say("m 2", "m 1")).wants(t, Fail, "another order")
}

// TestStall has a server that writes to a member that does not read: the
// server is held up, and the others only if it lets them.
func TestStall(t *testing.T) {
	const commands = "limit 5s\ns: dial /ws\ns: send text \"s\"\ns: await text same\ns: stall\na: dial /ws\na: exchange 8 text size 1MiB within 500ms"
	room := newTestRoom()
	check(t, commands, upgraded(room.serve)).wants(t, Fail, "of 8: a text message did not come within 500ms")

	private := newTestRoom()
	private.deliver = func(_ *testRoom, from, to *peer, text string) {
		if from == to {
			to.say(ws.OpText, true, text)
		}
	}
	checkFor(t, Pass, commands, upgraded(private.serve)).wants(t, Pass)
}

// TestLateMessages has a room that delivers what an earlier step said: the later
// one passes over it.
func TestLateMessages(t *testing.T) {
	var first string
	url := serve(t, upgraded(func(p *peer) {
		f, ok := p.frame()
		switch {
		case !ok:
			return
		case p.n == 1:
			first = string(f.Payload)
		default:
			p.say(ws.OpText, true, first)
		}
		p.say(ws.OpText, true, string(f.Payload))
		p.wait()
	}))
	step := "step %s\nsays S.\nhint H.\ndial /ws\nsend text \"hello {random}\"\nrecv text same\n"
	s, err := Parse("t", []byte("exercise e\ngoal g\n"+fmt.Sprintf(step, "one")+fmt.Sprintf(step, "two")))
	if err != nil {
		t.Fatal(err)
	}
	for _, res := range s.Run(t.Context(), Options{Target: url}).Steps {
		res.wants(t, Pass)
	}
}
