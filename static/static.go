// Package static holds what the browser is given: the pages' templates, their
// styles and the modules of the course's custom elements.
//
//	static.FS()               what is served under /static/, rooted at this folder
//	static.Styles()           every style sheet of ours as one, served as /static/site.css
//	static.Pages()            the html/template files
//	static.Modules("main.js") a module and all that it imports, for modulepreload
//
// There is no build step: a learner who opens the developer tools reads the
// same files that stand here. One custom element has one folder, named after
// its tag: <quiz-card> is elements/quiz-card/quiz-card.js and quiz-card.css.
package static

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed main.js lib/bytes.js lib/editor.js lib/editor-look.js lib/focus.js lib/keys.js lib/live.js lib/place.js lib/play.js lib/progress.js lib/sandbox.js lib/socket.js lib/sse.js lib/store.js lib/tap.js lib/wire.js
//go:embed elements/chat-demo/chat-demo.js elements/chat-demo/conversation.js elements/chat-demo/chat-demo.css
//go:embed elements/client-demo/client-demo.js elements/client-demo/client-demo.css elements/client-demo/samples/*.txt
//go:embed elements/code-tabs/code-tabs.js elements/code-tabs/code-tabs.css
//go:embed elements/course-search/course-search.js elements/course-search/course-search.css
//go:embed elements/duplex-line/duplex-line.js elements/duplex-line/duplex-line.css
//go:embed elements/duplex-stage/duplex-stage.js elements/duplex-stage/quotes.js elements/duplex-stage/duplex-stage.css
//go:embed elements/echo-demo/echo-demo.js elements/echo-demo/handshake.js elements/echo-demo/echo-demo.css
//go:embed elements/events-demo/events-demo.js elements/events-demo/events-demo.css
//go:embed elements/exercise-check/ansi.js elements/exercise-check/asking.js elements/exercise-check/bench.js elements/exercise-check/checking.js elements/exercise-check/desk.js
//go:embed elements/exercise-check/diff.js elements/exercise-check/drafts.js elements/exercise-check/exercise-check.js elements/exercise-check/file.js elements/exercise-check/files.js
//go:embed elements/exercise-check/keeper.js elements/exercise-check/kept.js elements/exercise-check/checks.js elements/exercise-check/done.js elements/exercise-check/notes.js
//go:embed elements/exercise-check/members.js elements/exercise-check/output.js elements/exercise-check/panels.js elements/exercise-check/parts.js
//go:embed elements/exercise-check/places.js elements/exercise-check/problems.js elements/exercise-check/result.js elements/exercise-check/running.js
//go:embed elements/exercise-check/solution.js elements/exercise-check/steps.js elements/exercise-check/trying.js elements/exercise-check/versions.js
//go:embed elements/exercise-check/work.js elements/exercise-check/exercise-check.css
//go:embed elements/key-help/key-help.js elements/key-help/key-help.css
//go:embed elements/live-line/live-line.js elements/live-line/live-line.css
//go:embed elements/page-splitter/page-splitter.js elements/page-splitter/page-splitter.css
//go:embed elements/present-view/present-view.js elements/present-view/present-view.css
//go:embed elements/progress-reset/progress-reset.js elements/progress-reset/progress-reset.css
//go:embed elements/quiz-card/quiz-card.js elements/quiz-card/quiz-card.css
//go:embed elements/theme-switch/theme-switch.js
//go:embed elements/wire-log/detail.js elements/wire-log/frame.js elements/wire-log/wire-log.js elements/wire-log/wire-log.css
//go:embed sandbox/sandbox.html sandbox/sandbox.js sandbox/worker.js
//go:embed vendor/codemirror/codemirror.js vendor/codemirror/LICENSE
//go:embed pages/*.html pages/*.css
var files embed.FS // file by file, so that no test and no map slips in; static_test.go says what is missing

// FS returns what may be fetched under /static/, by the same path. Templates
// and style sheets are not in it: pages are executed, styles served as one.
func FS() fs.FS { return served{files} }

// Pages returns the html/template files, by their bare names.
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // "pages" is a valid path: only a change of this file can break it
	}
	return sub
}

// served hides what is embedded for other uses.
type served struct{ fs.FS }

func (s served) Open(name string) (fs.File, error) {
	if !serves(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return s.FS.Open(name)
}

func (s served) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(s.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		return !serves(path.Join(name, e.Name()))
	}), err
}

func serves(name string) bool {
	switch {
	case name == "pages" || strings.HasPrefix(name, "pages/"):
		return false
	case path.Ext(name) == ".css":
		return strings.HasPrefix(name, "vendor/") || strings.HasPrefix(name, "sandbox/")
	}
	return !strings.HasSuffix(name, ".test.js")
}

// comments of a style sheet, with the blanks around them. No string of ours holds one.
var comments = regexp.MustCompile(`(?s)\s*/\*.*?\*/`)

// Styles returns every style sheet of the pages and the elements as one: first
// pages/base.css, which names the tokens, then the rest by path, so that the
// cascade is the same in every build. Comments are left out: on a slow network
// the first paint waits for each kilobyte.
func Styles() []byte {
	sheets := []string{"pages/base.css"}
	for _, pattern := range []string{"pages/*.css", "elements/*/*.css"} {
		found, _ := fs.Glob(files, pattern) // sorted; the patterns are well formed
		for _, name := range found {
			if name != sheets[0] {
				sheets = append(sheets, name)
			}
		}
	}
	var all bytes.Buffer
	for _, name := range sheets {
		sheet, _ := files.ReadFile(name) // it was just listed
		fmt.Fprintf(&all, "/* %s */\n%s\n", name, comments.ReplaceAll(sheet, nil))
	}
	return all.Bytes()
}

// An import is one static import or re-export of another of our modules.
// Dynamic imports are left out: they are what a page loads later, if at all.
var imports = regexp.MustCompile(`(?m)^(?:import|export)\b[^"'(;]*["'](\.[^"']+)["']`)

// Modules returns the given modules and, transitively, those that they import,
// each once and in a stable order: what a page names in <link rel=modulepreload>
// so that the browser fetches them all at once instead of one after the other.
func Modules(entries ...string) ([]string, error) {
	var list []string
	seen := map[string]bool{}
	for queue := slices.Clone(entries); len(queue) > 0; queue = queue[1:] {
		name := queue[0]
		if seen[name] {
			continue
		}
		seen[name] = true
		source, err := fs.ReadFile(FS(), name)
		if err != nil {
			return nil, err
		}
		list = append(list, name)
		for _, m := range imports.FindAllSubmatch(source, -1) {
			queue = append(queue, path.Join(path.Dir(name), string(m[1])))
		}
	}
	return list, nil
}
