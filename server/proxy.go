package server

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"

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
	passed := r.Clone(ctx)
	rewrite(passed, target, path)
	w = wire.TapAs(w, r, record, func(head []byte) []byte { return passedHead(head, passed) })
	passOn.ServeHTTP(w, r.WithContext(ctx))
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

// What is between a page and us stays here.
var (
	ourParams  = []string{"token", "wire"}
	ourHeaders = []string{"Cookie", tokenHeader, "Referer"}
)

// rewrite makes the request one of a page that the learner's server served
// itself.
func rewrite(out *http.Request, target *url.URL, path string) {
	out.URL = &url.URL{Scheme: target.Scheme, Host: target.Host, Path: "/" + path, RawQuery: theirQuery(out.URL.RawQuery)}
	out.Host = target.Host
	for _, ours := range ourHeaders {
		out.Header.Del(ours)
	}
	if out.Header.Get("Origin") != "" {
		out.Header.Set("Origin", target.Scheme+"://"+target.Host)
	}
}

// theirQuery is a query without what is ours, and otherwise as it was written.
func theirQuery(raw string) string {
	pairs := slices.DeleteFunc(strings.Split(raw, "&"), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		return err == nil && slices.Contains(ourParams, name)
	})
	return strings.Join(pairs, "&")
}

// passedHead is the head of a request, as a page has sent it, with what rewrite
// changes. It is what the page shows: the request that the learner's server
// gets, and no secret of ours.
func passedHead(head []byte, passed *http.Request) []byte {
	var out strings.Builder
	for line := range strings.Lines(string(head)) {
		name, _, _ := strings.Cut(line, ":")
		end := line[len(strings.TrimRight(line, "\r\n")):]
		switch fields := strings.Fields(line); {
		case out.Len() == 0 && len(fields) == 3:
			line = fields[0] + " " + passed.URL.RequestURI() + " " + fields[2] + end
		case slices.ContainsFunc(ourHeaders, func(ours string) bool { return strings.EqualFold(ours, name) }):
			continue
		case strings.EqualFold(name, "Host"):
			line = name + ": " + passed.Host + end
		case strings.EqualFold(name, "Origin"):
			line = name + ": " + passed.Header.Get("Origin") + end
		}
		out.WriteString(line)
	}
	return []byte(out.String())
}

// guardAnswer keeps an answer from speaking for our own origin.
func guardAnswer(res *http.Response) error {
	res.Header.Del("Set-Cookie")
	res.Header.Set("Content-Security-Policy", proxyPolicy)
	return nil
}
