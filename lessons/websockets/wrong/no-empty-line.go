//go:build ignore

// The head ends after its last header, without the empty line: the client waits
// for more headers.
//
// Fails: accept
package main

import (
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

func main() {
	http.HandleFunc("/ws", handshake)
	addr := net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv("PORT"), "3000"))
	log.Printf("listening on http://%s/ws", addr)
	log.Fatal(http.ListenAndServe(addr, nil))
}

const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

func handshake(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("Sec-WebSocket-Key")
	switch {
	case r.Method != http.MethodGet:
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

func upgradeRequired(w http.ResponseWriter, why string) {
	w.Header().Set("Upgrade", "websocket")
	w.Header().Set("Connection", "Upgrade")
	w.Header().Set("Sec-WebSocket-Version", "13")
	http.Error(w, why, http.StatusUpgradeRequired)
}

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
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	fmt.Fprintf(buf, "HTTP/1.1 101 Switching Protocols\r\n"+
		"Upgrade: websocket\r\n"+
		"Connection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\n", accept(key))
	if err := buf.Flush(); err != nil {
		return
	}
	io.Copy(io.Discard, buf.Reader)
}
