package render

import (
	"reflect"
	"testing"
	"testing/fstest"

	"duplex/lessons"
)

// An outline lists what the page holds, and none of its HTML.
func TestOutline(t *testing.T) {
	body := "---\ntitle: A\nsummary: B.\nminutes: 1\n---\n\nLead.\n\n## One\n\n```go\nfunc main() {}\n```\n\n" +
		"```demo nothing\n```\n\n## Two\n\n```quiz q\nask: Why?\nanswer: so\nright: Yes.\nwrong: No.\n```\n"
	course := lessons.Load(fstest.MapFS{
		"course.md":   {Data: []byte("---\ntitle: C\nsummary: D.\n---\n\n1. [A](a/lesson.md)\n")},
		"a/lesson.md": {Data: []byte(body)},
	})
	r, lesson := New(Config{}), course.Lesson("a")
	page, problems := r.Lesson(course, lesson)
	outline, same := r.Outline(course, lesson)
	if !reflect.DeepEqual(problems, same) || len(same) != 1 {
		t.Errorf("problems %v, want %v", same, problems)
	}
	if len(outline.Sections) != 2 || len(outline.Quizzes) != 1 || outline.LeadText != page.LeadText {
		t.Errorf("%d sections, %d quizzes, lead %q", len(outline.Sections), len(outline.Quizzes), outline.LeadText)
	}
	for i, s := range outline.Sections {
		want := page.Sections[i]
		want.HTML = ""
		if s != want {
			t.Errorf("section %+v, want %+v", s, want)
		}
	}
	if outline.Lead != "" || outline.Scenes != nil {
		t.Error("an outline holds HTML")
	}
	if again, _ := r.Outline(course, lesson); again != outline {
		t.Error("rendered again")
	}
}
