package browsertest

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience bounds every wait for the page. Nothing waits for it but a test
// that fails.
const patience = 20 * time.Second

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

// browser starts one Chromium for the whole run, the first time a test asks.
var browser = sync.OnceValues(func() (context.Context, error) {
	program, err := find()
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program),
		chromedp.NoSandbox, // tests may run as root, where Chromium's sandbox refuses to
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-features", "Translate,OptimizationHints,MediaRouter"),
	)
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocator)
	atEnd = func() { stop(); stopAllocator() }
	return ctx, chromedp.Run(ctx)
})

var atEnd = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	atEnd()
	os.Exit(code)
}

func find() (string, error) {
	names := []string{"chromium", "chromium-browser", "google-chrome"}
	if wanted := os.Getenv("DUPLEX_BROWSER"); wanted != "" && wanted != "required" {
		names = []string{wanted}
	}
	for _, name := range names {
		if program, err := exec.LookPath(name); err == nil {
			return program, nil
		}
	}
	return "", fmt.Errorf("no browser: looked for %s", strings.Join(names, ", "))
}

// A page is one tab. At the end of its test it fails the test for whatever
// stood in the console, broke the content security policy, or asked another
// host for anything.
type page struct {
	t   *testing.T
	ctx context.Context
	url string // of the server

	mu       sync.Mutex
	defects  []string
	excused  []string
	requests int
	bytes    float64
}

// openPage opens an empty tab of the given size and theme ("light" or "dark").
// Tabs of one test share their storage, as windows of one browser do.
func openPage(t *testing.T, url string, v viewport, theme string) *page {
	t.Helper()
	ctx, err := browser()
	if err != nil && os.Getenv("DUPLEX_BROWSER") == "required" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip(err)
	}
	tab, stop := chromedp.NewContext(ctx)
	t.Cleanup(stop)
	p := &page{t: t, ctx: tab, url: url}
	chromedp.ListenTarget(tab, p.observe)
	p.run(
		network.Enable(), cdplog.Enable(), runtime.Enable(),
		chromedp.EmulateViewport(v.width, v.height),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}),
	)
	t.Cleanup(p.judge)
	return p
}

// observe runs on chromedp's goroutine.
func (p *page) observe(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		p.defects = append(p.defects, "exception: "+e.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning {
			p.defects = append(p.defects, fmt.Sprintf("console.%s: %s", e.Type, arguments(e.Args)))
		}
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.LevelError || e.Entry.Level == cdplog.LevelWarning {
			p.defects = append(p.defects, fmt.Sprintf("%s %s: %s %s", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL))
		}
	case *network.EventRequestWillBeSent:
		p.requests++
		p.sameHost(e.Request.URL)
	case *network.EventWebSocketCreated:
		p.requests++
		p.sameHost(e.URL)
	case *network.EventLoadingFinished:
		p.bytes += e.EncodedDataLength
	}
}

func (p *page) sameHost(url string) {
	host := strings.TrimPrefix(p.url, "http://")
	_, rest, ok := strings.Cut(url, "://")
	local := strings.HasPrefix(url, "data:") || strings.HasPrefix(url, "blob:") || strings.HasPrefix(url, "about:")
	if !local && (!ok || !strings.HasPrefix(rest, host)) {
		p.defects = append(p.defects, "request to another host: "+url)
	}
}

func arguments(args []*runtime.RemoteObject) string {
	var words []string
	for _, a := range args {
		words = append(words, cmp.Or(string(a.Value), a.Description))
	}
	return strings.Join(words, " ")
}

// excuse lets defects that contain text pass: what the test provokes itself.
func (p *page) excuse(text string) { p.excused = append(p.excused, text) }

func (p *page) judge() {
	p.mu.Lock()
	defer p.mu.Unlock()
defects:
	for _, d := range p.defects {
		for _, e := range p.excused {
			if strings.Contains(d, e) {
				continue defects
			}
		}
		p.t.Errorf("the page: %s", d)
	}
}

// run does the actions, in order, within the test's patience.
func (p *page) run(actions ...chromedp.Action) {
	p.t.Helper()
	// The first use of a tab must be with its own context: what it starts
	// lives as long as that.
	if chromedp.FromContext(p.ctx).Target == nil {
		if err := chromedp.Run(p.ctx); err != nil {
			p.t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		p.shot("failed")
		p.t.Fatal(err)
	}
}

// visit loads a path of the server.
func (p *page) visit(path string) {
	p.t.Helper()
	p.run(chromedp.Navigate(p.url + path))
}

// eval returns the value of a JavaScript expression; promises are awaited.
func eval[T any](p *page, js string) T {
	p.t.Helper()
	var value T
	p.run(chromedp.Evaluate(js, &value, func(e *runtime.EvaluateParams) *runtime.EvaluateParams {
		return e.WithAwaitPromise(true)
	}))
	return value
}

// until waits until a JavaScript expression is true. What says what that means.
func (p *page) until(what, js string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	var ok bool
	err := chromedp.Run(ctx, chromedp.Poll("!!("+js+")", &ok, chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(0)))
	if err != nil {
		p.shot("failed")
		p.t.Fatalf("waited in vain until %s (%v)\nthe page says: %.2000s", what, err, p.text("body"))
	}
}

// text is what a person can read in the first element that matches.
func (p *page) text(selector string) string {
	return eval[string](p, fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector))
}

// sees waits until an element that matches shows the text.
func (p *page) sees(selector, text string) {
	p.t.Helper()
	p.until(fmt.Sprintf("%s shows %q", selector, text),
		fmt.Sprintf("[...document.querySelectorAll(%q)].some(e => e.innerText.includes(%q))", selector, text))
}

// click presses the first visible element that matches.
func (p *page) click(selector string) {
	p.t.Helper()
	p.run(chromedp.ScrollIntoView(selector, chromedp.ByQuery), chromedp.Click(selector, chromedp.ByQuery, chromedp.NodeVisible))
}

// press clicks the button (or tab, or link) with this name within an element.
func (p *page) press(within, name string) {
	p.t.Helper()
	find := fmt.Sprintf(`[...document.querySelectorAll(%q)].flatMap(e => [...e.querySelectorAll("button, [role=tab], a, summary")])
		.find(b => b.checkVisibility() && !b.disabled && (b.getAttribute("aria-label") ?? b.innerText).trim() === %q)`, within, name)
	p.until(fmt.Sprintf("%s has a button %q", within, name), find)
	eval[bool](p, "("+find+").click() ?? true")
}

// fill types a text into the first field that matches, after emptying it.
func (p *page) fill(selector, text string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(f => { f.focus(); f.select?.(); return true })(document.querySelector(%q))`, selector))
	p.run(chromedp.KeyEvent(text))
}

// keys types on the keyboard, wherever the focus is.
func (p *page) keys(text string) {
	p.t.Helper()
	p.run(chromedp.KeyEvent(text))
}

// shot leaves a screenshot where DUPLEX_SHOTS says.
func (p *page) shot(name string) {
	dir := os.Getenv("DUPLEX_SHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	var png []byte
	if err := chromedp.Run(ctx, chromedp.CaptureScreenshot(&png)); err != nil {
		p.t.Logf("no screenshot: %v", err)
		return
	}
	file := filepath.Join(dir, strings.NewReplacer("/", "-", " ", "-").Replace(p.t.Name()+"-"+name)+".png")
	if err := os.WriteFile(file, png, 0o644); err != nil {
		p.t.Log(err)
	}
}
