package server

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func gunzip(t *testing.T, body string) string {
	t.Helper()
	z, err := gzip.NewReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// someAssets serves a few files and counts how often they are read.
func someAssets(t *testing.T) (http.Handler, assets, *int) {
	t.Helper()
	files := fstest.MapFS{
		"main.js":              {Data: []byte(strings.Repeat("import './lib/live.js';\n", 50))},
		"icon.png":             {Data: bytes.Repeat([]byte{0}, 500)},
		"tiny.txt":             {Data: []byte("x")},
		"sandbox/a.js":         {Data: []byte("a()")},
		"sandbox/sandbox.html": {Data: []byte("{{.Ticket}}")},
	}
	a, err := newAssets(files, func() []byte { return []byte(strings.Repeat("a{color:red}", 50)) })
	if err != nil {
		t.Fatal(err)
	}
	reads := 0
	for _, one := range a {
		read := one.read
		one.read = func() ([]byte, error) { reads++; return read() }
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /static/{path...}", func(w http.ResponseWriter, r *http.Request) {
		if err := a.serve(w, r); err != nil {
			w.WriteHeader(404)
		}
	})
	return mux, a, &reads
}

func fetch(h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest("GET", path, nil)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w
}

func TestAssets(t *testing.T) {
	h, _, _ := someAssets(t)
	for _, tc := range []struct {
		path, kind string
		zipped     bool
	}{
		{"/static/main.js", "text/javascript; charset=utf-8", true},
		{"/static/site.css", "text/css; charset=utf-8", true},
		{"/static/icon.png", "image/png", false},                 // compressed already
		{"/static/tiny.txt", "text/plain; charset=utf-8", false}, // gzip would be longer
	} {
		plain := fetch(h, tc.path)
		if plain.Code != 200 || plain.Header().Get("Content-Type") != tc.kind || plain.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: %d %v", tc.path, plain.Code, plain.Header())
		}
		zipped := fetch(h, tc.path, "Accept-Encoding", "br, gzip")
		if got := zipped.Header().Get("Content-Encoding") == "gzip"; got != tc.zipped {
			t.Errorf("%s: compressed %v", tc.path, got)
		}
		if tc.zipped && gunzip(t, zipped.Body.String()) != plain.Body.String() {
			t.Errorf("%s: the compressed form is another", tc.path)
		}
		if zipped.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: Vary is %q", tc.path, zipped.Header().Get("Vary"))
		}
	}
	if w := fetch(h, "/static/sandbox/sandbox.html"); w.Code != 404 {
		t.Errorf("a template is served as it is: %d", w.Code)
	}
}

func TestAssetsAreCached(t *testing.T) {
	h, a, reads := someAssets(t)
	first := fetch(h, "/static/main.js", "Accept-Encoding", "gzip")
	if *reads != 2 { // for its hash, and for its compressed form
		t.Errorf("read %d times for the first request", *reads)
	}
	fetch(h, "/static/main.js", "Accept-Encoding", "gzip")
	if *reads != 2 {
		t.Errorf("read %d times for two requests", *reads)
	}
	tag := first.Header().Get("ETag")
	for _, match := range []string{tag, strings.TrimPrefix(tag, "W/"), `"other", ` + tag, "*"} {
		if w := fetch(h, "/static/main.js", "If-None-Match", match); w.Code != 304 || w.Body.Len() != 0 {
			t.Errorf("If-None-Match %s: %d", match, w.Code)
		}
	}
	if w := fetch(h, "/static/main.js", "If-None-Match", `W/"other"`); w.Code != 200 {
		t.Errorf("another tag: %d", w.Code)
	}
	if got := first.Header().Get("Cache-Control"); got != "no-cache" {
		t.Errorf("by its bare name: %q", got)
	}
	if got := fetch(h, a.url("main.js")).Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("by its content: %q", got)
	}
	if got := fetch(h, "/static/main.js?v=0123456789abcdef").Header().Get("Cache-Control"); got != "no-cache" {
		t.Errorf("by an old version's address: %q", got)
	}
}

// The frame of opaque origin loads its modules across origins; nothing else is
// given away.
func TestAssetsForTheSandbox(t *testing.T) {
	h, _, _ := someAssets(t)
	if got := fetch(h, "/static/sandbox/a.js").Header().Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("the sandbox's own script: %q", got)
	}
	if got := fetch(h, "/static/main.js").Header().Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("a page's script: %q", got)
	}
}

func TestTakesGzip(t *testing.T) {
	for accept, want := range map[string]bool{
		"": false, "gzip": true, "br, gzip": true, "GZIP": true, "gzip;q=0.5": true, "gzip; q=1": true,
		"gzip;q=0": false, "gzip; q=0.000": false, "br": false, "xgzip": false, "identity": false,
	} {
		req := httptest.NewRequest("GET", "/", nil)
		req.Header.Set("Accept-Encoding", accept)
		if got := takesGzip(req); got != want {
			t.Errorf("%q: %v", accept, got)
		}
	}
}

func TestPagesAreCompressed(t *testing.T) {
	r := start(t, testConfig(t))
	plain, page := r.get("/lessons/echo")
	zipped, body := r.get("/lessons/echo", "Accept-Encoding", "gzip")
	if zipped.Header.Get("Content-Encoding") != "gzip" || !strings.Contains(gunzip(t, body), "The loop") {
		t.Errorf("compressed: %s %v", zipped.Status, zipped.Header)
	}
	if plain.Header.Get("Content-Encoding") != "" || !strings.Contains(page, "The loop") {
		t.Errorf("not compressed: %s %v", plain.Status, plain.Header)
	}
	resp, body := r.get("/lessons/none", "Accept-Encoding", "gzip")
	if resp.StatusCode != 404 || !strings.Contains(body, "There is no") {
		t.Errorf("an error: %s %q", resp.Status, body)
	}
	if resp, _ := r.do("HEAD", "/lessons/echo", "", "Accept-Encoding", "gzip"); resp.StatusCode != 200 {
		t.Errorf("HEAD: %s", resp.Status)
	}
}
