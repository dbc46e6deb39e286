package browsertest

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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

// named is a path as the name of a test or a file.
func named(path string) string {
	if path == "/" {
		return "course"
	}
	return strings.ReplaceAll(strings.Trim(path, "/"), "/", "-")
}

// TestEveryPage visits every page, from its top to its end, in three widths and
// both themes. None may have anything in its console, anything that axe objects
// to, move what was drawn, or be wider than its window.
func TestEveryPage(t *testing.T) {
	for _, v := range []viewport{wide, tablet, narrow} {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			p := startBench(t).open(v, light)
			for _, path := range pages() {
				t.Run(named(path), func(t *testing.T) { p.inspect(t, path) })
			}
		})
	}
}

// inspect holds one page against everything that holds for every page. The
// system turns dark while it is shown: a theme has no part but in the colours.
func (p *page) inspect(t *testing.T, path string) {
	defer func(was *testing.T) { p.t = was }(p.t)
	p.t = t
	p.prefers(light)
	if wrong := p.look(path); wrong != "" {
		// Once in some thousand looks a row of a table is a line higher at first,
		// on a machine that is busy; what is wrong each time is a defect.
		t.Logf("looked at again: %s", wrong)
		if wrong = p.look(path); wrong != "" {
			t.Error(wrong)
		}
	}
	p.fits()
	p.accessible("html")
	p.prefers(dark)
	p.rests()
	p.shot("dark")
	p.accessible("html", "color-contrast")
	p.judge(t)
}

// rests waits until what moves or changes colour has done so.
func (p *page) rests() {
	p.t.Helper()
	eval[bool](p, `new Promise(requestAnimationFrame)
		.then(() => Promise.allSettled(document.getAnimations().filter(a => a.effect.getComputedTiming().endTime < Infinity).map(a => a.finished)))
		.then(() => true)`)
}

// look loads a page and goes through it. It says what did not come, or what
// moved by itself.
func (p *page) look(path string) string {
	p.t.Helper()
	p.visit(path)
	p.settled()
	p.shot("top")
	return cmp.Or(p.walk(), p.shifts())
}

// walk scrolls through the page, or the slide that is shown, as a person does,
// most of a window at a time, and waits at each place until the modules of all
// elements in view have come. It says what it waited for in vain, or "".
func (p *page) walk() string {
	p.t.Helper()
	return eval[string](p, `(async () => {
		const view = document.querySelector(".slide:not([hidden]) .words") ?? document.scrollingElement
		const end = () => view === document.scrollingElement ? innerHeight : view.getBoundingClientRect().bottom
		const late = () => [...document.querySelectorAll("main :not(:defined)")].filter(e => e.checkVisibility() && e.getBoundingClientRect().top < end() - 1)
		const frame = () => new Promise(requestAnimationFrame)
		const started = performance.now()
		let places = 0
		for (let before = -1; before !== view.scrollTop; places++) {
			do {
				await frame(); await frame()
				if (performance.now() - started > 30_000) return "after 30 s, at place " + places + ", " + Math.round(view.scrollTop) + " px down, these have not come: " +
					late().map(e => e.localName + " at " + Math.round(e.getBoundingClientRect().top)).join(", ")
			} while (late().length)
			before = view.scrollTop
			view.scrollBy({top: 0.7 * view.clientHeight, behavior: "instant"})
		}
		return ""
	})()`)
}

// TestProjected: on a projector's screen no text of a slide is under 24 px.
func TestProjected(t *testing.T) {
	t.Parallel()
	p := startBench(t).open(projected, light)
	for _, l := range lessons.Load(lessons.FS()).Lessons {
		p.visit("/present/" + l.Slug)
		p.settled()
		n := eval[int](p, `document.querySelectorAll("present-view > .slide").length`)
		for i := range n {
			p.until("the slide is shown", fmt.Sprintf(`document.querySelector(".slide-foot .place").innerText === "%d / %d"`, i+1, n))
			p.shot(fmt.Sprintf("%s-%02d", l.Slug, i+1))
			if late := p.walk(); late != "" {
				t.Error(late)
			}
			p.fits()
			p.readable()
			p.do(chromedp.Evaluate[chromedp.Void](`location.hash = document.querySelectorAll("present-view > .slide")[` + fmt.Sprint(min(i+1, n-1)) + `].dataset.slide`))
		}
	}
}

// frames waits until the page has been drawn twice.
func (p *page) frames() {
	p.t.Helper()
	eval[bool](p, `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
}

// readable: no text in view is under 24 px.
func (p *page) readable() {
	p.t.Helper()
	p.frames() // a drawing takes its width before the next one
	small := eval[[]string](p, `[...document.querySelectorAll("main *, .slide-foot *")].map(e => ({
			e, size: parseFloat(getComputedStyle(e).fontSize) * (e.getScreenCTM?.()?.a ?? 1), // a drawing is scaled
		})).filter(({e, size}) => size < 23.95 && e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().width > 1 &&
			!e.closest(".quiet, .step.closed") && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
		.map(({e, size}) => size.toFixed(1) + "px " + e.localName + "." + e.getAttribute("class") + ": " + e.textContent.trim().slice(0, 40)).slice(0, 10)`)
	if len(small) > 0 {
		p.t.Errorf("%s%s: text under 24 px: %q", p.path(), eval[string](p, "location.hash"), small)
	}
}

// TestBudgets holds a first visit to the budgets of a lesson page. Time is not
// among them: a test that fails on a slow day teaches nobody. A request is what
// brings a part of the page; a connection that the page then holds open, and
// shows, is no cost but its subject.
func TestBudgets(t *testing.T) {
	t.Parallel()
	for _, path := range pages() {
		t.Run(named(path), func(t *testing.T) {
			if strings.HasSuffix(path, "/client") {
				t.Log("this page holds an editor, which the budget leaves out")
				return
			}
			p := startBench(t).open(wide, light)
			p.visit(path)
			p.settled()
			p.until("nothing is on its way", `performance.getEntriesByType("resource").every(r => r.responseEnd > 0)`)
			p.until("its connections are up", `[...document.querySelectorAll("duplex-stage[kind=demo]")].every(e => !e.checkVisibility() || e.getBoundingClientRect().top > innerHeight || ["open", "idle"].includes(e.dataset.state))`)
			requests, bytes := p.traffic()
			requests = slices.DeleteFunc(requests, func(path string) bool { return path == "/live" || strings.HasPrefix(path, "/demo/") })
			if len(requests) > 20 {
				t.Errorf("%d requests, at most 20:\n%s", len(requests), strings.Join(requests, "\n"))
			}
			if bytes > 100<<10 {
				t.Errorf("%.1f KB over the wire, at most 100 KB", bytes/1024)
			}
			t.Logf("%d requests, %.1f KB", len(requests), bytes/1024)
		})
	}
}

// shifts says what of that which was drawn has moved by itself, or "" where that
// is next to nothing (the sum of layout shifts).
func (p *page) shifts() string {
	p.t.Helper()
	type shift struct {
		Value float64
		What  string
	}
	sum, moved := 0.0, []string{}
	for _, s := range eval[[]shift](p, `new Promise(done => {
		new PerformanceObserver((list, o) => { o.disconnect(); done(list.getEntries()) }).observe({type: "layout-shift", buffered: true})
		requestAnimationFrame(() => setTimeout(() => done([]), 50))
	}).then(all => all.filter(e => !e.hadRecentInput).map(e => ({value: e.value, what: e.sources.map(s =>
		(s.node?.localName ?? s.node?.nodeName) + "." + (s.node?.className ?? "") + " " + Math.round(s.previousRect.top) + "→" + Math.round(s.currentRect.top) + " h " + Math.round(s.previousRect.height) + "→" + Math.round(s.currentRect.height)).join("; ")})))`) {
		sum += s.Value
		moved = append(moved, fmt.Sprintf("%.3f %s", s.Value, s.What))
	}
	if sum <= 0.02 {
		return ""
	}
	return fmt.Sprintf("%s: layout shift %.3f, at most 0.02:\n%s", p.path(), sum, strings.Join(moved, "\n"))
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

// accessible runs axe on the element that matches, where axe is installed: all
// of its rules, or these.
func (p *page) accessible(within string, rules ...string) {
	p.t.Helper()
	source := axe(p.t)
	if source == "" {
		return
	}
	if !eval[bool](p, `"axe" in window`) {
		p.do(chromedp.Evaluate[chromedp.Void](source))
	}
	type node struct {
		Target  []any  `json:"target"`
		Summary string `json:"failureSummary"`
	}
	type violation struct {
		ID    string `json:"id"`
		Help  string `json:"help"`
		Nodes []node `json:"nodes"`
	}
	options := `{resultTypes: ["violations"]}`
	if len(rules) > 0 {
		options = fmt.Sprintf(`{resultTypes: ["violations"], runOnly: %q.split(" ")}`, strings.Join(rules, " "))
	}
	for _, v := range eval[[]violation](p, `axe.run(`+quoted(within)+`, `+options+`).then(r => r.violations)`) {
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
