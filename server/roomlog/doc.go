// Package roomlog fans one thing out to many: chat rooms, event streams, news.
//
// A room is a log. Whoever has something to say appends to it; whoever reads
// has a cursor into it, which is one number. There is no queue a reader:
//
//	  gone         kept: at most so many messages, so many bytes, so old
//	┄┄┄┄┄┄┄┄┄┄┄┬───────────────────┬───────────────────┬─────────────┐
//	 … 96 97 98│ 99 100 101 … 163  │ 164 165 … 230     │ 231 … 240   │ ← Publish
//	┄┄┄┄┄┄┄┄┄┄┄┴───────────────────┴───────────────────┴─────────────┘
//	    ↑        ↑    segment            ↑ segment                     ↑
//	   Cem      oldest                  Bob, whose                    head:
//	   missed 3, and                    socket is full,               Ada and 998 others,
//	   is told so                       is parked                     who have everything
//
// The log holds bytes that are ready for the wire, encoded once for all
// WebSockets and once for all event streams. What lies between a cursor and the
// head is one run of them: one write, be it one message or fifty.
//
// The room's broadcaster, one goroutine, takes all that has come together and
// offers it to each socket in turn, with a write that does not wait. That system
// call is the cost of a broadcast: nothing is allocated for a recipient, and no
// goroutine is woken. A socket that cannot take everything is parked: a
// goroutine of its own waits for it, and nobody else does.
//
// A reader for which the log has let go of messages is told how many, and goes
// on or is sent away, as the room's [Policy] says. There is no silent hole: what
// a reader received, and what it was told that it missed, is what was published.
//
// A reader that comes back names the last message that it saw by its [ID]. The
// room gives it all that came since, in order and once, or says why it can't
// ([Room.Resume]). The id carries the log's epoch, which a restart changes.
//
//	room := roomlog.New(roomlog.Config{Keep: roomlog.Keep{Messages: 100}})
//	reader := roomlog.NewReader(conn, roomlog.EventStream, roomlog.Waits{}) // conn from socket.Stream
//	err := room.Join(reader, room.Head().Seq)
//	room.Publish("", []byte("hello")) // from anywhere
//	reader.Leave()
//
// For a WebSocket the reader lies between the library and the network: see
// Options.Wrap of package socket. All methods are safe for concurrent use.
package roomlog

import (
	"embed"
	"io/fs"
)

//go:embed broadcast.go conn.go doc.go format.go log.go reader.go room.go
var source embed.FS

// Source returns the code of this package, for the lessons to quote.
func Source() fs.FS { return source }
