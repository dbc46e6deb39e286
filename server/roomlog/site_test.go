package roomlog

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"duplex/server/socket"
)

// An engine is one way to fan out.
type engine interface {
	publish(message []byte)
	// accept answers a request and lets it have what is published from then on.
	// It calls joined when that is sure. It may block for as long as that lasts.
	accept(w http.ResponseWriter, r *http.Request, joined func()) error
	close()
}

// A kind is an engine with a transport.
type kind struct {
	name, transport string
	open            func() engine
}

var (
	roomlogSocket = kind{"roomlog", "ws", func() engine { return newRoomEngine(WebSocket) }}
	directSocket  = kind{"direct", "ws", func() engine { return new(direct) }}
	kinds4        = []kind{
		roomlogSocket,
		{"hub", "ws", func() engine { return newHub() }},
		{"roomlog", "sse", func() engine { return newRoomEngine(EventStream) }},
		{"loop", "sse", func() engine { return newLoop() }},
	}
)

// A site is an engine behind a server.
type site struct {
	engine
	b       *testing.B
	kind    kind
	network *network
	server  *http.Server
	serving sync.WaitGroup
	joining sync.WaitGroup
	mu      sync.Mutex
	dialed  []net.Conn
}

func newSite(b *testing.B, k kind) *site {
	s := &site{engine: k.open(), b: b, kind: k, network: newNetwork(b)}
	s.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.accept(w, r, s.joining.Done); err != nil {
			b.Error(err)
		}
	})}
	s.serving.Go(func() { s.server.Serve(s.network.ln) })
	return s
}

// dial connects and reads the response's head.
func (s *site) dial() *net.TCPConn {
	s.joining.Add(1)
	conn, err := net.DialTCP("tcp", nil, s.network.ln.Addr().(*net.TCPAddr))
	if err != nil {
		s.b.Error(err)
		return nil
	}
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: site\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	if _, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil {
		s.b.Error(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dialed = append(s.dialed, conn)
	return conn
}

func (s *site) close() {
	s.mu.Lock()
	for _, c := range s.dialed {
		c.Close()
	}
	s.mu.Unlock()
	s.server.Close()
	s.engine.close()
	s.serving.Wait()
}

// A roomEngine is this package.
type roomEngine struct {
	room    *Room
	format  Format
	running sync.WaitGroup
}

func newRoomEngine(f Format) *roomEngine {
	return &roomEngine{room: New(Config{Keep: Keep{Messages: 10_000}, Formats: []Format{f}, Lagged: noticeStamp}), format: f}
}

func (e *roomEngine) publish(message []byte) { e.room.Publish("", message) }

func (e *roomEngine) accept(w http.ResponseWriter, r *http.Request, joined func()) error {
	rd, wait, err := e.upgrade(w, r)
	if err != nil {
		return err
	}
	e.room.Join(rd, e.room.Head().Seq)
	joined()
	e.running.Go(func() {
		wait()
		rd.Leave()
		rd.Close()
	})
	return nil
}

// upgrade returns a reader, and what reads from its connection to the end.
func (e *roomEngine) upgrade(w http.ResponseWriter, r *http.Request) (rd *Reader, wait func(), err error) {
	if e.format == EventStream {
		conn, err := socket.Stream(w)
		if err != nil {
			return nil, nil, err
		}
		rd = NewReader(conn, EventStream, Waits{})
		return rd, func() { skip(rd) }, nil
	}
	conn, err := socket.Upgrade(w, r, socket.Options{Wrap: func(c net.Conn) net.Conn {
		rd = NewReader(c, WebSocket, Waits{})
		return rd
	}})
	return rd, func() { receive(conn) }, err
}

func (e *roomEngine) close() { e.running.Wait() }

// skip reads to the end of a connection, with a small buffer in hand.
func skip(conn net.Conn) {
	var b [64]byte
	for {
		if _, err := conn.Read(b[:]); err != nil {
			return
		}
	}
}

// receive reads messages to the end of a connection.
func receive(conn *websocket.Conn) {
	for {
		if _, _, err := socket.ReadMessage(conn, 1<<20, nil); err != nil {
			return
		}
	}
}

// readAll reads to the end of a connection.
func readAll(conn *websocket.Conn) {
	for {
		if _, _, err := conn.NextReader(); err != nil {
			return
		}
	}
}
