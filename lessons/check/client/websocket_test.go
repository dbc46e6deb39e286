package client

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"duplex/lessons/check"
)

// TestRefusedHandshake: as in a browser, "error" comes and then "close".
func TestRefusedHandshake(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	r := js(t, `
		const ws = new WebSocket(exercise.url);
		console.log(ws instanceof WebSocket, ws.readyState);
		ws.onerror = () => console.log("error", ws.readyState);
		ws.onclose = (e) => console.log("close", e.code, e.wasClean, ws.readyState);
		ws.addEventListener("close", () => setTimeout(() => console.log("that is all"), 20));`,
		check.ClientStart{Settings: map[string]any{"url": "ws" + strings.TrimPrefix(server.URL, "http")}})
	r.says("log: true 0")
	r.says("log: error 3")
	r.says("log: close 1006 false 3")
	r.says("log: that is all")
}

// TestStartWaitsForTheRuntime: what the program does comes after Start.
func TestStartWaitsForTheRuntime(t *testing.T) {
	for _, source := range []string{`while (true);`, `let b = ;`, `throw new Error("at once");`} {
		js(t, source, check.ClientStart{}).run.Stop()
	}
}
