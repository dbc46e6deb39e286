package render

import (
	"testing"

	"duplex/lessons"
)

// BenchmarkLesson renders the longest lesson of the course, code and all.
func BenchmarkLesson(b *testing.B) {
	c := lessons.Load(lessons.FS())
	longest := c.Lessons[0]
	for _, l := range c.Lessons {
		if len(l.Body) > len(longest.Body) {
			longest = l
		}
	}
	source := moduleFS(b)
	b.SetBytes(int64(len(longest.Body)))
	for b.Loop() {
		New(Config{Source: source}).Lesson(c, longest)
	}
}

// BenchmarkLoad loads the built-in course, which happens before the server
// accepts its first connection.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		lessons.Load(lessons.FS())
	}
}
