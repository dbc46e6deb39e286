package render

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What may come out of a renderer that lets no HTML of an author through.
var (
	tags = strings.Fields(`a aside b blockquote br button chat-demo client-demo code code-tabs copy-button del details div
		duplex-stage echo-demo em events-demo exercise-check fieldset figcaption figure form h2 h3 h4 h5 h6 hr img input label
		legend li noscript ol p pre quiz-card section span strong summary table tbody td th thead tr ul wire-log`)
	voids      = strings.Fields("br hr img input")
	attributes = strings.Fields(`alt aria-label autocapitalize autocomplete class data-section data-step data-tab data-value
		disabled exercise href id kind label language lesson loading maxlength name path quiz rel role scope spellcheck src start
		tabindex title type value view`)
	// Every < of an author is escaped, so what looks like a tag is one of ours.
	tag       = regexp.MustCompile(`<(/?)([a-z][a-z0-9-]*)((?: [a-z-]+(?:="[^"<>]*")?)*)>`)
	attribute = regexp.MustCompile(` ([a-z-]+)(?:="([^"]*)")?`)
)

// wellFormed fails the test unless html consists of known elements, properly
// nested, with known attributes, unique ids and links that lead to pages.
func wellFormed(t testing.TB, html string) {
	t.Helper()
	if n := len(tag.FindAllString(html, -1)); n != strings.Count(html, "<") {
		t.Errorf("%d tags, but %d times <", n, strings.Count(html, "<"))
	}
	var open []string
	ids := map[string]bool{}
	for _, m := range tag.FindAllStringSubmatch(html, -1) {
		name := m[2]
		if !slices.Contains(tags, name) {
			t.Errorf("unexpected element: %s", m[0])
		}
		checkAttributes(t, m[3], ids)
		switch {
		case slices.Contains(voids, name):
		case m[1] == "":
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			t.Errorf("</%s> closes %v", name, open)
			return
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("not closed: %v", open)
	}
}

func checkAttributes(t testing.TB, all string, ids map[string]bool) {
	t.Helper()
	for _, a := range attribute.FindAllStringSubmatch(all, -1) {
		name, value := a[1], a[2]
		if !slices.Contains(attributes, name) {
			t.Errorf("unexpected attribute: %s", a[0])
		}
		if name == "id" {
			if ids[value] || value == "" {
				t.Errorf("the id %q is empty or stands there twice", value)
			}
			ids[value] = true
		}
		if name == "href" && !regexp.MustCompile(`^(#|/|https?:|mailto:)`).MatchString(strings.ToLower(value)) {
			t.Errorf("a link leads to %q", value)
		}
	}
}

// FuzzLesson renders any markdown: no panic, and nothing on the page but
// elements of ours.
func FuzzLesson(f *testing.F) {
	for _, seed := range seeds(f) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		page, _ := renderBody(t, body, Config{})
		wellFormed(t, string(page.Lead)+allHTML(page))
		for _, notes := range page.Notes {
			wellFormed(t, string(notes))
		}
		for _, q := range page.Quizzes {
			_, say := q.Judge([]string{body})
			wellFormed(t, string(say))
		}
	})
}
