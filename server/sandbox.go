package server

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"sync"
)

// A sandbox is the frame in which a learner's own client code runs: a page of
// opaque origin that can load its own script, and connect to the demos, to the
// places of checks (package play) and to nothing else. The ticket that it carries
// is what the demos know it by; a place has a token of its own.
type sandbox struct {
	ticket string
	page   func() (*template.Template, error)
}

func newSandbox(files fs.FS, ticket string) *sandbox {
	return &sandbox{ticket: ticket, page: sync.OnceValues(func() (*template.Template, error) {
		return template.ParseFS(files, "sandbox/sandbox.html")
	})}
}

// sandboxPolicy is the Content-Security-Policy of the frame; %s is the host.
// Sources are spelled out, since 'self' of an opaque origin matches nothing in
// some browsers. A blob: is code that the frame itself made out of the
// learner's.
const sandboxPolicy = "sandbox allow-scripts; default-src 'none'; " +
	"script-src http://%[1]s/static/sandbox/ blob:; worker-src blob:; " +
	"style-src http://%[1]s/static/sandbox/; " +
	"connect-src http://%[1]s/demo/ ws://%[1]s/demo/ http://%[1]s/play/ ws://%[1]s/play/; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

func (s *sandbox) serve(w http.ResponseWriter, r *http.Request) error {
	page, err := s.page()
	if err != nil {
		return err
	}
	var body bytes.Buffer
	if err := page.Execute(&body, struct{ Ticket, Host string }{s.ticket, r.Host}); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Security-Policy", fmt.Sprintf(sandboxPolicy, policyHost(r.Host)))
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store") // the ticket ends with this process
	_, _ = w.Write(body.Bytes())       // a client that has gone needs no answer
	return nil
}

// policyHost keeps a Host header, which was checked by its name, from adding
// words of its own to a policy.
func policyHost(host string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(" \t;,'\"", c) {
			return -1
		}
		return c
	}, host)
}
