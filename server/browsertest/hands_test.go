package browsertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// What a person does at a page: look, wait, point, press, type.

// until waits until a JavaScript expression is true, over reloads of the page
// if need be. What says what that means. An expression that throws, because
// an element is not there yet, is not true yet.
func (p *page) until(what, js string) {
	p.t.Helper()
	wait[bool](p, what, "!!("+js+")")
}

// wait returns the value of a JavaScript expression as soon as it is neither
// false nor null.
func wait[T any](p *page, what, js string) T {
	p.t.Helper()
	ctx, cancel := p.patient()
	defer cancel()
	// Not chromedp.Poll: that evaluates a string, which the page's policy forbids.
	loop := chromedp.Evaluate[T](fmt.Sprintf(`new Promise((done) => {
		const look = () => {
			let value
			try { value = (%s) } catch (err) { value = null }
			value ? done(value) : setTimeout(look, 30)
		}
		look()
	})`, js), chromedp.EvalAwaitPromise)
	for {
		value, err := chromedp.Run(ctx, loop)
		if err == nil {
			return value
		}
		var wrong *chromedp.ExceptionError
		if ctx.Err() != nil || errors.As(err, &wrong) {
			p.shot("failed")
			p.t.Fatalf("waited in vain until %s (%v)\n%s", what, err, p.whatItSays())
		}
		// The page was left in the middle: look at the one that comes.
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// whatItSays is the page as text, for a test that has failed.
func (p *page) whatItSays() string {
	ctx, cancel := p.patient()
	defer cancel()
	says, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname + location.hash + "\n" +
		[...document.querySelectorAll("duplex-stage, dialog[open], [role=alert], [role=status]")].filter(e => e.checkVisibility() && e.innerText.trim())
		.map(e => e.localName + ": " + e.innerText.replace(/\s*\n\s*/g, " | ").slice(0, 1500)).join("\n")`))
	if err != nil {
		return err.Error()
	}
	return says
}

// text is what a person can read in the first element that matches.
func (p *page) text(selector string) string {
	p.t.Helper()
	return eval[string](p, fmt.Sprintf("document.querySelector(%s)?.innerText ?? ''", quoted(selector)))
}

// texts are those of all elements that match and are shown.
func (p *page) texts(selector string) []string {
	p.t.Helper()
	return eval[[]string](p, fmt.Sprintf("[...document.querySelectorAll(%s)].filter(e => e.checkVisibility()).map(e => e.innerText.trim())", quoted(selector)))
}

// value is that of the first field that matches.
func (p *page) value(selector string) string {
	p.t.Helper()
	return eval[string](p, fmt.Sprintf("document.querySelector(%s).value", quoted(selector)))
}

// sees waits until elements that match show all the texts. A text is found in
// one element, whatever its line breaks.
func (p *page) sees(selector string, texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		p.until(fmt.Sprintf("%s shows %q", selector, text), p.shows(selector, text))
	}
}

func (p *page) shows(selector, text string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%s)].some(e => e.checkVisibility({visibilityProperty: true}) && e.innerText.replace(/\s+/g, " ").includes(%s))`,
		quoted(selector), quoted(strings.Join(strings.Fields(text), " ")))
}

// has says whether an expression is true now.
func (p *page) has(js string) bool {
	p.t.Helper()
	return eval[bool](p, "!!("+js+")")
}

// click presses the first element shown that matches, with the mouse.
func (p *page) click(selector string) {
	p.t.Helper()
	p.clickOn(selector, fmt.Sprintf("[...document.querySelectorAll(%s)].find(e => e.checkVisibility())", quoted(selector)))
}

// press presses the button, tab, link, summary or labelled choice of this name
// in the first element that matches within.
func (p *page) press(within, name string) {
	p.t.Helper()
	p.clickOn(fmt.Sprintf("%q in %s", name, within), fmt.Sprintf(`[...document.querySelectorAll(%s)]
		.flatMap(e => [...e.querySelectorAll("button, [role=tab], a, summary, label")])
		.find(b => b.checkVisibility() && [b.ariaLabel, b.innerText, b.firstChild?.data].some(n => n?.trim() === %s))`,
		quoted(within), quoted(name)))
}

// clickOn brings the element that find returns into view and presses the mouse
// in its middle, once it rests there with nothing over it and the module has
// come that it belongs to. On a busy machine it may still move at the last
// moment; then it is tried again.
func (p *page) clickOn(what, find string) {
	p.t.Helper()
	for {
		at := wait[struct{ X, Y float64 }](p, "one can press "+what, fmt.Sprintf(aim, find))
		p.do(chromedp.MouseClickXY(at.X, at.Y))
		if !p.missed() {
			return
		}
		p.t.Logf("%s moved away from under the mouse", what)
	}
}

// aim is an expression for the middle of an element, once it can be pressed.
const aim = `(() => {
	const el = %s
	if (!el || el.disabled || el.ariaDisabled === "true") return
	const box = () => el.getClientRects()[0] ?? el.getBoundingClientRect()
	const inside = (b) => b.top >= 0 && b.left >= 0 && b.bottom <= innerHeight && b.right <= innerWidth
	if (!inside(box())) el.scrollIntoView({block: "center", inline: "nearest", behavior: "instant"})
	if (el.closest(":not(:defined):not([when=used])")) return
	const { left, top, width, height } = box()
	const at = {x: left + width / 2, y: top + height / 2}
	const hit = document.elementFromPoint(at.x, at.y)
	const was = window.browsertestAim
	const first = !was
	window.browsertestAim = {el, ...at, hit: undefined}
	if (first) addEventListener("pointerdown", (e) => { browsertestAim.hit = e.composedPath().includes(browsertestAim.el) }, {capture: true})
	const rests = was?.el === el && was.x === at.x && was.y === at.y
	return rests && hit && (el.contains(hit) || hit.contains(el) && hit.shadowRoot) ? at : undefined
})()`

// missed says whether the mouse was pressed on something other than what was
// aimed at. A page that was left by the click was not missed.
func (p *page) missed() bool {
	ctx, cancel := p.patient()
	defer cancel()
	missed, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("window.browsertestAim?.hit === false"))
	return err == nil && missed
}

// fill replaces what stands in the first field that matches.
func (p *page) fill(selector, text string) {
	p.t.Helper()
	p.until("there is a field "+selector, fmt.Sprintf(
		"(f => f.checkVisibility() && !f.disabled && (f.focus(), f.select(), document.activeElement === f))(document.querySelector(%s))", quoted(selector)))
	if text == "" {
		p.keys("\b")
		return
	}
	p.insert(text)
}

// insert puts a text where the caret is, in one go, as a paste does.
func (p *page) insert(text string) {
	p.t.Helper()
	call(p, input.InsertText, input.InsertTextParams{Text: text})
}

// choose selects an option of a select element by its words.
func (p *page) choose(selector, option string) {
	p.t.Helper()
	p.until(fmt.Sprintf("%s offers %q", selector, option), fmt.Sprintf(`(f => {
		const o = [...f.options].find(o => o.text === %s)
		if (!o) return false
		f.value = o.value
		f.dispatchEvent(new Event("input", {bubbles: true}))
		f.dispatchEvent(new Event("change", {bubbles: true}))
		return true
	})(document.querySelector(%s))`, quoted(option), quoted(selector)))
}

// focus gives the focus to the first element that matches.
func (p *page) focus(selector string) {
	p.t.Helper()
	p.until(selector+" has the focus", fmt.Sprintf("(e => (e.focus(), document.activeElement === e))(document.querySelector(%s))", quoted(selector)))
}

// keys types on the keyboard, wherever the focus is. A character comes with its
// key, as one event, so that a page that takes the key for itself is not given
// the character as well; chromedp.KeyEvent sends two.
func (p *page) keys(text string, modifiers ...chromedp.Modifier) {
	p.t.Helper()
	for _, r := range text {
		var down *input.DispatchKeyEventParams
		for _, k := range kb.Encode(r) {
			for _, m := range modifiers {
				k.Modifiers |= int64(m)
			}
			switch {
			case k.Type == kb.KeyDown:
				down = k
				down.Type = input.DispatchKeyEventTypeRawKeyDown
			case k.Type == kb.KeyChar && k.Modifiers&^int64(chromedp.ModifierShift) == 0:
				down.Type, down.Text, down.UnmodifiedText = input.DispatchKeyEventTypeKeyDown, k.Text, k.UnmodifiedText
			case k.Type == kb.KeyUp:
				call(p, input.DispatchKeyEvent, *down)
				call(p, input.DispatchKeyEvent, *k)
			}
		}
	}
}

// settled waits until the page has loaded, so that it listens to keys, and the
// modules of all elements in view have come.
func (p *page) settled() {
	p.t.Helper()
	p.until("the page has settled", `document.readyState === "complete" && [...document.querySelectorAll("main *")]
		.filter(e => e.localName.includes("-") && e.getBoundingClientRect().top < innerHeight && e.checkVisibility()).every(e => e.matches(":defined"))`)
}

// bring scrolls the first element that matches to the middle of the window, and
// waits until its module has come.
func (p *page) bring(selector string) {
	p.t.Helper()
	p.until(selector+" is there", fmt.Sprintf(`(e => (e.scrollIntoView({block: "start", behavior: "instant"}),
		[e, ...e.querySelectorAll("*")].filter(e => e.localName.includes("-") && e.checkVisibility()).every(e => e.matches(":defined"))))(document.querySelector(%s))`, quoted(selector)))
}

// path is where the page is.
func (p *page) path() string {
	p.t.Helper()
	return eval[string](p, "location.pathname")
}

// quoted is s as a JavaScript string.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always encodes
	}
	return string(b)
}
