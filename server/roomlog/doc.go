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
// The log holds bytes that are ready for the wire: a message is encoded once
// for all WebSockets and once for all event streams, however many there are.
// What lies between a cursor and the head is one run of bytes, so that one
// write brings a reader up to date, be it by one message or by fifty.
//
// When something is published, one goroutine, the room's broadcaster, lets the
// other publishers have their turn, takes all that has come together, and
// offers it to each socket in turn with a write that does not wait. The cost of
// a broadcast is that system call; nothing is allocated for a recipient, and no
// goroutine is woken. A socket that cannot take everything is parked: a
// goroutine of its own waits for it, and nobody else does.
//
// A reader that stays behind for so long that the log has let go of what it
// has not read is never left with a silent hole. The room's [Policy] says what
// happens: it is told how many messages it missed and goes on (Resync), or is
// told so and sent away (Disconnect). For every reader, what it received and
// what it was told that it missed add up to what was published.
//
// A reader that comes back names the last message that it saw by its [ID]. The
// room gives it all that came since, in order and once, or says why it can't
// ([Room.Resume]). The id carries the log's epoch, which a restart changes.
//
// # Use
//
//	room := roomlog.New(roomlog.Config{Keep: roomlog.Keep{Messages: 100}})
//
//	var reader *roomlog.Reader // between gorilla and the network
//	conn, err := socket.Upgrade(w, r, socket.Options{Wrap: func(c net.Conn) net.Conn {
//		reader = roomlog.NewReader(c, roomlog.WebSocket, roomlog.Waits{})
//		return reader
//	}})
//	err = room.Join(reader, room.Head().Seq)
//	defer reader.Leave()
//	… read from conn until it ends …
//
//	room.Publish("", []byte("hello")) // from anywhere
//
// For server-sent events socket.Stream makes a connection of a request.
//
// All methods are safe for concurrent use.
package roomlog
