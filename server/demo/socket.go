package demo

import (
	"net/http"
	"time"

	"github.com/gorilla/websocket"

	"duplex/server/socket"
)

// What the chat calls by the names that it knew before package socket.

type refusal = socket.Refusal

var upgrader upgrades

type upgrades struct{}

func (upgrades) Upgrade(w http.ResponseWriter, r *http.Request, _ http.Header) (*websocket.Conn, error) {
	return socket.Upgrade(w, r, socket.Options{})
}

func goodbye(conn *websocket.Conn, err error, limits Limits) {
	socket.Goodbye(conn, err, limits.CloseWait)
}

func readMessage(conn *websocket.Conn, limit int, _ time.Duration, memory *socket.Budget) (int, []byte, error) {
	return socket.ReadMessage(conn, limit, memory)
}

// expectPongs lets the next read fail if the client stays silent for PongWait.
// Each pong gives it as much time again.
func expectPongs(conn *websocket.Conn, limits Limits) {
	again := func(string) error { return conn.SetReadDeadline(time.Now().Add(limits.PongWait)) }
	conn.SetPongHandler(again)
	again("")
}

// goAway says that the server ends, and leaves it to whoever reads from conn to
// find the client's Close frame and so to end. It waits for that, and cuts the
// connection after CloseWait.
func goAway(conn *websocket.Conn, limits Limits, ended <-chan struct{}) {
	bye := websocket.FormatCloseMessage(websocket.CloseGoingAway, "server is shutting down")
	conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(limits.CloseWait))
	select {
	case <-ended:
	case <-time.After(limits.CloseWait):
		conn.Close()
	}
}
