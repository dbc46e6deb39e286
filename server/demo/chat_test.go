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
	Type, You, Room, From, Name, Text, Why, Next string
	ID, Missed                                   int
	Members                                      []string
	Recent                                       []said
	Limits                                       struct{ Text int }
	At                                           time.Time
}

// enter joins a room and returns the welcome.
func (s *site) enter(room, name string) (*guest, said) {
	s.t.Helper()
	g := &guest{s.connect("/demo/chat/" + room + "?name=" + url.QueryEscape(name)), s.t}
	return g, g.next("welcome")
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
	s := onTCP(t, limits(func(l *demo.Limits) { l.ChatRecent = 2 }))
	ada, w := s.enter("lobby", "Ada")
	if w.You != "Ada" || w.Room != "lobby" || w.Limits.Text != 2000 || len(w.Recent) != 0 || !reflect.DeepEqual(w.Members, []string{"Ada"}) {
		t.Errorf("welcome to Ada: %+v", w)
	}
	for i := range 3 {
		ada.say(fmt.Sprint("before ", i))
		if m := ada.next("message"); m.ID != i+1 || m.From != "Ada" || m.Text != fmt.Sprint("before ", i) || time.Since(m.At) > time.Minute {
			t.Errorf("the sender gets %+v", m)
		}
	}

	bo, w := s.enter("lobby", "Bo")
	if len(w.Recent) != 2 || w.Recent[0].ID != 2 || w.Recent[1].Text != "before 2" || !reflect.DeepEqual(w.Members, []string{"Ada", "Bo"}) {
		t.Errorf("welcome to Bo: %+v", w)
	}
	if m := ada.next("join"); m.Name != "Bo" || !reflect.DeepEqual(m.Members, []string{"Ada", "Bo"}) {
		t.Errorf("join: %+v", m)
	}
	other, w := s.enter("elsewhere", "Ada")
	if w.You != "Ada" || len(w.Recent) != 0 {
		t.Errorf("another room: %+v", w)
	}

	bo.say("héllo <b>")
	for _, g := range []*guest{ada, bo} {
		if m := g.next("message"); m.ID != 4 || m.From != "Bo" || m.Text != "héllo <b>" {
			t.Errorf("message: %+v", m)
		}
	}
	bo.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""))
	wantClose(t, bo.Conn, 1000, "")
	if m := ada.next("leave"); m.Name != "Bo" || !reflect.DeepEqual(m.Members, []string{"Ada"}) {
		t.Errorf("leave: %+v", m)
	}
	other.say("only here")
	other.next("message")
}

// All see all messages, and in the same order, whoever sent them.
func TestChatHasOneOrderForAll(t *testing.T) {
	const members, each = 8, 20
	s := onTCP(t, limits(func(l *demo.Limits) { l.ChatQueue = members*each + members }))
	var guests []*guest
	for range members {
		g, _ := s.enter("lobby", "")
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
		if _, w := s.enter("names", c.wish); w.You != c.got {
			t.Errorf("wish %q: called %q, want %q", c.wish, w.You, c.got)
		}
	}
}

func TestChatRefusesAndNobodyElseIsHurt(t *testing.T) {
	s := onTCP(t, limits(nil))
	bad, _ := s.enter("lobby", "Bad")
	good, _ := s.enter("lobby", "Good")
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
	if m := bad.next("message"); m.ID != 1 {
		t.Errorf("the first message that was passed on has id %d", m.ID)
	}
	if m := good.next("message"); m.ID != 1 || m.From != "Bad" {
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
		ada, _ := s.enter("lobby", "Ada")
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

// A member who leaves while its answer waits must not hang.
func TestChatEndsWhileAnAnswerWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(nil))
		ada, _ := s.enter("lobby", "Ada")
		ada.WriteMessage(websocket.TextMessage, []byte("nonsense")) // the answer is not read
		ada.WriteMessage(websocket.TextMessage, []byte("nonsense")) // this one waits for the writer
		synctest.Wait()
		ada.NetConn().Close()
		synctest.Wait()
		_, w := s.enter("lobby", "Bo")
		if len(w.Members) != 1 {
			t.Errorf("still here: %v", w.Members)
		}
	})
}

func TestChatRooms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(func(l *demo.Limits) { l.Rooms = 2; l.RoomMembers = 1; l.RoomGrace = time.Minute }))
		visit := func(room string) int { // says something, leaves, returns how much was said before
			g, w := s.enter(room, "")
			g.say("x")
			g.next("message")
			g.Close()
			synctest.Wait()
			time.Sleep(time.Second)
			return len(w.Recent)
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
		g, _ := s.enter("lobby", "")
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
