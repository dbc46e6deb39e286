package browsertest

import (
	"fmt"

	cdppage "github.com/chromedp/cdproto/page"
)

// What stands when a page is painted for the first time.

// beforePaint has each page that comes note how it is when it is first painted:
// when its body is there, before the first frame.
func (p *page) beforePaint() {
	p.t.Helper()
	call(p, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: `{
		const note = () => {
			if (!document.body) return
			look.disconnect()
			const style = getComputedStyle(document.documentElement)
			window.browsertestFirst = {
				theme: document.documentElement.dataset.theme, scheme: style.colorScheme,
				split: style.getPropertyValue("--split-at"), paper: getComputedStyle(document.body).backgroundColor,
			}
		}
		const look = new MutationObserver(note)
		look.observe(document, {childList: true, subtree: true})
	}`})
}

// firstPaint: the page was painted in this theme from the first, with what
// the browser draws itself (fields, scroll bars) in the same.
func (p *page) firstPaint(theme, scheme string) {
	p.t.Helper()
	type look struct{ Theme, Scheme, Split, Paper string }
	first := wait[look](p, "the page is painted", "window.browsertestFirst")
	now := p.paper()
	if first.Theme != theme || first.Scheme != scheme {
		p.t.Errorf("%s is first painted in theme %q with %q, want %q with %q", p.path(), first.Theme, first.Scheme, theme, scheme)
	}
	if later := eval[string](p, "getComputedStyle(document.body).backgroundColor"); later != first.Paper {
		p.t.Errorf("%s flashes: its paper was %s and is %s (%v)", p.path(), first.Paper, later, now)
	}
}

// paper is the colour of the page's background: red, green and blue.
func (p *page) paper() [3]int {
	p.t.Helper()
	var rgb [3]int
	colour := eval[string](p, `(c => { c.fillStyle = getComputedStyle(document.body).backgroundColor; c.fillRect(0, 0, 1, 1); return [...c.getImageData(0, 0, 1, 1).data].join(" ") })(document.createElement("canvas").getContext("2d"))`)
	if _, err := fmt.Sscan(colour, &rgb[0], &rgb[1], &rgb[2]); err != nil {
		p.t.Fatalf("the paper is %q: %v", colour, err)
	}
	return rgb
}

func isDark(rgb [3]int) bool { return rgb[0]+rgb[1]+rgb[2] < 3*128 }
