package browsertest

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience bounds every wait for the page. Only a test that fails spends it.
const patience = 60 * time.Second

// A viewport is a window that people have.
type viewport struct {
	name          string
	width, height int64
}

var (
	wide      = viewport{"wide", 1440, 900}
	tablet    = viewport{"tablet", 820, 1180}
	narrow    = viewport{"narrow", 360, 740}
	projected = viewport{"projected", 1920, 1080}
)

// The themes that a system may ask for.
const (
	light = "light"
	dark  = "dark"
)

// A page is one tab, in a window of its own. At the end of its test it fails
// the test for whatever stood in the console, broke the content security
// policy, or asked another host for anything.
type page struct {
	t             *testing.T
	site          *site
	ctx           context.Context
	theme, motion string // what the system prefers; "" is no preference

	mu       sync.Mutex
	defects  []string
	excused  []string
	requests []string // their addresses
	bytes    float64
}

// open opens an empty tab of the given size, on a system of the given theme.
func (s *site) open(v viewport, theme string) *page {
	s.t.Helper()
	p := &page{t: s.t, site: s}
	tab, stop := chromedp.NewContext(s.ctx, chromedp.WithExistingBrowserContext(s.user), chromedp.WithListener(p.observe))
	s.t.Cleanup(stop)
	p.ctx = tab
	// The first use of a tab must be with its own context: what it starts
	// lives as long as that.
	if err := chromedp.Do(tab); err != nil {
		s.t.Fatal(err)
	}
	p.do(chromedp.EmulateViewport(v.width, v.height))
	p.prefers(theme)
	call(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	s.t.Cleanup(func() { p.judge(s.t) })
	return p
}

// prefers sets the theme of the system that the browser runs on.
func (p *page) prefers(theme string) {
	p.t.Helper()
	p.theme = theme
	p.emulate()
}

// calm asks the page not to move things, as a system may: a test that does not
// look at what moves need not wait for it, nor draw it.
func (p *page) calm() {
	p.t.Helper()
	p.motion = "reduce"
	p.emulate()
}

func (p *page) emulate() {
	p.t.Helper()
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: p.theme}, {Name: "prefers-reduced-motion", Value: p.motion},
	}})
}

// observe runs on chromedp's goroutine.
func (p *page) observe(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		p.defect("exception: %s %s", e.ExceptionDetails.Text, description(e.ExceptionDetails.Exception))
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			p.defect("console.%s: %s", e.Type, arguments(e.Args))
		}
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.EntryLevelError || e.Entry.Level == cdplog.EntryLevelWarning {
			p.defect("%s %s: %s %s", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		p.asks(e.Request.URL)
	case *network.EventWebSocketCreated:
		p.asks(e.URL)
	case *network.EventLoadingFinished:
		p.bytes += e.EncodedDataLength
	}
}

func (p *page) defect(format string, args ...any) {
	p.defects = append(p.defects, fmt.Sprintf(format, args...))
}

// asks takes note of a request, and of one that leaves the site.
func (p *page) asks(url string) {
	scheme, rest, _ := strings.Cut(url, ":")
	if scheme == "data" || scheme == "blob" || scheme == "about" {
		return // nothing goes over the wire
	}
	path, ours := strings.CutPrefix(rest, strings.TrimPrefix(p.site.url, "http:"))
	p.requests = append(p.requests, path)
	if !ours || path != "" && path[0] != '/' || scheme != "http" && scheme != "ws" {
		p.defect("request to another host: %s", url)
	}
}

func arguments(args []*runtime.RemoteObject) string {
	var words []string
	for _, a := range args {
		words = append(words, cmp.Or(string(a.Value), a.Description))
	}
	return strings.Join(words, " ")
}

func description(o *runtime.RemoteObject) string {
	if o == nil {
		return ""
	}
	return o.Description
}

// excuse lets defects that contain one of the texts pass: what the test
// provokes itself.
func (p *page) excuse(texts ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.excused = append(p.excused, texts...)
}

// judge fails t for the defects seen so far, and forgets them.
func (p *page) judge(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
defects:
	for _, d := range p.defects {
		for _, e := range p.excused {
			if strings.Contains(d, e) {
				continue defects
			}
		}
		t.Errorf("the page: %s", d)
	}
	p.defects = nil
}

// traffic is what was asked for so far, and how many bytes came.
func (p *page) traffic() (requests []string, bytes float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests), p.bytes
}

// patient returns a context for one step of the test.
func (p *page) patient() (context.Context, context.CancelFunc) {
	return context.WithTimeout(p.ctx, patience)
}

// run does the action and returns its value.
func run[T any](p *page, a chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := p.patient()
	defer cancel()
	value, err := chromedp.Run(ctx, a)
	if err != nil {
		p.shot("failed")
		p.t.Fatal(err)
	}
	return value
}

// do does the actions, in order.
func (p *page) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	run(p, chromedp.Steps(actions...))
}

// call runs a command of the DevTools protocol on the tab.
func call[P, R any](p *page, c cdp.Command[P, R], params P) R {
	p.t.Helper()
	return run(p, func(ctx context.Context, t *chromedp.Target) (R, error) { return cdp.Call(ctx, t, c, params) })
}

// visit loads a path of the site. A browser on a busy machine was seen to stop
// in the middle of that, once in some thousand times; it is asked twice.
func (p *page) visit(path string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience/2)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Navigate(p.site.url+path)); err != nil {
		p.t.Logf("asked for %s again: %v", path, err)
		p.do(chromedp.Navigate(p.site.url + path))
	}
}

// reload loads the page again, as F5 does.
func (p *page) reload() {
	p.t.Helper()
	p.do(chromedp.Reload())
}

// eval returns the value of a JavaScript expression; a promise is awaited.
func eval[T any](p *page, js string) T {
	p.t.Helper()
	return run(p, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
}

// shot leaves a screenshot where DUPLEX_SHOTS says.
func (p *page) shot(name string) {
	dir := os.Getenv("DUPLEX_SHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := p.patient()
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Logf("no screenshot: %v", err)
		return
	}
	file := filepath.Join(dir, strings.NewReplacer("/", "-", " ", "-").Replace(p.t.Name()+"-"+name)+".png")
	if err := os.WriteFile(file, png, 0o644); err != nil {
		p.t.Log(err)
	}
}
