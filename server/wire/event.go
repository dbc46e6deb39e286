// Package wire is the vocabulary for what passes on a connection: HTTP heads,
// WebSocket frames, lines of an event stream, and how it ended. The live demos
// record it, the checkers judge it, and the pages show it, all in the same
// words and the same JSON.
//
// A server whose connections come from [Listener] can have them watched. A
// handler hands its connection to [Tap], with a [Recorder] of the id that the
// request names; a page that knows the id gets every byte explained from
// [Taps.Watch]:
//
//	taps := wire.NewTaps()
//	srv := &http.Server{ConnContext: wire.ConnContext, Handler: …}
//	srv.Serve(wire.Listener(l))
//
//	w = wire.Tap(w, r, taps.Recorder(r.URL.Query().Get("wire"))) // in the handler
//	events, stop, err := taps.Watch(id)                          // for the page
//
// A program that has the bytes of a connection at hand can use a [FrameParser]
// alone.
package wire

import (
	"strconv"
	"time"
)

// MaxShown is how many bytes of a payload an Event carries. The rest of a
// longer payload is counted in Size and left out; Cut then says so.
const MaxShown = 4096

// An Event is one thing seen on a connection, by one of its two ends.
// An ordered list of them is a transcript.
type Event struct {
	At   Millis `json:"at"`             // since the transcript began
	Conn string `json:"conn,omitempty"` // which connection, where a transcript holds several
	End  End    `json:"end"`            // the end that saw it
	Dir  Dir    `json:"dir,omitempty"`  // sent or received by that end; empty for Open, Closed, Error and Note
	Kind Kind   `json:"kind"`

	Size int    `json:"size"`           // bytes of the head, payload or line, all of it
	Text string `json:"text,omitempty"` // the content, where it is valid UTF-8; the words of an Error or Note
	Data []byte `json:"data,omitempty"` // the content otherwise (base64 in JSON)
	Cut  bool   `json:"cut,omitempty"`  // Text or Data holds only the first MaxShown bytes

	Frame *Frame `json:"frame,omitempty"` // for Kind Frame
	Close *Close `json:"close,omitempty"` // for a Close frame, and for Closed
}

// End names one end of a connection.
type End string

const (
	Client End = "client"
	Server End = "server"
)

// Dir is a direction as the end that saw the event knows it.
type Dir string

const (
	Sent     Dir = "sent"
	Received Dir = "received"
)

// Kind says what an Event is.
type Kind string

const (
	KindRequest  Kind = "request"  // an HTTP request head
	KindResponse Kind = "response" // an HTTP response head
	KindFrame    Kind = "frame"    // one WebSocket frame (RFC 6455 §5.2)
	KindMessage  Kind = "message"  // a whole message, from an API that shows no frames
	KindLine     Kind = "line"     // one line of an event stream, without its line ending
	KindOpen     Kind = "open"     // the connection can carry messages
	KindClosed   Kind = "closed"   // the connection has ended
	KindError    Kind = "error"    // something went wrong; Text says what
	KindNote     Kind = "note"     // a remark by the recorder, such as events left out
)

// A Frame is a WebSocket frame's header (RFC 6455 §5.2). The payload, unmasked,
// is the Event's Text or Data.
type Frame struct {
	Fin    bool   `json:"fin"`
	Rsv    byte   `json:"rsv,omitempty"` // RSV1, RSV2, RSV3 as the bits 4, 2 and 1
	Opcode byte   `json:"opcode"`
	Masked bool   `json:"masked"`
	Mask   []byte `json:"mask,omitempty"` // the masking key, four bytes
	Header []byte `json:"header"`         // the header's bytes as they stood on the wire, mask included
}

// A Close says how a connection ended (RFC 6455 §7).
type Close struct {
	Code   int    `json:"code"` // 1005: a Close frame without a code; 1006: none came
	Reason string `json:"reason,omitempty"`
	By     End    `json:"by,omitempty"` // the end that began the closing handshake or hung up
	Clean  bool   `json:"clean"`        // both Close frames were seen
}

// Millis is a duration that reads as milliseconds in JSON, with three decimals
// at most.
type Millis time.Duration

// MarshalJSON writes m as a number of milliseconds.
func (m Millis) MarshalJSON() ([]byte, error) {
	us := time.Duration(m).Round(time.Microsecond).Microseconds()
	return strconv.AppendFloat(nil, float64(us)/1000, 'f', -1, 64), nil
}

// UnmarshalJSON reads a number of milliseconds.
func (m *Millis) UnmarshalJSON(b []byte) error {
	ms, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return err
	}
	*m = Millis(ms * float64(time.Millisecond))
	return nil
}
