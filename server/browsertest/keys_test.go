package browsertest

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// TestKeys: one key each for what the bar and the foot offer.
func TestKeys(t *testing.T) {
	t.Parallel()
	p := start(t).open(wide, light)
	p.visit("/lessons/echo")
	p.settled()
	p.keys("n")
	p.until("n leads to the next lesson", "location.pathname === '/lessons/chat'")
	p.settled()
	p.keys("p")
	p.until("p leads to the previous lesson", "location.pathname === '/lessons/echo'")
	p.settled()
	p.keys("?")
	p.sees("dialog[open]", "Keys", "Search the course", "Next lesson", "Previous lesson", "Theme: system, light, dark", "Course page")
	p.shot("list")
	p.keys(kb.Escape)
	p.until("the list is closed", "!document.querySelector('dialog[open]')")
	p.keys("gc")
	p.until("g c leads to the course page", "location.pathname === '/'")
}

// TestKeysWhileTyping: a letter that is typed is a letter, in a field and in the editor.
func TestKeysWhileTyping(t *testing.T) {
	t.Parallel()
	p := start(t).open(wide, light)
	p.visit("/lessons/echo")
	p.sees(echoStage+" .state", "● Open")
	p.fill(echoStage+" [name=message]", "")
	p.keys("npt?/gc")
	p.until("all of it is typed", "document.querySelector('"+echoStage+" [name=message]').value === 'npt?/gc'")
	if p.path() != "/lessons/echo" || p.has("document.querySelector('dialog[open]')") || eval[string](p, "document.documentElement.dataset.theme") != "auto" {
		t.Error("a key fired while typing")
	}
	p.press(echoStage, "Send")
	p.sees(echoStage+" .talk > .received", "npt?/gc")
}

// TestSearch: / opens the search, words find sections, and Enter leads there.
func TestSearch(t *testing.T) {
	t.Parallel()
	p := start(t).open(wide, light)
	p.visit("/lessons/echo")
	p.settled()
	p.keys("/")
	p.sees("dialog[open]", "Type to search all lessons.")
	p.keys("mask")
	p.sees("dialog[open] li", "The mask")
	p.shot("found")
	p.fill("dialog[open] input", "xyzzyx")
	p.sees("dialog[open]", "Nothing found.")
	p.fill("dialog[open] input", "last-event-id")
	p.sees("dialog[open] li:first-child", "Server-sent events")
	first := eval[string](p, "document.querySelector('dialog[open] li a').getAttribute('href')")
	if !strings.HasPrefix(first, "/lessons/events#") {
		t.Errorf("the first that is found is %s", first)
	}
	p.keys(kb.ArrowDown + kb.ArrowDown + kb.ArrowUp)
	p.until("arrows choose", "document.activeElement === document.querySelector('dialog[open] li a')")
	p.keys("\r")
	p.until("Enter leads there", "location.pathname + location.hash === "+quoted(first))
}

// TestTheme: the theme follows the system until it is chosen; a choice is
// remembered, in other windows too, and stands before anything is painted.
func TestTheme(t *testing.T) {
	t.Parallel()
	s := start(t)
	p := s.open(wide, dark)
	p.beforePaint()
	p.visit("/")
	p.settled()
	if got := p.paper(); !isDark(got) {
		t.Errorf("on a dark system the paper is %v", got)
	}
	p.keys("t")
	p.sees("theme-switch", "Light")
	if got := p.paper(); isDark(got) {
		t.Errorf("in the light theme the paper is %v", got)
	}
	p.visit("/lessons/echo")
	p.firstPaint("light", "light")
	other := s.open(narrow, dark)
	other.beforePaint()
	other.visit("/present/echo")
	other.firstPaint("light", "light")

	p.settled()
	p.keys("t")
	p.sees("theme-switch", "Dark")
	other.until("the other window follows", "document.documentElement.dataset.theme === 'dark'")
	p.prefers(light)
	p.reload()
	p.firstPaint("dark", "dark")
	p.settled()
	p.keys("t")
	p.sees("theme-switch", "System")
	p.reload()
	p.firstPaint("auto", "light dark")
	if got := p.paper(); isDark(got) {
		t.Errorf("on a light system the paper is %v", got)
	}
}

// TestCodeTabs: the language that is chosen holds for all lessons.
func TestCodeTabs(t *testing.T) {
	t.Parallel()
	p := start(t).open(wide, light)
	p.visit("/lessons/echo")
	p.bring("section > code-tabs")
	p.press("section > code-tabs", "Rust")
	p.until("Rust is shown in its place", "document.querySelector('section > code-tabs > [data-tab=Rust] pre').checkVisibility() && !document.querySelector('section > code-tabs > [data-tab=Go] pre').checkVisibility()")
	p.shot("rust")
	p.visit("/lessons/chat")
	p.bring("section > code-tabs")
	p.until("it is remembered", "document.querySelector('section > code-tabs > [data-tab=Rust] pre').checkVisibility()")
	p.bring(chatStage)
	p.press(chatStage, "Code")
	p.until("the stage's code follows", "[...document.querySelectorAll('"+chatStage+" [data-tab=Rust] pre')].some(e => e.checkVisibility())")
	p.press(chatStage, "Go")
	p.until("all groups follow", "[...document.querySelectorAll('code-tabs:defined > [data-tab=Rust] pre')].every(e => !e.checkVisibility())")
}

// TestCopyCode: a listing is copied as it stands.
func TestCopyCode(t *testing.T) {
	t.Parallel()
	p := start(t).open(wide, light)
	p.visit("/lessons/echo")
	p.bring("main figure.code")
	p.press("main figure.code copy-button", "Copy")
	p.sees("main figure.code copy-button", "✓ Copied")
	copied := eval[string](p, "navigator.clipboard.readText()")
	shown := eval[string](p, "document.querySelector('main figure.code:has(copy-button button) pre code').textContent")
	if copied == "" || !strings.Contains(eval[string](p, "[...document.querySelectorAll('main figure.code pre code')].map(e => e.textContent).join('\\n')"), copied) {
		t.Errorf("copied %q, not %q", copied, shown)
	}
}

// TestSplitter: the line between text and stage moves by keyboard and mouse,
// and stays where it was put, before the first paint too.
func TestSplitter(t *testing.T) {
	t.Parallel()
	p := start(t).open(wide, light)
	p.beforePaint()
	p.visit("/lessons/echo")
	p.settled()
	p.focus("page-splitter")
	p.keys(kb.ArrowRight + kb.ArrowRight)
	p.until("it moves to the right", "document.querySelector('page-splitter').ariaValueNow === '53'")
	p.keys(kb.Home)
	p.until("Home goes as far as it can", "document.querySelector('page-splitter').ariaValueNow === '30'")
	wideStage := p.stageWidth()
	p.keys(kb.End + kb.ArrowLeft)
	p.until("End goes to the other side", "document.querySelector('page-splitter').ariaValueNow === '68'")
	if now := p.stageWidth(); now >= wideStage {
		t.Errorf("the stage is %.0f px wide beside more text, %.0f px beside less", now, wideStage)
	}
	p.shot("far")
	p.visit("/lessons/chat")
	if got := eval[string](p, "window.browsertestFirst.split"); got != "68%" {
		t.Errorf("the first paint of the next lesson has the line at %q, want 68%%", got)
	}
	p.settled()
	p.until("it says where it is", "document.querySelector('page-splitter').ariaValueNow === '68'")
}

func (p *page) stageWidth() float64 {
	p.t.Helper()
	return eval[float64](p, "document.querySelector('"+echoStage+"').getBoundingClientRect().width")
}
