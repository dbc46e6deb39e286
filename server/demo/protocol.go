package demo

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"
)

// The chat speaks JSON, one object a text message. A client says
//
//	{"type":"say","text":"Hello"}
//
// and the server answers with the types below.

// A welcome is the first message to a new member: its name (which may differ
// from the one it asked for) and who is here. What follows comes from the room's
// log: what was said last, the member's own join, which has the id Joined, and
// then what happens.
type welcome struct {
	Type    string   `json:"type"` // "welcome"
	You     string   `json:"you"`
	Room    string   `json:"room"`
	Epoch   string   `json:"epoch"` // with an id, what ?after=epoch:id asks for
	Joined  uint64   `json:"joined"`
	Members []string `json:"members"`
	Resume  *resume  `json:"resume,omitempty"`
	Limits  struct {
		Text int `json:"text"` // characters
	} `json:"limits"`
}

// A resume answers a member that comes back with ?after=: either what has
// happened since then follows, so many messages, up to its join; or there is
// a gap, and Why.
type resume struct {
	After string `json:"after"`
	Since uint64 `json:"since"`
	Why   string `json:"why,omitempty"`
}

// A message is what somebody said. In a room the ids of messages and presences
// count from 1 without a gap.
type message struct {
	Type string    `json:"type"` // "message"
	ID   uint64    `json:"id"`
	From string    `json:"from"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// A presence says who came or went, and who is here now.
type presence struct {
	Type    string   `json:"type"` // "join" or "leave"
	ID      uint64   `json:"id"`
	Name    string   `json:"name"`
	Members []string `json:"members"`
}

// A lagged stands where messages and presences are missing, because the member
// read too slowly. Missed is how many: the gap in the ids. Members makes up for
// the news who is here.
type lagged struct {
	Type    string   `json:"type"` // "lagged"
	Missed  uint64   `json:"missed"`
	Members []string `json:"members"`
}

// A refused says why what a member sent was not passed on, and what to do.
type refused struct {
	Type string `json:"type"` // "refused"
	Why  string `json:"why"`
	Next string `json:"next"`
}

func refuse(why, next string) *refused { return &refused{Type: "refused", Why: why, Next: next} }

func tooFast(perSecond rate.Limit) *refused {
	return refuse("You are sending too fast, so this message was not passed on.",
		fmt.Sprintf("Send at most %.0f messages a second, and send this one again in a moment.", float64(perSecond)))
}

var tooLate = refuse("The server is shutting down, so this message was not passed on.", "Keep it, and send it when you are connected again.")

// encode never fails: what it gets are strings, numbers and times.
func encode(v any) []byte {
	frame, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return frame
}

// now is the time of a message: UTC, to the millisecond.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// understand finds the text that a client says, of at most max characters, or
// the reason why there is none.
func understand(kind int, frame []byte, max int) (string, *refused) {
	if kind != websocket.TextMessage {
		return "", refuse("This chat takes text messages; yours was binary.", `Send {"type":"say","text":"…"} as a text message.`)
	}
	var said struct {
		Type string  `json:"type"`
		Text *string `json:"text"`
	}
	if err := json.Unmarshal(frame, &said); err != nil {
		return "", refuse("Your message is not the JSON that this chat speaks: "+strings.TrimPrefix(err.Error(), "json: ")+".", `Send {"type":"say","text":"…"}.`)
	}
	if said.Type != "say" {
		return "", refuse(fmt.Sprintf("This chat does not know the type %q.", firstRunes(said.Type, 40)), `Send {"type":"say","text":"…"}.`)
	}
	if said.Text == nil || strings.TrimSpace(*said.Text) == "" {
		return "", refuse("Your message is empty.", "Write something, then send it.")
	}
	if n := utf8.RuneCountInString(*said.Text); n > max {
		return "", refuse(fmt.Sprintf("Your message has %d characters; at most %d are passed on.", n, max), "Shorten it, or send it in parts.")
	}
	return *said.Text, nil
}
