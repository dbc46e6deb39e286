package browsertest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// atEnd stops the browser, if there is one.
var atEnd = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	atEnd()
	os.Exit(code)
}

// chromium starts one Chromium for the whole run, the first time a test asks.
var chromium = sync.OnceValues(func() (context.Context, error) {
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
		// The address bar's popup is a page too, for each window, and takes more of a
		// processor to begin than any page of ours.
		chromedp.Flag("disable-features", "Translate,OptimizationHints,MediaRouter,WebUIOmniboxPopup,WebUIOmniboxAimPopup,SpareRendererForSitePerProcess"),
		chromedp.Flag("disable-search-engine-choice-screen", true),
	)
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocator)
	atEnd = func() { stop(); stopAllocator() }
	return ctx, chromedp.Do(ctx)
})

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

// needBrowser returns the browser, or skips the test where there is none.
func needBrowser(t *testing.T) context.Context {
	t.Helper()
	ctx, err := chromium()
	switch {
	case err == nil:
	case os.Getenv("DUPLEX_BROWSER") == "required":
		t.Fatal(err)
	default:
		t.Skip(err)
	}
	return ctx
}
