package browsertest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"duplex/server"
)

// A site is a running server and one user's browser: its pages share cookies
// and localStorage, and nothing with those of another site.
type site struct {
	t    *testing.T
	url  string // http://HOST:PORT
	data string // directory of the progress
	work string // the learner's folder, where there is a workbench
	ctx  context.Context
	user cdp.BrowserContextID
	stop func() // ends the server before the test ends
}

// start serves the built-in course with fresh data until the test ends.
func start(t *testing.T) *site {
	t.Helper()
	return startWith(t, server.Config{})
}

func startWith(t *testing.T, cfg server.Config) *site {
	t.Helper()
	s := &site{t: t, ctx: needBrowser(t)} // a skipped test starts nothing
	if cfg.Data == "" {
		cfg.Data = t.TempDir()
	}
	s.data, s.work = cfg.Data, cfg.Work
	l := listen(t)
	s.url = "http://" + l.Addr().String()
	s.stop = serve(t, cfg, l)
	s.login()
	return s
}

// Ports lie below those that systems give to whoever asks for any, so that
// nobody else gets a server's while it is away. Those that programs get begin
// at 20000.
var (
	firstPort  = 12000 + rand.Int64N(4000) // another process begins elsewhere
	portsTried atomic.Int64
)

// listen takes a port that no other server of these tests has, nor had.
func listen(t *testing.T) net.Listener {
	t.Helper()
	for {
		port := firstPort + portsTried.Add(1)
		if port >= 20000 {
			t.Fatal("no port is free below 20000")
		}
		if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			return l
		}
	}
}

// serve runs a server until the test ends, or stop is called; stop waits.
func serve(t *testing.T, cfg server.Config, l net.Listener) (stop func()) {
	t.Helper()
	cfg.Addr = l.Addr().String()
	s, err := server.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := s.Run(ctx, l); err != nil {
			t.Errorf("the server: %v", err)
		}
	}()
	stop = func() { cancel(); <-ended }
	t.Cleanup(stop)
	return stop
}

// another is the same server with another user, who has a browser of their own.
func (s *site) another() *site {
	s.t.Helper()
	other := *s
	other.login()
	return &other
}

// login makes the site's user, who may use the clipboard.
func (s *site) login() {
	s.t.Helper()
	s.enter()
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		_, err := chromedp.CallBrowser(s.ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted,
			Origin: s.url, BrowserContextID: s.user,
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

// enter makes the site's user, who may do what the browser allows everybody.
func (s *site) enter() {
	s.t.Helper()
	made, err := chromedp.CallBrowser(s.ctx, target.CreateBrowserContext, target.CreateBrowserContextParams{})
	if err != nil {
		s.t.Fatal(err)
	}
	s.user = made.BrowserContextID
	s.t.Cleanup(func() {
		_, err := chromedp.CallBrowser(s.ctx, target.DisposeBrowserContext, target.DisposeBrowserContextParams{BrowserContextID: s.user})
		if err != nil {
			s.t.Errorf("forgetting the user: %v", err)
		}
	})
}
