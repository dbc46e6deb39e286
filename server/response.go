package server

import (
	"bufio"
	"compress/gzip"
	"net"
	"net/http"
	"strings"
	"sync"
)

// A response knows whether its answer has begun. It hides nothing that a
// WebSocket or an event stream needs.
type response struct {
	http.ResponseWriter
	begun bool
}

func (w *response) WriteHeader(status int) {
	w.begun = w.begun || status >= 200 // 1xx is not yet the answer
	w.ResponseWriter.WriteHeader(status)
}

func (w *response) Write(b []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(b)
}

// FlushError is what http.ResponseController calls: a stream learns from its
// error that the client has gone.
func (w *response) FlushError() error {
	w.begun = true
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack implements http.Hijacker, which gorilla/websocket asks for by name.
func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.begun = true
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

// Unwrap lets http.ResponseController reach deadlines.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// compressing gzips what h answers, for a client that takes it. It is for
// pages and JSON: streams and sockets are never wrapped in it.
func compressing(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Add("Vary", "Accept-Encoding")
		if !takesGzip(r) {
			return h(w, r)
		}
		z := &zipped{ResponseWriter: w}
		if err := h(z, r); err != nil {
			return err // nothing was written yet; fail answers uncompressed
		}
		return z.close()
	}
}

// takesGzip reads Accept-Encoding (RFC 9110 §12.5.3) as far as gzip is
// concerned.
func takesGzip(r *http.Request) bool {
	for _, value := range r.Header.Values("Accept-Encoding") {
		for item := range strings.SplitSeq(value, ",") {
			name, weight, _ := strings.Cut(strings.TrimSpace(item), ";")
			if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
				continue
			}
			q, found := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
			return !found || strings.Trim(q, "0.") != ""
		}
	}
	return false
}

// gzips holds idle compressors: one is most of a megabyte.
var gzips = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// A zipped answer compresses its body. The head is sent with the first bytes
// of the body, or by close.
type zipped struct {
	http.ResponseWriter
	status int
	z      *gzip.Writer
}

func (w *zipped) WriteHeader(status int) { w.status = status }

func (w *zipped) Write(b []byte) (int, error) {
	if w.z == nil {
		w.Header().Del("Content-Length")
		w.Header().Set("Content-Encoding", "gzip")
		w.sendHead()
		w.z = gzips.Get().(*gzip.Writer)
		w.z.Reset(w.ResponseWriter)
	}
	return w.z.Write(b)
}

func (w *zipped) sendHead() {
	if w.status != 0 {
		w.ResponseWriter.WriteHeader(w.status)
	}
}

func (w *zipped) close() error {
	if w.z == nil {
		w.sendHead()
		return nil
	}
	defer gzips.Put(w.z)
	_ = w.z.Close() // it fails only when the client has gone
	return nil
}
