package render

import (
	"io/fs"
	"os"
	"testing"

	"duplex/lessons"
)

// moduleFS reads the module's own files, as the built-in course quotes them.
func moduleFS(t testing.TB) fs.FS {
	t.Helper()
	return os.DirFS("../..")
}

// TestBuiltInCourse renders every lesson that the binary embeds: none may have
// a block that does not work.
func TestBuiltInCourse(t *testing.T) {
	c := lessons.Load(lessons.FS())
	for _, p := range c.Defects() {
		t.Errorf("loading: %v", p)
	}
	r := New(Config{Source: moduleFS(t)})
	for _, l := range c.Lessons {
		page, problems := r.Lesson(c, l)
		for _, p := range problems {
			t.Errorf("rendering: %v", p)
		}
		if len(page.Sections) == 0 {
			t.Errorf("%s has no section", l.Slug)
		}
	}
	if _, problems := r.Intro(c); len(problems) > 0 {
		t.Errorf("introduction: %v", problems)
	}
}
