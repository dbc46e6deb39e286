package browsertest

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"duplex/lessons"
)

// TestWithoutScripts: where scripts do not run, every lesson can still be read:
// its prose, its listings in all languages, its figures, and the way on.
func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, v := range []viewport{wide, narrow} {
		p := s.open(v, light)
		call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		for _, l := range lessons.Load(lessons.FS()).Lessons {
			p.visit("/lessons/" + l.Slug)
			p.fits()
			p.shot(v.name + "-" + l.Slug)
			hidden := eval[[]string](p, `[...document.querySelectorAll("main h2, main p, main table, main figure.code pre, main figure.sequence, main nav.foot a")]
				.filter(e => !e.checkVisibility({visibilityProperty: true, opacityProperty: true}) && !e.closest("details:not([open]), [popover]"))
				.map(e => e.localName + ": " + e.textContent.trim().slice(0, 60)).slice(0, 5)`)
			if len(hidden) > 0 {
				t.Errorf("%s, %s: without scripts one can't see %q", l.Slug, v.name, hidden)
			}
			if n := eval[int](p, `document.querySelectorAll("main section h2").length`); n < 3 {
				t.Errorf("%s has %d sections", l.Slug, n)
			}
		}
		p.visit("/")
		type point struct{ X, Y float64 }
		at := eval[point](p, `(b => ({x: b.left + b.width / 2, y: b.top + b.height / 2}))(document.querySelector(".begin a").getBoundingClientRect())`)
		run(p, chromedp.WaitEvent(cdppage.LoadEventFired, nil, chromedp.MouseClickXY(at.X, at.Y)))
		if p.path() != "/lessons/websockets" {
			t.Errorf("Start leads to %s", p.path())
		}
	}
}
