package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/gobwas/ws"
)

// connectWait bounds how long one connection may take, its opening handshake or
// the head of its answer included.
const connectWait = 10 * time.Second

// A ConnectError says why a load could not begin, and what to do.
type ConnectError struct{ Why, Next string }

func (e *ConnectError) Error() string { return e.Why + ". " + e.Next }

// dialSocket opens a WebSocket (RFC 6455 §4.1). early is what the server sent
// right behind its answer.
func dialSocket(ctx context.Context, cfg Config) (conn net.Conn, early []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, connectWait)
	defer cancel()
	var said string
	d := ws.Dialer{
		NetDial: cfg.Dial,
		OnStatusError: func(status int, _ []byte, res io.Reader) {
			said = answerOf(res)
		},
	}
	conn, br, _, err := d.Dial(ctx, cfg.URL)
	if err != nil {
		return nil, nil, explainDial(cfg.URL, err, said)
	}
	if br != nil {
		early, _ = br.Peek(br.Buffered())
		early = append([]byte(nil), early...)
		ws.PutReader(br)
	}
	return conn, early, nil
}

// answerOf is the body of an answer that is no upgrade.
func answerOf(r io.Reader) string {
	res, err := http.ReadResponse(bufio.NewReader(r), nil)
	if err != nil {
		return ""
	}
	defer res.Body.Close()
	body := make([]byte, 200)
	n, _ := io.ReadFull(io.LimitReader(res.Body, max(res.ContentLength, 0)), body)
	return excerpt(body[:n])
}

func explainDial(url string, err error, said string) error {
	var status ws.StatusError
	switch {
	case errors.As(err, &status):
		return explainStatus(url, int(status), said)
	case errors.Is(err, ws.ErrHandshakeBadUpgrade), errors.Is(err, ws.ErrHandshakeBadConnection),
		errors.Is(err, ws.ErrHandshakeBadSecAccept), errors.Is(err, ws.ErrHandshakeBadProtocol),
		errors.Is(err, ws.ErrMalformedResponse):
		return &ConnectError{url + " answers, but not as a WebSocket does: " + innermost(err), "Look whether the URL is right; duplex check handshake says what is wrong with the answer."}
	}
	return explainNetwork(url, err)
}

// explainStatus words an answer other than 101.
func explainStatus(url string, status int, said string) error {
	next := "Look whether the path is that of a WebSocket, and at what the server printed."
	switch status {
	case http.StatusForbidden:
		next = "It may demand an Origin: a bench sends none, as programs do."
	case http.StatusNotFound:
		next = "Look whether the path is right."
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		next = "It takes no more for now: ask for fewer connections, or raise its limit."
	case http.StatusOK:
		next = "It is a page, or an event stream whose URL begins with http, and no WebSocket."
	}
	why := fmt.Sprintf("%s did not become a WebSocket: it answered %d %s", url, status, http.StatusText(status))
	if said != "" {
		why += fmt.Sprintf(" (%s)", said)
	}
	return &ConnectError{why, next}
}

// getStream opens an event stream. cancel ends it.
func getStream(ctx context.Context, client *http.Client, url string) (*http.Response, context.CancelFunc, error) {
	streaming, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	late := time.AfterFunc(connectWait, cancel)
	defer late.Stop()
	defer stop()
	req, err := http.NewRequestWithContext(streaming, http.MethodGet, url, nil)
	if err != nil {
		cancel()
		return nil, nil, err
	}
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Cache-Control", "no-store")
	res, err := client.Do(req)
	if err == nil && isStream(res) {
		return res, cancel, nil
	}
	defer cancel()
	if err != nil {
		return nil, nil, explainNetwork(url, err)
	}
	defer res.Body.Close()
	return nil, nil, &noStream{res.StatusCode, ConnectError{
		fmt.Sprintf("%s is no event stream: it answered %s with the type %q", url, res.Status, res.Header.Get("Content-Type")),
		"An event stream answers 200 with the type text/event-stream. Look whether the path is right.",
	}}
}

// A noStream is an answer that is no event stream.
type noStream struct {
	status int
	ConnectError
}

func (e *noStream) Unwrap() error { return &e.ConnectError }

func isStream(res *http.Response) bool {
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	return res.StatusCode == http.StatusOK && kind == "text/event-stream"
}

// explainNetwork words why there is no connection, or no answer on it.
func explainNetwork(url string, err error) error {
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &dns):
		return &ConnectError{"the name in " + url + " is not known here", "Look for a typing error."}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &ConnectError{"nothing listens at " + url, "Start the server and leave it running, or give the URL that it listens at."}
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return &ConnectError{"this system lets the program open no more connections", "Ask for fewer connections, or allow more open files (ulimit -n)."}
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return &ConnectError{"this machine has no free port left for another connection to " + url, "Ask for fewer connections, or wait a minute: ports are kept for a while after they were used."}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return &ConnectError{url + " closed the connection without an answer", "Look at what the server printed, and whether it speaks TLS (wss or https)."}
	case errors.Is(err, context.Canceled), errors.As(err, &timeout) && timeout.Timeout():
		return &ConnectError{fmt.Sprintf("%s did not answer within %v", url, connectWait), "An event stream must send its head at once, and a server must keep accepting. Look whether it does."}
	}
	return &ConnectError{"no connection to " + url + ": " + innermost(err), "Look at the URL, and whether the server runs."}
}

// innermost is the innermost words of an error.
func innermost(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}
