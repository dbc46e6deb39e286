package bench

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
)

// A stream is one reader of an event stream.
type stream struct {
	body   io.ReadCloser
	cancel context.CancelFunc
	rx     *receiver
	buf    []byte
	parser streamParser
}

// newClient makes the HTTP client of a run: a connection for every stream and
// publisher, none of them shared as HTTP/2 would.
func newClient(cfg Config) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext:         cfg.Dial,
			DisableCompression:  true,
			MaxIdleConnsPerHost: max(cfg.Publishers, 1),
			TLSNextProto:        map[string]func(string, *tls.Conn) http.RoundTripper{},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// openStream opens an event stream for a receiver.
func (r *run) openStream(ctx context.Context, rx *receiver) (source, error) {
	res, cancel, err := getStream(ctx, r.client, r.cfg.URL)
	if err != nil {
		return nil, err
	}
	return &stream{body: res.Body, cancel: cancel, rx: rx, buf: make([]byte, firstBuffer)}, nil
}

// read hands all events to the receiver, until the stream ends.
func (s *stream) read() *ending {
	var now moment
	dispatch := func(e event) { s.rx.event(e, now) }
	for {
		n, err := s.body.Read(s.buf)
		if n > 0 {
			now = s.rx.run.now()
			s.rx.mu.Lock()
			s.parser.feed(s.buf[:n], dispatch)
			s.rx.mu.Unlock()
		}
		if s.parser.overlong {
			return &ending{Why: "the server sent a line or an event that is too long to be read"}
		}
		if n == len(s.buf) && n < fullBuffer {
			s.buf = make([]byte, 2*n)
		}
		if err != nil {
			return &ending{Why: lostConnection(err)}
		}
	}
}

func (s *stream) part() { s.cancel() }

func (s *stream) close() {
	s.cancel()
	s.body.Close()
}
