package demo_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"duplex/server/demo"
)

// A guest is a member of a room, as its page sees it.
type guest struct {
	*websocket.Conn
	t testing.TB
}

// said is any message of the server.
type said struct {
	Type, You, Room, Epoch, From, Name, Text, Why, Next string
	ID, Joined, Missed                                  int
	Members                                             []string
	Resume                                              *struct {
		After, Why string
		Since      int
	}
	Limits struct{ Text int }
	At     time.Time
}

// enter joins a room, and returns the welcome and what the log had for a new
// member, up to its own join.
func (s *site) enter(room, name string) (*guest, said, []said) {
	s.t.Helper()
	return s.comeBack(room, name, "")
}

// comeBack joins as one that has seen the entry after.
func (s *site) comeBack(room, name, after string) (*guest, said, []said) {
	s.t.Helper()
	g := &guest{s.connect("/demo/chat/" + room + "?name=" + url.QueryEscape(name) + "&after=" + after), s.t}
	w := g.next("welcome")
	var log []said
	for len(log) == 0 || log[len(log)-1].ID < w.Joined {
		var m said
		if err := g.ReadJSON(&m); err != nil {
			s.t.Fatal(err)
		}
		log = append(log, m)
	}
	return g, w, log[:len(log)-1]
}

// texts returns what was said among the entries.
func texts(log []said) (all []string) {
	for _, m := range log {
		if m.Type == "message" {
			all = append(all, m.Text)
		}
	}
	return all
}

// next reads the next message and checks its type.
func (g *guest) next(kind string) (m said) {
	g.t.Helper()
	k, data, err := g.ReadMessage()
	if err != nil || k != websocket.TextMessage || json.Unmarshal(data, &m) != nil || m.Type != kind {
		g.t.Fatalf("got kind %d %s, %v; want %q", k, data, err, kind)
	}
	return m
}

func (g *guest) say(text string) {
	g.t.Helper()
	frame, _ := json.Marshal(map[string]string{"type": "say", "text": text})
	if err := g.WriteMessage(websocket.TextMessage, frame); err != nil {
		g.t.Fatal(err)
	}
}

func TestChatRoom(t *testing.T) {
	s := onTCP(t, limits(func(l *demo.Limits) { l.ChatRecent = 3 }))
	ada, w, log := s.enter("lobby", "Ada")
	if w.You != "Ada" || w.Room != "lobby" || w.Joined != 1 || w.Limits.Text != 2000 || len(log) != 0 || w.Resume != nil || !reflect.DeepEqual(w.Members, []string{"Ada"}) {
		t.Errorf("welcome to Ada: %+v, %v", w, log)
	}
	for i := range 3 {
		ada.say(fmt.Sprint("before ", i))
		if m := ada.next("message"); m.ID != i+2 || m.From != "Ada" || m.Text != fmt.Sprint("before ", i) || time.Since(m.At) > time.Minute {
			t.Errorf("the sender gets %+v", m)
		}
	}

	bo, w, log := s.enter("lobby", "Bo")
	if w.Joined != 5 || !reflect.DeepEqual(texts(log), []string{"before 1", "before 2"}) || !reflect.DeepEqual(w.Members, []string{"Ada", "Bo"}) {
		t.Errorf("welcome to Bo: %+v, %v", w, log)
	}
	if m := ada.next("join"); m.Name != "Bo" || m.ID != 5 || !reflect.DeepEqual(m.Members, []string{"Ada", "Bo"}) {
		t.Errorf("join: %+v", m)
	}
	other, w, log := s.enter("elsewhere", "Ada")
	if w.You != "Ada" || len(log) != 0 {
		t.Errorf("another room: %+v %v", w, log)
	}

	bo.say("héllo <b>")
	for _, g := range []*guest{ada, bo} {
		if m := g.next("message"); m.ID != 6 || m.From != "Bo" || m.Text != "héllo <b>" {
			t.Errorf("message: %+v", m)
		}
	}
	bo.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""))
	wantClose(t, bo.Conn, 1000, "")
	if m := ada.next("leave"); m.Name != "Bo" || m.ID != 7 || !reflect.DeepEqual(m.Members, []string{"Ada"}) {
		t.Errorf("leave: %+v", m)
	}
	other.say("only here")
	other.next("message")
}

// Who comes back gets what it has missed, in order and once, or is told why not.
func TestChatResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(func(l *demo.Limits) { l.ChatKept = 6; l.ChatRecent = 2; l.ChatBurst = 100 }))
		ada, w, _ := s.enter("lobby", "Ada")
		bo, _, _ := s.enter("lobby", "Bo")
		ada.next("join")
		ada.say("seen")
		ada.next("message")
		id := bo.next("message").ID // 3
		bo.Close()
		ada.next("leave")
		for _, text := range []string{"one", "two"} {
			ada.say(text)
			ada.next("message")
		}
		after := fmt.Sprintf("%s:%d", w.Epoch, id)
		bo, back, log := s.comeBack("lobby", "Bo", after)
		if r := back.Resume; r == nil || r.After != after || r.Since != 4 || r.Why != "" || back.Joined != 7 {
			t.Errorf("welcome back: %+v %+v", back, r)
		}
		if !reflect.DeepEqual(texts(log), []string{"one", "two"}) || len(log) != 3 || log[0].ID != 4 {
			t.Errorf("missed: %+v", log)
		}
		ada.next("join")
		bo.Close()
		ada.next("leave")
		for range 6 {
			ada.say("more")
			ada.next("message")
		}
		for after, why := range map[string]string{
			after:            "are no longer kept",
			"other:3":        "begun anew",
			w.Epoch + ":999": "not come that far",
			"rubbish":        "no id of a message",
		} {
			g, back, log := s.comeBack("lobby", "Bo", after)
			if r := back.Resume; r == nil || r.After != after || !strings.Contains(r.Why, why) || len(log) != 1 {
				t.Errorf("after %s: %+v, %v; want why: %s", after, r, log, why)
			}
			ada.next("join")
			g.Close()
			ada.next("leave")
		}
	})
}

// All see all messages, and in the same order, whoever sent them.
func TestChatHasOneOrderForAll(t *testing.T) {
	const members, each = 8, 20
	s := onTCP(t, limits(func(l *demo.Limits) { l.ChatKept = members*each + members }))
	var guests []*guest
	for range members {
		g, _, _ := s.enter("lobby", "")
		guests = append(guests, g)
	}
	orders := make(chan string, members)
	for _, g := range guests {
		go func() {
			for i := range each {
				g.say(fmt.Sprint(i))
			}
		}()
		go func() {
			var order strings.Builder
			for n := 0; n < members*each; {
				var m said
				if err := g.ReadJSON(&m); err != nil {
					break
				}
				if m.Type == "message" {
					n++
					fmt.Fprintf(&order, "%d %s %s,", m.ID, m.From, m.Text)
				}
			}
			orders <- order.String()
		}()
	}
	first := <-orders
	if n := strings.Count(first, ","); n != members*each {
		t.Fatalf("a member got %d messages, want %d", n, members*each)
	}
	for range members - 1 {
		if order := <-orders; order != first {
			t.Errorf("two orders:\n%s\n%s", first, order)
		}
	}
}

func TestChatNames(t *testing.T) {
	s := onTCP(t, limits(nil))
	for _, c := range []struct{ wish, got string }{
		{"Ada", "Ada"},
		{"ada", "ada 2"},
		{" Ada  \t", "Ada 3"},
		{"", "Guest 1"},
		{"\u200b\x00\u202e", "Guest 2"},
		{"Jean  Luc\nP", "Jean Luc P"},
		{"\xff\xfeBo", "Bo"},
		{strings.Repeat("ä", 40), strings.Repeat("ä", 32)},
		{strings.Repeat("ä", 40), strings.Repeat("ä", 30) + " 2"},
	} {
		if _, w, _ := s.enter("names", c.wish); w.You != c.got {
			t.Errorf("wish %q: called %q, want %q", c.wish, w.You, c.got)
		}
	}
}

func TestChatRefusesAndNobodyElseIsHurt(t *testing.T) {
	s := onTCP(t, limits(nil))
	bad, _, _ := s.enter("lobby", "Bad")
	good, _, _ := s.enter("lobby", "Good")
	bad.next("join")
	for _, c := range []struct {
		name string
		kind int
		sent string
		why  string
	}{
		{"empty frame", websocket.TextMessage, "", "JSON"},
		{"not JSON", websocket.TextMessage, "hello", "JSON"},
		{"not an object", websocket.TextMessage, `"hello"`, "JSON"},
		{"text of another type", websocket.TextMessage, `{"type":"say","text":1}`, "JSON"},
		{"unknown type", websocket.TextMessage, `{"type":"shout","text":"x"}`, `"shout"`},
		{"no type", websocket.TextMessage, `{"text":"x"}`, `""`},
		{"no text", websocket.TextMessage, `{"type":"say"}`, "empty"},
		{"only spaces", websocket.TextMessage, `{"type":"say","text":" \n\u00a0"}`, "empty"},
		{"too long", websocket.TextMessage, `{"type":"say","text":"` + strings.Repeat("ü", 2001) + `"}`, "2001 characters"},
		{"binary", websocket.BinaryMessage, `{"type":"say","text":"x"}`, "binary"},
	} {
		bad.WriteMessage(c.kind, []byte(c.sent))
		if m := bad.next("refused"); !strings.Contains(m.Why, c.why) || m.Next == "" {
			t.Errorf("%s: refused with %q / %q", c.name, m.Why, m.Next)
		}
	}
	bad.say(strings.Repeat("ü", 2000)) // just as long as allowed
	if m := bad.next("message"); m.ID != 3 {
		t.Errorf("the first message that was passed on has id %d, want 3: behind two joins", m.ID)
	}
	if m := good.next("message"); m.ID != 3 || m.From != "Bad" {
		t.Errorf("the other member got %+v first", m)
	}

	bad.WriteMessage(websocket.TextMessage, make([]byte, 16<<10+1))
	wantClose(t, bad.Conn, websocket.CloseMessageTooBig, "at most 16384 bytes")
	good.next("leave")
	good.say("still here")
	good.next("message")
}

func TestChatRefusesWhoIsTooFast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(nil))
		ada, _, _ := s.enter("lobby", "Ada")
		for range 30 { // the burst
			ada.say("x")
			ada.next("message")
		}
		ada.say("one too many")
		if m := ada.next("refused"); !strings.Contains(m.Why, "too fast") || !strings.Contains(m.Next, "10 messages a second") {
			t.Errorf("refused with %+v", m)
		}
		time.Sleep(100 * time.Millisecond) // the time of one message
		ada.say("again")
		ada.next("message")
		ada.say("and too fast again")
		ada.next("refused")
	})
}

// What is refused counts as well.
func TestChatRefusesNonsenseThatComesTooFast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(nil))
		ada, _, _ := s.enter("lobby", "Ada")
		for i := range 31 { // the burst, and one more
			ada.WriteMessage(websocket.TextMessage, []byte("nonsense"))
			if m := ada.next("refused"); strings.Contains(m.Why, "too fast") != (i == 30) {
				t.Errorf("nonsense %d is refused with %+v", i, m)
			}
		}
		ada.say("in the same moment")
		if m := ada.next("refused"); !strings.Contains(m.Why, "too fast") {
			t.Errorf("refused with %+v", m)
		}
	})
}

// A member who leaves while its answer waits must not hang.
func TestChatEndsWhileAnAnswerWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(nil))
		ada, _, _ := s.enter("lobby", "Ada")
		ada.WriteMessage(websocket.TextMessage, []byte("nonsense")) // the answer is not read
		ada.WriteMessage(websocket.TextMessage, []byte("nonsense")) // this one waits for the writer
		synctest.Wait()
		ada.NetConn().Close()
		synctest.Wait()
		_, w, _ := s.enter("lobby", "Bo")
		if len(w.Members) != 1 {
			t.Errorf("still here: %v", w.Members)
		}
	})
}

func TestChatRooms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(func(l *demo.Limits) { l.Rooms = 2; l.RoomMembers = 1; l.RoomGrace = time.Minute }))
		visit := func(room string) int { // says something, leaves, returns how much was said before
			g, _, log := s.enter(room, "")
			g.say("x")
			g.next("message")
			g.Close()
			synctest.Wait()
			time.Sleep(time.Second)
			return len(texts(log))
		}
		if n := visit("a") + visit("a"); n != 1 {
			t.Errorf("a room that was empty for a second kept %d messages, want 1", n)
		}
		visit("b")
		visit("c") // pushes a out, which was empty the longest
		if n := visit("b"); n != 1 {
			t.Errorf("b kept %d messages, want 1", n)
		}
		time.Sleep(time.Minute)
		if n := visit("b"); n != 0 {
			t.Errorf("b kept %d messages beyond RoomGrace", n)
		}

		s.enter("a", "")
		full := s.connect("/demo/chat/a")
		wantClose(t, full, websocket.CloseTryAgainLater, "room is full")
		s.enter("b", "")
		wantClose(t, s.connect("/demo/chat/c"), websocket.CloseTryAgainLater, "too many rooms")
	})
}

func TestChatRoomNames(t *testing.T) {
	s := onTCP(t, limits(nil))
	for _, name := range []string{"a%20b", "a.b", "%2e%2e", strings.Repeat("x", 33), "ä"} {
		if _, resp, err := s.tryConnect("/demo/chat/"+name, nil); err == nil || resp.StatusCode != http.StatusNotFound {
			t.Errorf("room %q: %v %v, want 404", name, resp, err)
		}
	}
	s.enter(strings.Repeat("x", 32), "")
}

func BenchmarkChat(b *testing.B) {
	const members = 50
	s := onTCP(b, limits(func(l *demo.Limits) { l.ChatRate = 1e9; l.ChatBurst = 1e9 }))
	var guests []*guest
	for range members {
		g, _, _ := s.enter("lobby", "")
		for _, o := range guests {
			o.next("join")
		}
		guests = append(guests, g)
	}
	b.ReportAllocs()
	for b.Loop() {
		guests[0].say("a message of some length, as people write them")
		for _, g := range guests {
			g.next("message")
		}
	}
}
