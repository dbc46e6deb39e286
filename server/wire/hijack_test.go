package wire

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Whoever takes a connection over gets all of it: the head byte by byte, what
// came with it, what comes later.
func TestHijackLosesNothing(t *testing.T) {
	const head = "GET /x HTTP/1.1\r\nhOsT:  a\r\nZ: 1\r\nA: 2\r\n\r\n"
	for name, pieces := range map[string][]string{
		"at once":          {head + "early", " and late"},
		"a byte at a time": strings.Split(head+"early and late", ""),
		"the head alone":   {head, "early and late"},
		"with a body":      {strings.Replace(head, "A: 2", "Content-Length: 14", 1) + "early and late"},
	} {
		t.Run(name, func(t *testing.T) {
			got := make(chan string, 1)
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				c, read, err := Hijack(w, r)
				if err != nil {
					got <- err.Error()
					return
				}
				defer c.Close()
				later, err := io.ReadAll(c)
				if err != nil {
					t.Error(err)
				}
				got <- string(read) + string(later)
			})()
			for _, p := range pieces {
				if _, err := io.WriteString(c, p); err != nil {
					t.Fatal(err)
				}
			}
			c.(interface{ CloseWrite() error }).CloseWrite()
			if want := strings.Join(pieces, ""); <-got != want {
				t.Errorf("got something else than %q", want)
			}
		})
	}
}

// Without the head there is nothing to hand over, and the request is answered
// by who has it.
func TestHijackNeedsTheHead(t *testing.T) {
	for name, request := range map[string]string{
		"a long head": "GET /x HTTP/1.1\r\nHost: a\r\nLong: " + strings.Repeat("x", maxHead) + "\r\n\r\n",
		"pipelined":   "GET /y HTTP/1.1\r\nHost: a\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/y" {
					return
				}
				_, _, err := Hijack(w, r)
				if !errors.Is(err, ErrNoHead) {
					t.Errorf("got %v", err)
				}
				w.Header().Set("Connection", "close")
				w.WriteHeader(http.StatusTeapot)
			})()
			io.WriteString(c, request)
			answer, err := io.ReadAll(c)
			if err != nil || !strings.Contains(string(answer), "418") {
				t.Errorf("answered %q, %v", answer, err)
			}
		})
	}
}
