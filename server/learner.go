package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"mime"
	"net/http"
	"slices"
	"time"

	"duplex/lessons/check/mailbox"
	"duplex/server/render"
)

const (
	// maxBody is the most that a page sends: an answer to a quiz, with room.
	maxBody = 64 << 10

	// inboxInterval is how often the reports of other programs are looked
	// for; they show on a page within a second.
	inboxInterval = 250 * time.Millisecond
)

// readJSON reads a request's body into v. It insists on the Content-Type: a
// form on another site can post text that happens to be JSON, but can't name
// it so without asking first (CORS).
func readJSON(w http.ResponseWriter, r *http.Request, v any) error {
	return readJSONUpTo(w, r, maxBody, v)
}

// readJSONUpTo is readJSON for another number of bytes.
func readJSONUpTo(w http.ResponseWriter, r *http.Request, most int64, v any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return &problem{
			Status: http.StatusUnsupportedMediaType,
			What:   r.URL.Path + " takes JSON",
			Why:    "the request's Content-Type is not application/json",
			Next:   "Set it, and send a JSON object",
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if err == nil {
		bodyRead(w)
		err = json.Unmarshal(body, v)
	}
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return &problem{
			Status: http.StatusRequestEntityTooLarge,
			What:   "That is too long",
			Why:    fmt.Sprintf("%s takes at most %d bytes", r.URL.Path, large.Limit),
			Next:   "Send less",
		}
	}
	if err != nil {
		return badRequest("the request's body is no JSON object of the right form: " + err.Error())
	}
	return nil
}

func badRequest(why string) error {
	return &problem{Status: http.StatusBadRequest, What: "The request makes no sense", Why: why, Next: "Reload the page and try again"}
}

// progressed answers GET /progress.
func (s *Server) progressed(w http.ResponseWriter, r *http.Request) error {
	p, err := s.store.Progress()
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, p)
	return nil
}

// read answers POST /progress/section: a section was read.
func (s *Server) read(w http.ResponseWriter, r *http.Request) error {
	var read struct{ Lesson, Section string }
	if err := readJSON(w, r, &read); err != nil {
		return err
	}
	v := s.view.Load()
	l, err := v.lesson(read.Lesson)
	if err != nil {
		return err
	}
	page, _ := v.renderer.Outline(v.course, l)
	if !slices.ContainsFunc(page.Sections, func(s render.Section) bool { return s.ID == read.Section }) {
		return notFound("There is no section "+shortened(read.Section), "the lesson "+l.Title+" has none of that name", "Reload the page; the lesson may have changed")
	}
	if err := s.store.Read(l.Slug, read.Section); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// reset answers POST /progress/reset: one lesson, or all of the progress where
// none is named. A lesson that the course has no more can be reset too.
func (s *Server) reset(w http.ResponseWriter, r *http.Request) error {
	var ask struct{ Lesson *string }
	if err := readJSON(w, r, &ask); err != nil {
		return err
	}
	if ask.Lesson == nil { // {} by mistake must not erase everything
		return badRequest(`"lesson" is missing; "" means all of them`)
	}
	if err := s.forget(*ask.Lesson); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) forget(lesson string) error {
	if lesson == "" {
		return s.store.Reset()
	}
	var exercises []string
	if l := s.course().Lesson(lesson); l != nil {
		for _, e := range l.Exercises {
			exercises = append(exercises, e.Name)
		}
	}
	return s.store.ResetLesson(lesson, exercises...)
}

// answer answers POST /quiz/{lesson}/{id}: it judges, records and explains.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) error {
	var given struct{ Answer []string }
	if err := readJSON(w, r, &given); err != nil {
		return err
	}
	v := s.view.Load()
	l, err := v.lesson(r.PathValue("lesson"))
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	page, _ := v.renderer.Outline(v.course, l)
	quiz := page.Quizzes[id]
	if quiz == nil {
		return notFound("There is no question "+shortened(id), "the lesson "+l.Title+" has none of that name", "Reload the page; the lesson may have changed")
	}
	right, say := quiz.Judge(given.Answer)
	if err := s.store.Answer(l.Slug, id, right, given.Answer); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, struct {
		Right bool          `json:"right"`
		Say   template.HTML `json:"say"`
	}{right, say})
	return nil
}

// watchInbox records the reports that duplex check and go test leave in the
// data directory, until ctx ends.
func (s *Server) watchInbox(ctx context.Context) {
	tick := time.NewTicker(inboxInterval)
	defer tick.Stop()
	var last string // an error that stays is said once, not four times a second
	for {
		var now string
		if err := s.takeReports(); err != nil {
			now = err.Error()
		}
		if now != "" && now != last {
			s.log.Warn("the results of duplex check and go test do not all show on the pages", "err", now)
		}
		last = now
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// takeReports leaves the reports in the inbox until they are stored.
func (s *Server) takeReports() error {
	reports, done, err := mailbox.Take(s.cfg.Data)
	for _, r := range reports {
		if err := s.record(r); err != nil {
			return err
		}
	}
	if done != nil {
		done()
	}
	return err
}
