package demo_test

import (
	"fmt"
	"io"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"duplex/server/demo"
)

// A member that does not read misses exactly what does not fit into its queue,
// is told so at the right place, and delays nobody.
func TestChatSlowMember(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(func(l *demo.Limits) { l.ChatBurst = 1000; l.WriteWait = time.Hour; l.PongWait = time.Hour }))
		fast, _ := s.enter("lobby", "Fast")
		slow, _ := s.enter("lobby", "Slow")
		fast.next("join")

		start := time.Now()
		for i := range 150 {
			fast.say(fmt.Sprint(i))
			fast.next("message")
			synctest.Wait()
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("the slow member held the fast one up for %v", took)
		}
		for id := 1; id <= 101; id++ { // one in the writer's hands, 100 in the queue
			if m := slow.next("message"); m.ID != id {
				t.Fatalf("got message %d, want %d", m.ID, id)
			}
		}
		if m := slow.next("lagged"); m.Missed != 49 || !reflect.DeepEqual(m.Members, []string{"Fast", "Slow"}) {
			t.Errorf("got %+v, want 49 missed", m)
		}
		fast.say("and on")
		if m := slow.next("message"); m.ID != 151 {
			t.Errorf("after the notice: message %d, want 151", m.ID)
		}
		fast.next("message")
	})
}

// When the queue gets a free place while more is said, the notice comes before
// the next message, not after.
func TestChatLagInTheMiddle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(func(l *demo.Limits) {
			l.ChatQueue = 4
			l.ChatBurst = 1000
			l.WriteWait = time.Hour
			l.PongWait = time.Hour
		}))
		fast, _ := s.enter("lobby", "Fast")
		slow, _ := s.enter("lobby", "Slow")
		fast.next("join")
		speak := func(n int) {
			for range n {
				fast.say("x")
				fast.next("message")
				synctest.Wait()
			}
		}
		speak(8) // 1 in hand, 2–5 queued, 6–8 missed
		for id := 1; id <= 3; id++ {
			slow.next("message")
			synctest.Wait()
		}
		speak(1) // 4 in hand, 5 queued, so there is place for the notice and 9
		var got []string
		for range 4 {
			var m said
			if err := slow.ReadJSON(&m); err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprint(m.Type, " ", m.ID+m.Missed))
		}
		if want := "[message 4 message 5 lagged 3 message 9]"; fmt.Sprint(got) != want {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// News of who is here that did not fit is made up for, without a missed message.
func TestChatMissedNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(func(l *demo.Limits) { l.ChatQueue = 1; l.WriteWait = time.Hour; l.PongWait = time.Hour }))
		slow, _ := s.enter("lobby", "Slow")
		for _, name := range []string{"A", "B", "C"} { // one in hand, one queued, one left out
			g, _ := s.enter("lobby", name)
			go io.Copy(io.Discard, g.NetConn())
			synctest.Wait()
		}
		slow.next("join")
		slow.next("join")
		if m := slow.next("lagged"); m.Missed != 0 || len(m.Members) != 4 {
			t.Errorf("got %+v, want nothing missed and four members", m)
		}
	})
}

func TestChatCutsWhoReadsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(nil))
		fast, _ := s.enter("lobby", "Fast")
		s.enter("lobby", "Stuck")
		fast.next("join")
		start := time.Now()
		fast.say("hello")
		fast.next("message")
		if m := fast.next("leave"); m.Name != "Stuck" || time.Since(start) != 10*time.Second {
			t.Errorf("after %v: %+v; want Stuck to leave after WriteWait", time.Since(start), m)
		}
	})
}

func TestChatFindsHalfOpenMembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(nil))
		ada, _ := s.enter("lobby", "Ada")
		gone, _ := s.enter("lobby", "Gone")
		ada.next("join")
		start := time.Now()
		go io.Copy(io.Discard, gone.NetConn())
		if m := ada.next("leave"); m.Name != "Gone" || time.Since(start) != 30*time.Second {
			t.Errorf("after %v: %+v; want Gone to leave after PongWait", time.Since(start), m)
		}
	})
}
