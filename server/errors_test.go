package server

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// told reads what an answer in JSON tells.
func told(t *testing.T, body string) (what, why, next string) {
	t.Helper()
	var e struct {
		Error struct{ What, Why, Next string }
	}
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		t.Fatalf("%v in %q", err, body)
	}
	return e.Error.What, e.Error.Why, e.Error.Next
}

func TestUnknownAddresses(t *testing.T) {
	r := start(t, testConfig(t))
	for _, tc := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/nothing", 404, ""},
		{"GET", "/lessons/nothing", 404, ""},
		{"GET", "/static/nothing.js", 404, ""},
		{"GET", "/static/", 404, ""},
		{"GET", "/static/lib", 404, ""}, // a folder
		{"GET", "/static/pages/lesson.html", 404, ""},
		{"GET", "/static/..%2fstatic.go", 404, ""},
		{"POST", "/healthz", 405, "GET, HEAD"},
		{"GET", "/check/echo", 405, "POST"},
		{"PUT", "/progress", 405, "GET, HEAD"},
	} {
		resp, body := r.do(tc.method, tc.path, "")
		if resp.StatusCode != tc.status || resp.Header.Get("Allow") != tc.allow {
			t.Errorf("%s %s: %s, Allow %q", tc.method, tc.path, resp.Status, resp.Header.Get("Allow"))
			continue
		}
		if what, why, next := told(t, body); what == "" || why == "" || next == "" {
			t.Errorf("%s %s: %q %q %q", tc.method, tc.path, what, why, next)
		}
	}
}

func TestPersonsGetPages(t *testing.T) {
	resp, body := start(t, testConfig(t)).get("/nothing", "Accept", "text/html,*/*")
	if resp.StatusCode != 404 || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		t.Errorf("%s %s", resp.Status, resp.Header)
	}
	if !strings.Contains(body, "There is nothing at /nothing") {
		t.Errorf("the page does not say what is wrong: %s", body)
	}
}

// A panic is answered once, logged with its place, and hides its words from
// the client. After the answer has begun, the connection is cut instead.
func TestPanics(t *testing.T) {
	var log strings.Builder
	cfg := testConfig(t)
	cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ts := httptest.NewServer(s.recovering(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/late" {
			io.WriteString(w, "half")
			http.NewResponseController(w).Flush()
		}
		panic("secret words")
	})))
	defer ts.Close()

	resp, err := client(t).Get(ts.URL + "/early")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != 500 || strings.Contains(string(body), "secret") {
		t.Errorf("%s: %s", resp.Status, body)
	}
	if resp, err = client(t).Get(ts.URL + "/late"); err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("half an answer looks whole: %q", body)
	}
	resp.Body.Close()
	ts.Close() // its handlers have ended: log may be read
	if !strings.Contains(log.String(), "secret words") || !strings.Contains(log.String(), "errors_test.go") {
		t.Errorf("the log does not say where: %s", &log)
	}
}
