// Command solution answers the opening handshake of RFC 6455 §4.2 by hand, and
// then says goodbye: it speaks no frames but the one that closes.
package main

import (
	"bufio"
	"cmp"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// guid is the same for every WebSocket server in the world (RFC 6455 §1.3). An
// answer that holds its hash was made by something that speaks WebSocket, and
// not by an HTTP server that repeats whatever it is sent.
const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// patience is how long we wait for a client to read the answer and to hang up.
const patience = 5 * time.Second

func main() {
	http.HandleFunc("/ws", handshake)
	addr := net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv("PORT"), "3000"))
	log.Printf("listening on http://%s/ws", addr)
	log.Fatal(http.ListenAndServe(addr, nil))
}

func handshake(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("Sec-WebSocket-Key")
	switch {
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		http.Error(w, "A WebSocket opens with a GET.", http.StatusMethodNotAllowed)
	case !hasToken(r.Header, "Connection", "upgrade") || !hasToken(r.Header, "Upgrade", "websocket"):
		upgradeRequired(w, "This address speaks WebSocket only.")
	case r.Header.Get("Sec-WebSocket-Version") != "13":
		upgradeRequired(w, "This server speaks version 13 of WebSocket only.")
	case key == "":
		http.Error(w, "The Sec-WebSocket-Key is missing.", http.StatusBadRequest)
	default:
		switchProtocols(w, key)
	}
}

// hasToken reports whether the comma-separated list in the header name holds
// token. Case does not matter, and a client may send more than one: Firefox
// sends "Connection: keep-alive, Upgrade".
func hasToken(h http.Header, name, token string) bool {
	for _, list := range h.Values(name) {
		for item := range strings.SplitSeq(list, ",") {
			if strings.EqualFold(strings.TrimSpace(item), token) {
				return true
			}
		}
	}
	return false
}

// upgradeRequired answers 426. Such an answer must name the protocol that is
// required (RFC 9110 §15.5.22), Upgrade must itself be listed in Connection
// (§7.8), and the version that we understand goes with it (RFC 6455 §4.4).
func upgradeRequired(w http.ResponseWriter, why string) {
	w.Header().Set("Upgrade", "websocket")
	w.Header().Set("Connection", "Upgrade")
	w.Header().Set("Sec-WebSocket-Version", "13")
	http.Error(w, why, http.StatusUpgradeRequired)
}

// accept proves that the key was read. The key is hashed as it was sent: it
// looks like base64, and is never decoded.
func accept(key string) string {
	sum := sha1.Sum([]byte(key + guid))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func switchProtocols(w http.ResponseWriter, key string) {
	conn, buf, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "This connection cannot be taken over.", http.StatusInternalServerError)
		return
	}
	defer conn.Close() // from here on the connection is ours, and so is its end
	conn.SetDeadline(time.Now().Add(patience))

	if err := greet(buf.Writer, key); err != nil {
		return
	}
	// A client answers with a Close frame of its own, and then waits for us to
	// end TCP (RFC 6455 §7.1.1). This server reads no frames, so it can't see
	// that answer: it takes in what comes until the client hangs up, or its time
	// is over. Hanging up while something that it sent lies unread would make
	// TCP send a reset, and that may overtake our answer.
	io.Copy(io.Discard, buf.Reader)
}

// greet writes the 101 head and one frame: FIN and the opcode 8 (Close), two
// bytes of payload, the code 1000.
func greet(w *bufio.Writer, key string) error {
	fmt.Fprintf(w, "HTTP/1.1 101 Switching Protocols\r\n"+
		"Upgrade: websocket\r\n"+
		"Connection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\n\r\n", accept(key))
	w.Write([]byte{0x88, 0x02, 0x03, 0xE8})
	return w.Flush() // also returns the error of the writes before it
}
