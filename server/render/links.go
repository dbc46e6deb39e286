package render

import (
	"errors"
	"html"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
)

var (
	lessonLink = regexp.MustCompile(`^(?:\.\./|\./)?([a-z0-9-]+)/lesson\.md$`)
	pictures   = []string{".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif"}
)

// link points a link where the page can follow it: lesson files become lesson
// pages; a file beside the lesson, which no page shows, becomes plain text.
func (p *passage) link(n *ast.Link) {
	line := p.lineOf(n.Pos())
	u, err := url.Parse(html.UnescapeString(string(n.Destination)))
	switch {
	case err != nil || len(n.Destination) == 0:
		p.problem(line, "write a link that can be read", "the link %q is broken", n.Destination)
		wrap(n, &inlineNode{})
	case u.Scheme == "http" || u.Scheme == "https":
		n.SetAttributeString("rel", []byte("noopener"))
	case u.Scheme == "mailto":
	case u.Scheme != "" || u.Host != "":
		p.problem(line, "link to an http or https address", "the link %q leads to no page", n.Destination)
		wrap(n, &inlineNode{})
	case u.Path == "":
		p.page.Links = append(p.page.Links, Link{p.lesson.Slug, u.Fragment, line})
	case strings.HasPrefix(u.Path, "/") && !strings.ContainsAny(u.Path, `\`):
	default:
		p.relative(n, u, line)
	}
}

// autoLink lets a bare address be a link when it leads to a page.
func (p *passage) autoLink(n *ast.AutoLink) {
	u, err := url.Parse(string(n.URL(p.source)))
	if n.AutoLinkType == ast.AutoLinkEmail || err == nil && (u.Scheme == "http" || u.Scheme == "https" || u.Scheme == "mailto") {
		n.SetAttributeString("rel", []byte("noopener"))
		return
	}
	p.problem(p.lineOf(n.Pos()), "link to an http or https address", "the address %s leads to no page", n.URL(p.source))
	text := ast.NewString(n.Label(p.source))
	text.SetRaw(true)
	replace(n, text)
}

func (p *passage) relative(n *ast.Link, u *url.URL, line int) {
	file := path.Join(p.dir(), u.Path)
	slug := p.lesson.Slug
	if m := lessonLink.FindStringSubmatch(file); m != nil {
		slug = m[1]
	}
	switch {
	case file == "course.md" || file == ".":
		n.Destination = []byte("/")
	case path.Base(file) != "lesson.md":
		p.file(n, file, line)
	case p.course.Lesson(slug) == nil:
		p.problem(line, "link to a lesson that course.md lists", "the link %q leads to no lesson", n.Destination)
		wrap(n, &inlineNode{})
	default:
		p.page.Links = append(p.page.Links, Link{slug, u.Fragment, line})
		n.Destination = []byte((&url.URL{Path: "/lessons/" + slug, Fragment: u.Fragment}).String())
	}
}

// dir is the folder, within the course, that the passage's file lies in.
func (p *passage) dir() string {
	return path.Dir(p.lesson.File)
}

// file takes the link to a file away and keeps its words, once it is sure
// that the file is there.
func (p *passage) file(n *ast.Link, file string, line int) {
	if _, err := p.stat(file); err != nil {
		p.problem(line, "link to a file that exists, or to a lesson like ../echo/lesson.md", "the link %q leads to no file", n.Destination)
	}
	wrap(n, &inlineNode{open: "<span class=\"file\">", close: "</span>"})
}

// stat finds a file by its path within the course, or by one that leads out of
// it into the module (../server/demo/echo.go).
func (p *passage) stat(file string) (fs.FileInfo, error) {
	if out, ok := strings.CutPrefix(file, "../"); ok {
		if p.r.cfg.Source == nil {
			return nil, fs.ErrNotExist
		}
		return fs.Stat(p.r.cfg.Source, out)
	}
	if p.course.FS == nil {
		return nil, fs.ErrNotExist
	}
	p.page.Files = append(p.page.Files, file)
	return fs.Stat(p.course.FS, file)
}

// image points a picture of the lesson's folder at the address under which
// the server has it: /lessons/SLUG/NAME.
func (p *passage) image(n *ast.Image) {
	line := p.lineOf(n.Pos())
	name := strings.TrimPrefix(string(n.Destination), "./")
	if textOf(n, p.source) == "" {
		p.problem(line, "describe it: ![a client and a server](picture.svg)", "the picture %s has no words for those who cannot see it", name)
	}
	if err := p.picture(name); err != nil {
		p.problem(line, "put the picture into the lesson's folder and name it as it is called there", "the picture %s cannot be shown: %v", name, err)
		wrap(n, &inlineNode{open: "<span class=\"missing\">", close: "</span>"})
		return
	}
	n.Destination = []byte("/lessons/" + p.lesson.Slug + "/" + name)
	n.SetAttributeString("loading", []byte("lazy"))
}

func (p *passage) picture(name string) error {
	switch {
	case strings.Contains(name, "/") || strings.Contains(name, ":"):
		return errors.New("it is not a file of the lesson's folder")
	case !slices.Contains(pictures, strings.ToLower(path.Ext(name))):
		return errors.New("a picture ends in " + strings.Join(pictures, ", "))
	}
	if _, err := p.stat(path.Join(p.dir(), name)); err != nil {
		return errors.New("there is no such file")
	}
	return nil
}

// checkAnchors reports links within the lesson that name no heading of it.
func (w *work) checkAnchors() {
	for _, l := range w.page.Links {
		if l.Lesson == w.lesson.Slug && l.ID != "" && !slices.Contains(w.page.IDs, l.ID) {
			w.problem(l.Line, "link to one of: #"+strings.Join(w.page.IDs, ", #"), "no heading of this lesson has the anchor #%s", l.ID)
		}
	}
}
