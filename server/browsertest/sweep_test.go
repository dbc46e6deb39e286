package browsertest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"duplex/lessons"
)

// pages are the paths of every page of the built-in course.
func pages() []string {
	paths := []string{"/"}
	for _, l := range lessons.Load(lessons.FS()).Lessons {
		paths = append(paths, "/lessons/"+l.Slug, "/present/"+l.Slug)
	}
	return paths
}

// TestEveryPage visits every page in both themes and three widths. None may
// have anything in its console, anything that axe objects to, or be wider than
// its window.
func TestEveryPage(t *testing.T) {
	url := start(t)
	for _, v := range []viewport{wide, tablet, narrow} {
		for _, theme := range []string{"light", "dark"} {
			p := openPage(t, url, v, theme)
			for _, path := range pages() {
				name := strings.Trim(fmt.Sprintf("%s-%s-%s", strings.ReplaceAll(path, "/", "-"), v.name, theme), "-")
				t.Run(name, func(t *testing.T) {
					p.t = t
					p.visit(path)
					p.settled()
					p.fits()
					p.accessible()
					p.shot("page")
					p.judge()
					p.defects = nil
				})
			}
			p.t = t
		}
	}
}

// TestProjected: on a projector's screen no text of a slide is under 24 px.
func TestProjected(t *testing.T) {
	p := openPage(t, start(t), projected, "light")
	for _, path := range pages() {
		if !strings.HasPrefix(path, "/present/") {
			continue
		}
		p.visit(path)
		p.settled()
		p.fits()
		p.shot("page" + path)
		small := eval[[]string](p, `[...document.querySelectorAll("main *")].filter(e =>
			e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) &&
			parseFloat(getComputedStyle(e).fontSize) < 24 && e.getBoundingClientRect().width > 1).map(e => e.localName + "." + e.className + ": " + e.textContent.trim().slice(0, 60))`)
		if len(small) > 0 {
			t.Errorf("%s: text under 24 px: %q", path, small)
		}
	}
}

// TestBudgets holds a first visit to the budgets of a lesson page. Time is not
// among them: a test that fails on a slow day teaches nobody.
func TestBudgets(t *testing.T) {
	url := start(t)
	for _, path := range pages() {
		t.Run(strings.ReplaceAll(path, "/", "-"), func(t *testing.T) {
			p := openPage(t, url, wide, "light")
			if strings.HasSuffix(path, "/client") {
				t.Skip("this page holds an editor, which the budget leaves out")
			}
			p.visit(path)
			p.settled()
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.requests > 20 {
				t.Errorf("%d requests, at most 20", p.requests)
			}
			if p.bytes > 100<<10 {
				t.Errorf("%.0f bytes over the wire, at most 100 KB", p.bytes)
			}
			t.Logf("%d requests, %.1f KB", p.requests, p.bytes/1024)
		})
	}
}

// TestLayoutIsStable: nothing moves while a page loads.
func TestLayoutIsStable(t *testing.T) {
	url := start(t)
	for _, v := range []viewport{wide, narrow} {
		p := openPage(t, url, v, "light")
		for _, path := range pages() {
			p.visit(path)
			p.settled()
			shift := eval[float64](p, `new Promise(done => {
				let sum = 0
				const o = new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.hadRecentInput ? 0 : e.value))
				o.observe({type: "layout-shift", buffered: true})
				requestAnimationFrame(() => requestAnimationFrame(() => done(sum)))
			})`)
			if shift > 0.02 {
				t.Errorf("%s %s: layout shift %.3f, at most 0.02", v.name, path, shift)
			}
		}
	}
}

// settled waits until the page's elements are defined and its connections up.
func (p *page) settled() {
	p.t.Helper()
	p.until("the page has settled", `document.readyState === "complete" && [...document.querySelectorAll("main *")]
		.filter(e => e.localName.includes("-") && e.getBoundingClientRect().top < innerHeight && e.checkVisibility()).every(e => e.matches(":defined"))`)
}

// fits: nothing makes the page wider than its window.
func (p *page) fits() {
	p.t.Helper()
	over := eval[float64](p, "document.documentElement.scrollWidth - innerWidth")
	if over <= 0 {
		return
	}
	culprits := eval[[]string](p, `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
		.slice(0, 8).map(e => e.localName + "." + e.className)`)
	p.t.Errorf("%s is %.0f px wider than the window: %q", p.path(), over, culprits)
}

func (p *page) path() string { return eval[string](p, "location.pathname") }

// accessible runs axe, where it is installed.
func (p *page) accessible() {
	p.t.Helper()
	source := axe(p.t)
	if source == "" {
		return
	}
	p.run(chromedp.Evaluate(source, nil))
	type node struct {
		Target  []any  `json:"target"`
		Summary string `json:"failureSummary"`
	}
	type violation struct {
		ID    string `json:"id"`
		Help  string `json:"help"`
		Nodes []node `json:"nodes"`
	}
	for _, v := range eval[[]violation](p, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations)`) {
		for _, n := range v.Nodes {
			p.t.Errorf("%s: axe %s (%s) at %v: %s", p.path(), v.ID, v.Help, n.Target, n.Summary)
		}
	}
}

// axe returns the source of axe-core, or "" where it is not installed.
func axe(t *testing.T) string {
	t.Helper()
	file := filepath.Join("..", "..", ".ci", "node_modules", "axe-core", "axe.min.js")
	source, err := os.ReadFile(file)
	switch {
	case err == nil:
		return string(source)
	case os.Getenv("DUPLEX_BROWSER") == "required":
		t.Fatalf("%v; npm ci --prefix .ci installs it", err)
	default:
		t.Log("axe is left out: npm ci --prefix .ci installs it")
	}
	return ""
}

// quoted is s as a JavaScript string.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always encodes
	}
	return string(b)
}
