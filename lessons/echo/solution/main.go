// Command solution is a WebSocket server that sends every message back,
// unchanged: text as text, binary as binary.
package main

import (
	"cmp"
	"log"
	"net"
	"net/http"
	"os"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

const (
	// maxMessage bounds what one client can make us hold in memory. A longer
	// message is answered with Close 1009.
	maxMessage = 4 << 20

	// patience is how long a client may take to accept one message. Without
	// it, a client that stops reading would keep this goroutine for ever.
	patience = 10 * time.Second
)

// upgrader has no CheckOrigin, and so keeps the default: pages of other origins
// are refused, programs (which send no Origin) are served.
var upgrader websocket.Upgrader

func main() {
	http.HandleFunc("/ws", echo)
	addr := net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv("PORT"), "3000"))
	log.Printf("listening on http://%s/ws", addr)
	log.Fatal(http.ListenAndServe(addr, nil))
}

func echo(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has told the client why
	}
	defer conn.Close() // nobody else does: net/http has let go of it
	conn.SetReadLimit(maxMessage)

	for {
		// ReadMessage also answers pings and Close frames, and joins
		// fragments. It fails once the client has closed. That one is gone
		// without a word is noticed much later, by TCP; a ping would find out.
		kind, message, err := conn.ReadMessage()
		if err != nil {
			return
		}
		if kind == websocket.TextMessage && !utf8.Valid(message) {
			goodbye(conn, websocket.CloseInvalidFramePayloadData, "text must be UTF-8")
			return
		}
		conn.SetWriteDeadline(time.Now().Add(patience))
		if err := conn.WriteMessage(kind, message); err != nil {
			return
		}
	}
}

// goodbye says why we hang up. Without a Close frame the client would see
// nothing but 1006.
func goodbye(conn *websocket.Conn, code int, why string) {
	conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, why), time.Now().Add(time.Second))
}
