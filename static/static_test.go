package static_test

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"duplex/static"
)

// served lists the files of FS.
func served(t *testing.T) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(static.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestFSHoldsWhatPagesNeed(t *testing.T) {
	names := served(t)
	for _, want := range []string{
		"main.js", "lib/live.js", "lib/socket.js", "lib/keys.js", "lib/store.js", "lib/progress.js",
		"elements/theme-switch/theme-switch.js", "elements/duplex-stage/duplex-stage.js",
		"elements/echo-demo/echo-demo.js", "elements/quiz-card/quiz-card.js", "elements/present-view/present-view.js",
		"vendor/codemirror/codemirror.js", "vendor/codemirror/LICENSE",
	} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is not served", want)
		}
	}
}

func TestFSHoldsNothingElse(t *testing.T) {
	unwanted := regexp.MustCompile(`\.test\.js$|_test\.|\.go$|\.map$|\.src\.js$|\.mjs$|(^|/)package(-lock)?\.json$|node_modules|(^|/)\.|^pages|README`)
	for _, name := range served(t) {
		if unwanted.MatchString(name) {
			t.Errorf("%s is served", name)
		}
	}
	for _, name := range []string{"pages/lesson.html", "static.go", "lib/socket.test.js", "elements/duplex-stage/duplex-stage.css"} {
		if _, err := fs.Stat(static.FS(), name); err == nil {
			t.Errorf("%s can be opened", name)
		}
	}
}

// A module that was written and not embedded would be missed only by a reader.
func TestEveryModuleIsServed(t *testing.T) {
	names := served(t)
	for _, pattern := range []string{"*.js", "lib/*.js", "elements/*/*.js", "sandbox/*.js"} {
		found, err := fs.Glob(os.DirFS("."), pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			if !strings.HasSuffix(name, ".test.js") && !slices.Contains(names, name) {
				t.Errorf("%s is not embedded: name it in static.go", name)
			}
		}
	}
}

func TestStylesBeginWithTheTokens(t *testing.T) {
	css := static.Styles()
	if !bytes.HasPrefix(css, []byte("/* pages/base.css */")) {
		t.Errorf("the styles begin with %.40q", css)
	}
	for _, want := range []string{"/* pages/lesson.css */", "/* elements/duplex-stage/duplex-stage.css */"} {
		if n := bytes.Count(css, []byte(want)); n != 1 {
			t.Errorf("%s stands in the styles %d times", want, n)
		}
	}
	if !bytes.Equal(css, static.Styles()) {
		t.Error("two calls gave two orders")
	}
	if regexp.MustCompile(`@import|url\(\s*["']?(?:https?:)?//`).Match(css) {
		t.Error("the styles fetch from elsewhere")
	}
}

func TestEveryImportLeadsToAModule(t *testing.T) {
	for _, name := range served(t) {
		if path.Ext(name) != ".js" || strings.HasPrefix(name, "vendor/") {
			continue
		}
		if _, err := static.Modules(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestModulesNamesEachOnceWithWhatItImports(t *testing.T) {
	list, err := static.Modules("main.js", "elements/duplex-stage/duplex-stage.js", "main.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"main.js", "lib/keys.js", "lib/live.js", "lib/socket.js", "elements/duplex-line/duplex-line.js"} {
		if !slices.Contains(list, want) {
			t.Errorf("%s is missing in %v", want, list)
		}
	}
	if unique := slices.Compact(slices.Sorted(slices.Values(list))); len(unique) != len(list) {
		t.Errorf("a module stands twice in %v", list)
	}
	if list[0] != "main.js" {
		t.Errorf("main.js is not first in %v", list)
	}
	if slices.Contains(list, "lib/place.js") {
		t.Error("a dynamic import is preloaded")
	}
	if _, err := static.Modules("lib/nothing.js"); err == nil {
		t.Error("a module that is not there was listed")
	}
}

// The pages' Content-Security-Policy allows no inline script or style.
func TestTemplatesHoldNoInlineScriptOrStyle(t *testing.T) {
	pages, err := fs.Glob(static.Pages(), "*.html")
	if err != nil || len(pages) == 0 {
		t.Fatalf("%d templates, %v", len(pages), err)
	}
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|<script(?:\s[^>]*)?>[^<]`)
	for _, name := range pages {
		page, err := fs.ReadFile(static.Pages(), name)
		if err != nil {
			t.Fatal(err)
		}
		if at := inline.Find(page); at != nil {
			t.Errorf("%s holds %q", name, at)
		}
	}
}
