package demo

import (
	"time"

	"golang.org/x/time/rate"

	"duplex/server/roomlog"
)

// Limits bound what one client, and all of them together, can make the demos
// do. Each states what it keeps true.
type Limits struct {
	Clients   int // connections at once, all clients together: 4096 sockets and their buffers are some 100 MB; each that does not take what is for it alone may add 256 KB
	PerClient int // connections at once from one address, over all demos: a class behind one router fits, a runaway loop does not

	WriteWait time.Duration // a write that takes longer means that the client has stopped reading: the connection ends
	PingEvery time.Duration // less than PongWait, so that a ping and its pong fit in it
	PongWait  time.Duration // silence for so long, pongs included, means that nobody is there (a half-open connection)
	Spread    time.Duration // over how long the goodbyes are spread when the server ends, so that not all come back in the same moment
	CloseWait time.Duration // how long the other side's Close frame is waited for after ours

	EchoMessage int        // bytes; a longer message closes the connection with 1009
	EchoMemory  int        // bytes of messages being echoed, all connections together; past it, 1013
	EchoRate    rate.Limit // messages a second; faster ones are read more slowly, which slows the sender down
	EchoBurst   int

	ChatFrame   int        // bytes; a larger message closes the connection with 1009
	ChatText    int        // characters; a longer text is refused, and nothing else happens
	ChatRate    rate.Limit // messages a second and member, also those that are refused; faster ones are refused unread
	ChatBurst   int
	ChatKept    int           // what a room's log keeps: who is further behind, or away for longer, misses the rest, and is told
	ChatBytes   int           // the same, in bytes
	ChatSend    int           // bytes that the system may hold for a member's socket, which Linux doubles: who does not read lags soon, and not megabytes later
	ChatRecent  int           // how much of it a new member gets
	ChatName    int           // characters of a member's name
	RoomMembers int           // everybody is told of everybody: the cost grows with the square
	Rooms       int           // with ChatBytes each, 64 MB of messages; memory is more, as it is freed in segments of 64 to 256 KB
	RoomGrace   time.Duration // how long an empty room keeps its messages

	EventEvery  time.Duration // between two events
	EventsKept  int           // what a stream keeps for a reader that comes back
	StreamGrace time.Duration // how long a stream goes on without a reader; EventsKept covers it
	Streams     int           // with and without reader; each is a few KB at first, and after half an hour up to two segments of 64 KB
	KeepAlive   time.Duration // silence on an event stream before a comment; proxies give up after 30 s or more
	Retry       time.Duration // how long an EventSource shall wait before it connects again
}

// DefaultLimits are the limits of a server for one person or one class.
func DefaultLimits() Limits {
	return Limits{
		Clients:   4096,
		PerClient: 256,

		WriteWait: 10 * time.Second,
		PingEvery: 20 * time.Second,
		PongWait:  30 * time.Second,
		Spread:    time.Second,
		CloseWait: 2 * time.Second,

		EchoMessage: 16 << 20,
		EchoMemory:  256 << 20,
		EchoRate:    1000,
		EchoBurst:   2000,

		ChatFrame:   16 << 10,
		ChatText:    2000,
		ChatRate:    10,
		ChatBurst:   30,
		ChatKept:    1000,
		ChatBytes:   512 << 10,
		ChatSend:    64 << 10,
		ChatRecent:  50,
		ChatName:    32,
		RoomMembers: 500,
		Rooms:       128,
		RoomGrace:   10 * time.Minute,

		EventEvery:  time.Second,
		EventsKept:  100,
		StreamGrace: time.Minute,
		Streams:     4096,

		KeepAlive: 15 * time.Second,
		Retry:     2 * time.Second,
	}
}

// waits are the deadlines of writing.
func (l Limits) waits() roomlog.Waits { return roomlog.Waits{Stall: l.WriteWait, Close: l.CloseWait} }
