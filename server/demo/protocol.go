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
// from the one it asked for), who is here, and what was said last.
type welcome struct {
	Type    string    `json:"type"` // "welcome"
	You     string    `json:"you"`
	Room    string    `json:"room"`
	Members []string  `json:"members"`
	Recent  []message `json:"recent"`
	Limits  struct {
		Text int `json:"text"` // characters
	} `json:"limits"`
}

// A message is what somebody said. In a room, ids count from 1 without a gap.
type message struct {
	Type string    `json:"type"` // "message"
	ID   int       `json:"id"`
	From string    `json:"from"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// A presence says who came or went, and who is here now.
type presence struct {
	Type    string   `json:"type"` // "join" or "leave"
	Name    string   `json:"name"`
	Members []string `json:"members"`
}

// A lagged stands where messages are missing, because the member read too
// slowly. Missed counts messages, and so equals the gap in their ids; it is 0
// if only news of who is here was left out. Members makes up for those.
type lagged struct {
	Type    string   `json:"type"` // "lagged"
	Missed  int      `json:"missed"`
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
