//go:build unix

package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

var crowd = flag.Int("crowd", 200, "how many WebSockets, and how many event streams, are connected in TestTerminated")

// SIGTERM: everybody gets what was published before and a goodbye, and the
// program ends in time.
func TestTerminated(t *testing.T) {
	cmd := exec.Command("duplex", "bench", "serve", "--addr", "127.0.0.1:0")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	line, err := bufio.NewReader(out).ReadString('\n')
	host, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on http://")
	if !ok {
		t.Fatalf("it says %q, %v", line, err)
	}

	var ends []func() error
	for i := range *crowd {
		path := []string{"/ws", "/chat"}[i%2]
		ends = append(ends, socketEnd(t, "ws://"+host+path), streamEnd(t, "http://"+host+"/fan"))
	}
	for _, event := range []string{"first", "last"} {
		resp, err := http.Post("http://"+host+"/pub", "text/plain", strings.NewReader(event))
		if err != nil || resp.StatusCode != http.StatusNoContent {
			t.Fatal(resp, err)
		}
		resp.Body.Close()
	}
	http.DefaultClient.CloseIdleConnections()

	cmd.Process.Signal(syscall.SIGTERM)
	told := time.Now()
	var clients sync.WaitGroup
	for _, end := range ends {
		clients.Go(func() {
			if err := end(); err != nil {
				t.Error(err)
			}
		})
	}
	clients.Wait()
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	if took := time.Since(told); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

// socketEnd connects a WebSocket, and returns what waits for its end.
func socketEnd(t *testing.T, url string) func() error {
	conn, _, err := websocket.DefaultDialer.Dial(url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return func() error {
		defer conn.Close()
		_, _, err := conn.ReadMessage()
		var closed *websocket.CloseError
		if !errors.As(err, &closed) || closed.Code != websocket.CloseGoingAway {
			return fmt.Errorf("%s ended with %v, want a Close frame 1001", url, err)
		}
		return nil
	}
}

// streamEnd connects to an event stream, and returns what waits for its end.
func streamEnd(t *testing.T, url string) func() error {
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	return func() error {
		defer resp.Body.Close()
		all, err := io.ReadAll(resp.Body)
		for _, part := range []string{"data: first\n\n", "data: last\n\n", "retry: "} {
			if err != nil || !strings.Contains(string(all), part) {
				return fmt.Errorf("the stream ended with %v after %q, want %q in it", err, all, part)
			}
		}
		return nil
	}
}
