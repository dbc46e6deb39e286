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

// patient limits let a member not read for long.
func patient(kept int) demo.Limits {
	return limits(func(l *demo.Limits) {
		l.ChatKept, l.ChatBurst = kept, 1000
		l.WriteWait, l.PingEvery, l.PongWait = time.Hour, time.Hour, 2*time.Hour
	})
}

// A member that does not read misses exactly what the log lets go of, is told so
// at the right place, and delays nobody.
func TestChatSlowMember(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, patient(100))
		fast, _, _ := s.enter("lobby", "Fast")
		slow, _, _ := s.enter("lobby", "Slow")
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
		if m := slow.next("message"); m.ID != 3 { // this one was on its way
			t.Fatalf("got %d first, want 3", m.ID)
		}
		if m := slow.next("lagged"); m.Missed != 49 || !reflect.DeepEqual(m.Members, []string{"Fast", "Slow"}) {
			t.Errorf("got %+v, want 49 missed", m)
		}
		for id := 3 + 49 + 1; id <= 152; id++ { // the last hundred
			if m := slow.next("message"); m.ID != id {
				t.Fatalf("got message %d, want %d", m.ID, id)
			}
		}
		fast.say("and on")
		if m := slow.next("message"); m.ID != 153 {
			t.Errorf("after the notice: message %d, want 153", m.ID)
		}
		fast.next("message")
	})
}

// Joins and leaves that were missed count as well, and the notice says who is here.
func TestChatMissedNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, patient(2))
		slow, _, _ := s.enter("lobby", "Slow")
		for _, name := range []string{"A", "B", "C", "D"} { // A's is on its way, C's and D's are kept
			g, _, _ := s.enter("lobby", name)
			go io.Copy(io.Discard, g.NetConn())
			synctest.Wait()
		}
		slow.next("join")
		if m := slow.next("lagged"); m.Missed != 1 || len(m.Members) != 5 {
			t.Errorf("got %+v, want one missed and five members", m)
		}
		slow.next("join")
		if m := slow.next("join"); m.Name != "D" || m.ID != 5 {
			t.Errorf("got %+v, want D's join", m)
		}
	})
}

func TestChatCutsWhoReadsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(nil))
		fast, _, _ := s.enter("lobby", "Fast")
		s.enter("lobby", "Stuck")
		fast.next("join")
		start := time.Now()
		fast.say("hello")
		fast.next("message")
		if m := fast.next("leave"); m.Name != "Stuck" || time.Since(start) != 12*time.Second {
			t.Errorf("after %v: %+v; want Stuck to leave after WriteWait and CloseWait", time.Since(start), m)
		}
	})
}

func TestChatFindsHalfOpenMembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(nil))
		ada, _, _ := s.enter("lobby", "Ada")
		gone, _, _ := s.enter("lobby", "Gone")
		ada.next("join")
		start := time.Now()
		go io.Copy(io.Discard, gone.NetConn())
		if m := ada.next("leave"); m.Name != "Gone" || time.Since(start) != 30*time.Second {
			t.Errorf("after %v: %+v; want Gone to leave after PongWait", time.Since(start), m)
		}
	})
}
