package workbench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"duplex/lessons/workspace/sources"
)

// saysThat is a program of three parts: its own package, one of the workspace,
// and a file that it embeds.
const saysThat = `package main

import (
	"embed"
	"fmt"
	"net/http"
	"os"

	"duplex-exercises/echo/room"
)

//go:embed words/*.txt "more words"
var files embed.FS

func main() {
	text, _ := files.ReadFile("words/a.txt")
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, room.Name, " ", string(text))
	}))
}
`

// place writes a file of the workspace, in a folder that need not be there.
func place(t testing.TB, b *Bench, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(b.Dir(), filepath.FromSlash(name))), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, b, name, content)
}

// A program is built anew when a package that it imports or a file that it
// embeds has changed, and the running one is replaced.
func TestAllSourcesCount(t *testing.T) {
	b := open(t)
	module := sources.RefsOf("go.mod", mustRead(t, filepath.Join(b.Dir(), "go.mod"))).Module
	place(t, b, "echo/room/room.go", "package room\n\nconst Name = \"one\"\n")
	place(t, b, "echo/words/a.txt", "alpha")
	place(t, b, "echo/more words", "")
	write(t, b, "echo/main.go", strings.ReplaceAll(saysThat, "duplex-exercises", module))
	w := b.watching(t, "echo")
	serves := func(want string) {
		t.Helper()
		if got := answer(t, b.serves(t)); got != want {
			t.Errorf("it answers %q, want %q", got, want)
		}
		w.state(Running)
	}
	serves("one alpha")
	place(t, b, "echo/room/room.go", "package room\n\nconst Name = \"two\"\n")
	w.state(Building) // the editor's save is enough
	serves("two alpha")
	place(t, b, "echo/words/a.txt", "beta")
	serves("two beta")
}

func mustRead(t testing.TB, file string) []byte {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// What a program is not built from makes it no other one: what it writes
// itself, tests, an editor's locks, and the programs of other exercises.
func TestOtherFilesDoNotCount(t *testing.T) {
	b := open(t)
	x, err := b.exercise("echo")
	if err != nil {
		t.Fatal(err)
	}
	key := func() string {
		t.Helper()
		k, err := x.key()
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	before := key()
	for _, name := range []string{"echo/log.txt", "echo/more_test.go", "echo/.#main.go", "echo/_old.go", "echo/alone/alone.go", "chat/more.go"} {
		place(t, b, name, "package other\n")
		if key() != before {
			t.Errorf("%s counts", name)
		}
	}
	if err := os.Symlink("somebody@machine.123:456", filepath.Join(b.Dir(), "echo", ".#room.go")); err == nil && key() != before {
		t.Error("a lock of Emacs counts")
	}
	if err := os.Symlink("nowhere", filepath.Join(b.Dir(), "echo", "link.go")); err == nil {
		key() // the compiler will say what is wrong with it
	}
	place(t, b, "echo/part.go", "package main\n")
	if key() == before {
		t.Error("another file of the package does not count")
	}
}

// A save while the compiler reads is not taken for what it has read before.
func TestSaveWhileBuilding(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the go command of this test is a shell script")
	}
	b := open(t)
	b.meanwhile(t, "echo", strings.ReplaceAll(says, "one", "two"))
	write(t, b, "echo/main.go", says)
	for _, want := range []string{"two", "one"} {
		if want == "one" {
			write(t, b, "echo/main.go", says)
		}
		if got := answer(t, b.serves(t)); got != want {
			t.Errorf("it answers %q, want %q", got, want)
		}
	}
}

// meanwhile makes the go command save content as the exercise's main.go when it
// builds for the first time, before it reads anything.
func (b *Bench) meanwhile(t *testing.T, exercise, content string) {
	t.Helper()
	real, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	saved := filepath.Join(dir, "main.go")
	script := fmt.Sprintf("#!/bin/sh\nif [ \"$1\" = build ]; then mv -f '%s' '%s' 2>/dev/null; fi\nexec '%s' \"$@\"\n", saved, filepath.Join(b.Dir(), exercise, "main.go"), real)
	for name, text := range map[string]string{"go": script, "main.go": content} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}
