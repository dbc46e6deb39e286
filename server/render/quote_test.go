package render

import (
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"
)

func TestRegions(t *testing.T) {
	const src = `before
	// region outer
	a

	# region inner
		b
	# endregion inner

	c
	// endregion outer
<!-- region html -->
<p>
<!-- endregion html -->
// region twice
// endregion twice
// region twice
// endregion twice
// region open
not a // region marker
`
	for _, c := range []struct{ name, want, err string }{
		{"outer", "a\n\n\tb\n\nc\n", ""},
		{"inner", "b\n", ""},
		{"html", "<p>\n", ""},
		{"twice", "", "the region twice stands there twice"},
		{"open", "", "the region open does not end"},
		{"none", "", "there is no region none"},
		{"marker", "", "there is no region marker"},
	} {
		got, err := regionOf(src, c.name)
		words := ""
		if err != nil {
			words = err.Error()
		}
		if got != c.want || words != c.err {
			t.Errorf("%s: got %q, %q; want %q, %q", c.name, got, words, c.want, c.err)
		}
	}
}

func TestWholeFileWithoutMarkers(t *testing.T) {
	got, err := regionOf("\n\n  x\n\n  // region r\n\n    y\n  // endregion r\n\n", "")
	if want := "x\n\n  y\n"; got != want || err != nil {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestOverlay(t *testing.T) {
	o := Overlay{
		"server":      fstest.MapFS{"server.go": {Data: []byte("outer")}, "demo/echo.go": {Data: []byte("hidden")}},
		"server/demo": fstest.MapFS{"echo.go": {Data: []byte("inner")}},
	}
	for name, want := range map[string]string{"server/server.go": "outer", "server/demo/echo.go": "inner"} {
		if got, err := fs.ReadFile(o, name); string(got) != want || err != nil {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, want)
		}
	}
	for _, name := range []string{"server/demo/none.go", "serverx/server.go", "none"} {
		if _, err := fs.ReadFile(o, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: got %v, want that it does not exist", name, err)
		}
	}
	if _, err := o.Open("../server/server.go"); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("a path with ..: got %v, want that it is invalid", err)
	}
}
