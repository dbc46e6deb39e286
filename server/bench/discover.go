package bench

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
)

const (
	tryMost  = 3 * time.Second        // how long the answer to a try is waited for
	tryOther = 500 * time.Millisecond // and after it, whether the other connection hears it too
)

// discover finds out what a server does with a message, and says how it showed.
func discover(ctx context.Context, cfg Config) (Mode, string, error) {
	if strings.HasPrefix(cfg.URL, "http") {
		mode, err := discoverStream(ctx, cfg)
		var no *noStream
		switch {
		case err == nil && mode == Fan:
			return mode, "an event stream, and a URL to publish to", nil
		case err == nil:
			return mode, "an event stream", nil
		case cfg.Publish != "", !errors.As(err, &no):
			return "", "", err
		case no.status == http.StatusNotFound:
			return "", "", &ConnectError{"there is nothing at " + cfg.URL + ": it answered 404 Not Found", "Look whether the path is right."}
		}
	}
	return discoverSocket(ctx, cfg)
}

func discoverStream(ctx context.Context, cfg Config) (Mode, error) {
	client := newClient(cfg)
	defer client.CloseIdleConnections()
	res, cancel, err := getStream(ctx, client, cfg.URL)
	if err != nil {
		return "", err
	}
	cancel()
	res.Body.Close()
	if cfg.Publish != "" {
		return Fan, nil
	}
	return Events, nil
}

// discoverSocket sends a message on one of two connections, and looks who hears
// it.
func discoverSocket(ctx context.Context, cfg Config) (Mode, string, error) {
	cfg.Mode, cfg.Connections, cfg.Publishers = Chat, 2, 1
	r := newRun(cfg.settled())
	defer r.client.CloseIdleConnections()
	defer r.part()
	if err := r.open(ctx); err != nil {
		return "", "", err
	}
	if err := r.hello(ctx, r.answered, tryMost); err != nil {
		return "", "", err
	}
	if r.hears.Load() == 0 {
		return "", "", r.unheard()
	}
	if err := r.hello(ctx, r.everybody, tryOther); err != nil {
		return "", "", err
	}
	switch sender, other := r.heard(0), r.heard(1); {
	case sender && other:
		return Chat, "of two connections, both hear a message", nil
	case sender:
		return Echo, "of two connections, only the sender hears a message", nil
	}
	return "", "", &ConnectError{"the sender does not hear its own message, others do", "Bench can tell losses only where everybody hears everything: an echo, or a chat that includes the sender."}
}

// answered reports whether anybody heard the try, or the server refused it.
func (r *run) answered() bool {
	rx := r.receivers[0]
	rx.mu.Lock()
	defer rx.mu.Unlock()
	return rx.refused > 0 || r.hears.Load() > 0
}

func (r *run) heard(i int) bool {
	rx := r.receivers[i]
	rx.mu.Lock()
	defer rx.mu.Unlock()
	return rx.heard
}
