package workbench

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const says = `package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	fmt.Println("\x1b[32mhello\x1b[0m")
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "one")
	}))
}
`

func answer(t *testing.T, url string) string {
	t.Helper()
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// From the first run over a change, a mistake and its mending to the end.
func TestRun(t *testing.T) {
	b := open(t)
	b.save(t, "echo", "main.go", says)
	w := b.watching(t, "echo")
	if run, err := b.Run("echo"); err != nil || run.State != Building || !strings.Contains(run.Why, "first build") {
		t.Fatalf("%+v, %v", run, err)
	}
	if got := answer(t, w.state(Running).URL); got != "one" {
		t.Errorf("it answers %q", got)
	}
	w2 := b.watching(t, "echo") // who comes later gets what was printed before
	w2.line("\x1b[32mhello\x1b[0m")

	b.save(t, "echo", "main.go", strings.ReplaceAll(says, "one", "two"))
	w.state(Building)
	if got := answer(t, w.state(Running).URL); got != "two" {
		t.Errorf("after a save it answers %q", got)
	}
	write(t, b, "echo/main.go", strings.ReplaceAll(says, `"one"`, "one"))
	if run := w.state(Broken); run.What != "Your program does not build" || run.Why != "the compiler found one mistake" {
		t.Errorf("a mistake: %+v", run)
	}
	v, err := b.View("echo")
	want := Problem{File: "main.go", Line: 12, Column: 17, Severity: "error", Source: "compile", Text: "undefined: one"}
	if err != nil || len(v.Build.Problems) != 1 || v.Build.Problems[0] != want {
		t.Errorf("problems %+v, %v; want %+v", v.Build.Problems, err, want)
	}
	write(t, b, "echo/main.go", says)
	url := w.state(Running).URL
	if run, err := b.Stop("echo"); err != nil || run.State != Idle {
		t.Errorf("stopped: %+v, %v", run, err)
	}
	if _, err := http.Get(url); err == nil {
		t.Error("it still answers after Stop")
	}
	b.save(t, "echo", "main.go", strings.ReplaceAll(says, "one", "three"))
	if run := b.mustView(t).Run; run.State != Idle {
		t.Errorf("a save starts what was stopped: %+v", run)
	}
}

func (b *Bench) mustView(t *testing.T) *View {
	t.Helper()
	v, err := b.View("echo")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// What go vet finds comes after the build, as a warning, and stays: a check of
// the same sources does not lose it. What is no part of the program is not
// looked at.
func TestVet(t *testing.T) {
	b := open(t)
	write(t, b, "echo/other.go", "//go:build ignore\n\npackage main\n\nfunc main() { undefined() }\n")
	w := b.watching(t, "echo")
	b.save(t, "echo", "main.go", strings.Replace(says, `"\x1b[32mhello\x1b[0m"`, `fmt.Sprintf("%d", "text")`, 1))
	var got Build
	w.until("warning", func(n News) bool {
		if n.Build != nil {
			got = *n.Build
		}
		return n.Build != nil && len(got.Problems) > 0
	})
	p := got.Problems[0]
	if got.State != Good || len(got.Problems) != 1 || p.File != "main.go" || p.Line != 10 || p.Severity != "warning" || p.Source != "vet" || !strings.Contains(p.Text, "Sprintf") {
		t.Errorf("%+v", got)
	}
	own, err := b.Serve(t.Context(), "echo")
	if err != nil || len(own.Build.Problems) != 1 || own.Build.Problems[0] != p {
		t.Errorf("a check finds %+v, %v", own.Build.Problems, err)
	}
}

// A data folder that is named from where the server runs is there for what it
// builds, too, and nothing of it comes into the workspace.
func TestRelativeData(t *testing.T) {
	t.Chdir(t.TempDir())
	b := open(t, func(c *Config) { c.Data = "data" })
	b.works(t)
	if _, err := os.Stat(filepath.Join(b.Dir(), "data")); err == nil {
		t.Error("the workspace holds data")
	}
}

// Serve starts what does not run, keeps what runs, and starts anew what has
// changed.
func TestServe(t *testing.T) {
	b := open(t)
	b.save(t, "echo", "main.go", says)
	first := b.serves(t)
	if got := answer(t, first); got != "one" {
		t.Fatalf("%s answers %q", first, got)
	}
	if again := b.serves(t); again != first {
		t.Errorf("again: %s, want %s", again, first)
	}
	b.save(t, "echo", "main.go", strings.ReplaceAll(says, "one", "two"))
	if got := answer(t, b.serves(t)); got != "two" {
		t.Errorf("changed: %s", got)
	}
	b.save(t, "echo", "main.go", "package main\n\nfunc main() { undefined() }\n")
	if own, err := b.Serve(t.Context(), "echo"); own.URL != "" || err != nil || own.Build.State != Bad || len(own.Build.Problems) != 1 {
		t.Errorf("a mistake: %+v, %v", own, err)
	}
}

// The end of the bench is asked of a program, too, so that it can tidy up.
func TestClosePolitely(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("nobody can be asked there")
	}
	b := open(t, func(c *Config) { c.Limits = limits; c.Limits.Grace = patience })
	b.save(t, "echo", "main.go", strings.NewReplacer(
		`	"os"`, "	\"os\"\n	\"os/signal\"\n	\"syscall\"",
		"func main() {\n", `func main() {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	go func() {
		<-asked
		os.WriteFile("tidy", nil, 0o644)
		os.Exit(0)
	}()
`).Replace(says))
	b.serves(t)
	b.Close()
	if _, err := os.Stat(filepath.Join(b.Dir(), "echo", "tidy")); err != nil {
		t.Errorf("it was killed: %v", err)
	}
}

func TestClientsAreNotBuilt(t *testing.T) {
	b := open(t)
	_, err := b.Run("first-words")
	fails(t, err, NotGo)
	text := "console.log( 1 )\n"
	if saved := b.save(t, "first-words", "main.js", text); saved.Content != text || saved.Formatted {
		t.Errorf("saved as %+v", saved)
	}
}
