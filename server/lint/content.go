package lint

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"duplex/lessons"
)

// links reports links into other lessons that name a section which is not
// there. Those within a lesson, the renderer reports.
func (s *surveyed) links() (problems []lessons.Problem) {
	for _, l := range s.course.Lessons {
		for _, link := range s.pages[l.Slug].Links {
			to := s.pages[link.Lesson]
			if link.Lesson == l.Slug || link.ID == "" || to == nil || slices.Contains(to.IDs, link.ID) {
				continue
			}
			problems = append(problems, lessons.Problem{
				File: l.File, Line: link.Line,
				What: fmt.Sprintf("no heading of lesson %s has the anchor #%s", link.Lesson, link.ID),
				Next: "link to one of: #" + strings.Join(to.IDs, ", #"),
			})
		}
	}
	return problems
}

// drift reports fences whose copy of quoted code is not what the file says.
func (s *surveyed) drift() (problems []lessons.Problem) {
	for _, l := range s.course.Lessons {
		for _, q := range s.pages[l.Slug].Quotes {
			if q.Body == q.Want {
				continue
			}
			what := "the copy of %s is not what the file says now"
			if q.Body == "" {
				what = "the copy of %s is empty"
			}
			name := q.File
			if q.Region != "" {
				name += " region " + q.Region
			}
			problems = append(problems, lessons.Problem{
				File: l.File, Line: q.Line, What: fmt.Sprintf(what, name), Next: "run duplex lint --fix DIR, which writes it anew",
			})
		}
	}
	return problems
}

// unshown reports exercises that no lesson has a block for.
func (s *surveyed) unshown() (problems []lessons.Problem) {
	shown := map[string]bool{}
	for _, page := range s.pages {
		for _, u := range page.Uses {
			if u.Kind == "exercise" {
				shown[u.Name] = true
			}
		}
	}
	for _, l := range s.course.Lessons {
		for _, e := range l.Exercises {
			if !shown[e.Name] {
				problems = append(problems, lessons.Problem{
					File: path.Join(e.Dir, lessons.ScriptFile),
					What: "no lesson shows exercise " + e.Name,
					Next: "write a block ```exercise " + e.Name + " into " + l.File,
				})
			}
		}
	}
	return problems
}

// What may lie in a lesson's folder, and in an exercise's, besides the files
// that the lesson itself names. Patterns are those of path.Match.
var (
	ofLesson   = []string{"lesson.md", "rust/Cargo.toml", "rust/Cargo.lock", "rust/src/*.rs"}
	ofExercise = []string{"check.txt", "exercise/*.go", "solution/*.go", "wrong/*.go"}
	ofClient   = []string{"exercise/*.js", "solution/*.js", "wrong/*.js"} // besides, where it is in JavaScript
)

// skipped are folders that hold no content: test data, and what tools build.
var skipped = []string{"testdata", "target", "node_modules"}

// strays reports files in the lessons' folders that belong to nothing.
func (s *surveyed) strays() (problems []lessons.Problem) {
	for _, l := range s.course.Lessons {
		used := s.pages[l.Slug].Files
		_ = fs.WalkDir(s.course.FS, l.Slug, func(p string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil // the loader has said so
			case d.IsDir() && (slices.Contains(skipped, d.Name()) || strings.HasPrefix(d.Name(), ".")):
				return fs.SkipDir
			case d.IsDir() || strings.HasPrefix(d.Name(), ".") || slices.Contains(used, p) || belongs(l, p):
				return nil
			}
			problems = append(problems, lessons.Problem{
				File: p, What: "the file belongs to nothing in the lesson",
				Next: "quote it, link to it, or remove it",
			})
			return nil
		})
	}
	return problems
}

// belongs reports whether a file has a place in the lesson, or in one of its
// exercises.
func belongs(l *lessons.Lesson, p string) bool {
	if matches(ofLesson, l.Slug, p) {
		return true
	}
	return slices.ContainsFunc(l.Exercises, func(e *lessons.Exercise) bool {
		return matches(ofExercise, e.Dir, p) || e.Language == lessons.JS && matches(ofClient, e.Dir, p)
	})
}

func matches(patterns []string, dir, p string) bool {
	name, below := strings.CutPrefix(p, dir+"/")
	return below && slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, _ := path.Match(pattern, name)
		return ok
	})
}
