package server

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"

	"duplex/server/wire"
)

// maxProxied bounds the connections to learners' servers that pages hold.
const maxProxied = 64

// A proxy lets a demo's own element talk to the server that the learner wrote.
// The page could not connect there itself: its policy allows no other origin,
// and a server that checks Origin, as it should, would refuse it. On the way
// the taps see what passes, as they do on the demos' connections.
type proxy struct {
	taps      *wire.Taps
	transport *http.Transport
	conns     gate
}

func newProxy(taps *wire.Taps) *proxy {
	return &proxy{
		taps:  taps,
		conns: gate{most: maxProxied},
		// No proxy of the environment's, no compression of our own, and no
		// connection kept for a server that may be gone the next moment.
		transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true},
	}
}

// proxyPolicy is the Content-Security-Policy of what a learner's server answers
// through us: should it be opened as a page, it is of no origin and runs nothing.
const proxyPolicy = "sandbox; default-src 'none'; frame-ancestors 'none'"

// serve passes the request on to the path at the base URL of a learner's
// server, until either side or ending ends it.
func (p *proxy) serve(w http.ResponseWriter, r *http.Request, ending context.Context, base, path string) error {
	target, err := url.Parse(base)
	if err != nil {
		return err
	}
	if !p.conns.enter() {
		return &problem{
			Status: http.StatusServiceUnavailable,
			What:   "This connection to your server is refused",
			Why:    "the pages hold too many of them, or Duplex is stopping",
			Next:   "Close some pages and try again",
		}
	}
	defer p.conns.leave()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(ending, cancel)() // a hijacked connection's own context does not end with the server

	record := p.taps.Recorder(r.URL.Query().Get("wire"))
	var failed error
	passOn := &httputil.ReverseProxy{
		Rewrite:        func(out *httputil.ProxyRequest) { rewrite(out.Out, target, path) },
		ModifyResponse: guardAnswer,
		ErrorHandler:   func(_ http.ResponseWriter, _ *http.Request, err error) { failed = err },
		Transport:      p.transport,
		FlushInterval:  -1, // whatever is written is sent: that is what one looks at
		ErrorLog:       log.New(io.Discard, "", 0),
	}
	passOn.ServeHTTP(wire.Tap(w, r, record), r.WithContext(ctx))
	if failed != nil && !errors.Is(failed, context.Canceled) {
		return &problem{
			Status: http.StatusBadGateway,
			What:   "Your server did not answer",
			Why:    failed.Error(),
			Next:   "See in its log whether it still runs",
			Err:    failed,
		}
	}
	return nil
}

// rewrite makes the request one of a page that the learner's server served
// itself. What is between this page and us stays here.
func rewrite(out *http.Request, target *url.URL, path string) {
	query := out.URL.Query()
	for _, ours := range []string{"token", "wire"} {
		query.Del(ours)
	}
	out.URL = &url.URL{Scheme: target.Scheme, Host: target.Host, Path: "/" + path, RawQuery: query.Encode()}
	out.Host = target.Host
	for _, ours := range []string{"Cookie", "Duplex-Token", "Referer"} {
		out.Header.Del(ours)
	}
	if out.Header.Get("Origin") != "" {
		out.Header.Set("Origin", target.Scheme+"://"+target.Host)
	}
}

// guardAnswer keeps an answer from speaking for our own origin.
func guardAnswer(res *http.Response) error {
	res.Header.Del("Set-Cookie")
	res.Header.Set("Content-Security-Policy", proxyPolicy)
	return nil
}
