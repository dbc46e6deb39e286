package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
)

// An asset is one file under /static/. Its hash and its compressed form are
// made when they are first asked for, so that the server starts at once, and
// then kept; the file itself is not, since it is in the binary.
type asset struct {
	read  func() ([]byte, error)
	kind  string // Content-Type
	hash  func() (string, error)
	small func() []byte // compressed; nil where that saves nothing
}

// assets are the files under /static/, by path. The set is made once and
// bounds what is kept in memory.
type assets map[string]*asset

// newAssets serves the files of files but for HTML, which is executed and
// never sent as it is, and the style sheets as one site.css.
func newAssets(files fs.FS, styles func() []byte) (assets, error) {
	a := assets{}
	a.add("site.css", func() ([]byte, error) { return styles(), nil })
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path.Ext(name) != ".html" {
			a.add(name, func() ([]byte, error) { return fs.ReadFile(files, name) })
		}
		return err
	})
	return a, err
}

func (a assets) add(name string, read func() ([]byte, error)) {
	one := &asset{read: read, kind: contentType(name)}
	one.hash = sync.OnceValues(one.sum)
	one.small = sync.OnceValue(one.pack)
	a[name] = one
}

// contentType does not ask the system, whose tables differ.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".woff2":
		return "font/woff2"
	case ".json", ".map":
		return "application/json"
	case ".txt", ".md", "":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}

func (one *asset) sum() (string, error) {
	content, err := one.read()
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8]), err
}

func (one *asset) pack() []byte {
	if one.kind == "image/png" || one.kind == "font/woff2" {
		return nil // compressed already
	}
	content, err := one.read()
	if err != nil {
		return nil // send says so
	}
	var small bytes.Buffer
	z, _ := gzip.NewWriterLevel(&small, gzip.BestCompression) // a valid level
	_, _ = z.Write(content)                                   // a Buffer takes everything
	_ = z.Close()
	if small.Len() >= len(content) {
		return nil
	}
	return bytes.Clone(small.Bytes())
}

// url is the address of a file that changes with its content, so that a
// browser may keep it for good.
func (a assets) url(name string) string {
	address := "/static/" + name
	if one, ok := a[name]; ok {
		if hash, err := one.hash(); err == nil {
			return address + "?v=" + hash
		}
	}
	return address
}

// serve answers GET /static/{path...}. The entity tag is weak, since the two
// encodings share it.
func (a assets) serve(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("path")
	one, ok := a[name]
	if !ok {
		return notFound("There is no file "+shortened(r.URL.Path), "the binary holds none of that name", "Reload the page; it may be of an older version")
	}
	hash, err := one.hash()
	if err != nil {
		return err
	}
	h := w.Header()
	tag := `W/"` + hash + `"`
	h.Set("ETag", tag)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if sandboxed(name) {
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	if matches(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return one.send(w, r)
}

func (one *asset) send(w http.ResponseWriter, r *http.Request) (err error) {
	var body []byte
	if takesGzip(r) {
		body = one.small()
	}
	if body != nil {
		w.Header().Set("Content-Encoding", "gzip")
	} else if body, err = one.read(); err != nil {
		return err
	}
	w.Header().Set("Content-Type", one.kind)
	_, _ = w.Write(body) // a client that has gone needs no answer
	return nil
}

// sandboxed names what the frame of opaque origin loads: to it, this server is
// another origin.
func sandboxed(name string) bool {
	return strings.HasPrefix(name, "sandbox/")
}

// matches compares weakly (RFC 9110 §8.8.3.2).
func matches(ifNoneMatch, tag string) bool {
	for candidate := range strings.SplitSeq(ifNoneMatch, ",") {
		candidate = strings.TrimSpace(candidate)
		if candidate == "*" || strings.TrimPrefix(candidate, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}
