package server

import (
	"context"
	"errors"
	"html/template"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"duplex/lessons"
	"duplex/server/demo"
	"duplex/server/render"
	"duplex/server/roomlog"
	"duplex/server/socket"
	"duplex/static"
)

// A view is the course as it was loaded at one moment, with its renderer. It
// is not changed: a request that began before a reload ends on the view that
// it began with.
type view struct {
	course   *lessons.Course
	renderer *render.Renderer
}

// openCourse returns the files of the course to serve, and checks what a
// person may have mistyped.
func openCourse(cfg Config) (fs.FS, error) {
	switch {
	case cfg.LessonsDir == "" && cfg.Lessons != nil:
		return cfg.Lessons, nil
	case cfg.LessonsDir == "":
		return lessons.FS(), nil
	}
	_, err := os.ReadDir(cfg.LessonsDir)
	if err == nil {
		_, err = os.Stat(filepath.Join(cfg.LessonsDir, "course.md"))
	}
	if err == nil {
		return os.DirFS(cfg.LessonsDir), nil
	}
	why := err.Error()
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		why = e.Path + ": " + e.Err.Error()
	}
	return nil, &Error{
		What: "no course can be read from " + cfg.LessonsDir,
		Why:  why,
		Next: "Name a folder that holds a course.md with --lessons DIR, or leave it out for the built-in course",
		Err:  err,
	}
}

// Source is the code and the modules that lessons may quote, by their paths in
// this module.
func Source() fs.FS {
	return render.Overlay{
		"server/demo":    demo.Source(),
		"server/roomlog": roomlog.Source(),
		"server/socket":  socket.Source(),
		"static":         static.FS(),
	}
}

// load reads the course anew. What is broken in it shows on its pages; the
// load itself never fails.
func (s *Server) load() *view {
	v := &view{
		course: lessons.Load(s.files),
		renderer: render.New(render.Config{
			Source:    Source(),
			Root:      s.cfg.LessonsDir,
			AllowHTML: s.cfg.AllowHTML,
		}),
	}
	s.view.Store(v)
	for _, p := range v.course.Defects() {
		s.log.Info("the course has a defect", "at", p.String())
	}
	return v
}

func (s *Server) course() *lessons.Course { return s.view.Load().course }

// rendered renders a lesson of the course that course returned last, or
// shortly before.
func (s *Server) rendered(l *lessons.Lesson) (*render.Page, []lessons.Problem) {
	v := s.view.Load()
	return v.renderer.Lesson(v.course, l)
}

// warm renders every lesson, so that nobody waits for it, and then gives back
// the memory that this took: ten times what the pages keep. The outlines come
// first, since every page lists all the lessons, and from the last to the
// first: a page that is asked for meanwhile begins at the other end.
func (s *Server) warm(ctx context.Context) {
	for _, render := range []func(*lessons.Lesson) (*render.Page, []lessons.Problem){s.outlined, s.rendered} {
		for _, l := range slices.Backward(s.course().Lessons) {
			if ctx.Err() != nil {
				return
			}
			render(l)
		}
	}
	if s.cfg.Warm != nil {
		s.cfg.Warm()
	}
	debug.FreeOSMemory()
}

// intro renders the course's introduction.
func (s *Server) intro() (template.HTML, []lessons.Problem) {
	v := s.view.Load()
	return v.renderer.Intro(v.course)
}

// pictures are the types of file that a lesson's folder may serve, by ending.
var pictures = map[string]string{
	".svg": "image/svg+xml", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp",
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".avif": "image/avif",
}

// picture answers GET /lessons/{lesson}/{file}.
func (s *Server) picture(w http.ResponseWriter, r *http.Request) error {
	v := s.view.Load()
	l, err := v.lesson(r.PathValue("lesson"))
	if err != nil {
		return err
	}
	name := r.PathValue("file")
	kind, ok := pictures[strings.ToLower(path.Ext(name))]
	if !ok {
		return notFound("There is no picture "+shortened(name), "only pictures are served from a lesson's folder", "See the code of an exercise on the lesson's page")
	}
	content, err := fs.ReadFile(v.course.FS, path.Join(l.Slug, path.Base(name)))
	if err != nil {
		return notFound("There is no picture "+shortened(name), "the lesson's folder has none of that name", "Reload the page; the lesson may have changed")
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(content) // a client that has gone needs no answer
	return nil
}

// outlined is as rendered, without the HTML.
func (s *Server) outlined(l *lessons.Lesson) (*render.Page, []lessons.Problem) {
	v := s.view.Load()
	return v.renderer.Outline(v.course, l)
}

// changed is told of files that were saved: it loads the course and tells the
// pages which lessons to load again.
func (s *Server) changed(paths []string) {
	before := s.course()
	after := s.load().course
	for _, slug := range affected(paths, before, after) {
		s.live.broadcast(message{Topic: "reload", Lesson: &slug})
	}
}

// affected returns the slugs of the lessons in whose folders the paths lie, or
// the empty slug, which means all, when one lies elsewhere.
func affected(paths []string, before, after *lessons.Course) (slugs []string) {
	for _, file := range paths {
		folder, _, _ := strings.Cut(file, "/")
		if before.Lesson(folder) == nil || after.Lesson(folder) == nil {
			return []string{""}
		}
		slugs = append(slugs, folder)
	}
	slices.Sort(slugs)
	return slices.Compact(slugs)
}

// lesson finds a lesson by its slug.
func (v *view) lesson(slug string) (*lessons.Lesson, error) {
	if l := v.course.Lesson(slug); l != nil {
		return l, nil
	}
	return nil, notFound("There is no lesson "+shortened(slug), "the course has none of that name", "Choose one on the course page")
}

// exercise finds an exercise that can be checked.
func (v *view) exercise(name string) (*lessons.Exercise, error) {
	e := v.course.Exercise(name)
	if e == nil {
		return nil, notFound("There is no exercise "+shortened(name), "the course has none of that name", "Choose one on a lesson's page")
	}
	if e.Script == nil {
		return nil, &problem{
			Status: http.StatusUnprocessableEntity,
			What:   "The exercise " + e.Name + " can't be checked",
			Why:    "its check.txt does not parse",
			Next:   "Run duplex lint to see what is wrong in it",
		}
	}
	return e, nil
}
