package grade

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"duplex/lessons/check"
)

// whole is a program of all that one can be made of: packages below its own
// folder and beside it, a file that it embeds, and one that it reads.
const whole = `package main

import (
	"embed"
	"net/http"
	"os"

	"workspace/hello/room"
	"workspace/shared"
)

//go:embed words
var words embed.FS

func main() {
	embedded, _ := words.ReadFile("words/kind.txt")
	read, _ := os.ReadFile("static/kind.txt")
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", string(embedded)+room.Slash+string(read)+shared.End)
	}))
}
`

// A program is here what it is in the page and for go test, but for modules that
// did not come with the workspace.
func TestWholeProgram(t *testing.T) {
	dir := class(t, map[string]string{"ada": whole})["ada"]
	for name, content := range map[string]string{
		"hello/room/room.go":    "package room\n\nconst Slash = \"/\"\n",
		"hello/words/kind.txt":  "text",
		"hello/static/kind.txt": "plain",
		"shared/shared.go":      "package shared\n\nconst End = \"\"\n",
		"hello/._main.go":       "\x00\x05\x16\x07",
		"hello/_old.go":         "package old",
	} {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), content)
	}
	if err := os.Symlink("ada@machine.123:456", filepath.Join(dir, "hello", ".#main.go")); err != nil {
		t.Log(err) // no links here
	}
	if g := run(t, Config{}, dir).Learners[0].Grades[0]; g.Verdict != check.Pass {
		t.Errorf("%s: %s", g.Verdict, g.reason())
	}
}

// once passes where it has not run before.
var once = strings.Replace(solution, "\thttp.ListenAndServe(", `	if _, err := os.Stat("messages.json"); err == nil {
		os.Exit(1)
	}
	os.WriteFile("messages.json", nil, 0o644)
	http.ListenAndServe(`, 1)

// What one learner's server leaves in its folder is not there for another's.
func TestAFolderEach(t *testing.T) {
	dirs := class(t, map[string]string{"ada": once, "bob": once, "cyd": once})
	for _, l := range run(t, Config{Jobs: 1}, dirs["ada"], dirs["bob"], dirs["cyd"]).Learners {
		if g := l.Grades[0]; g.Verdict != check.Pass {
			t.Errorf("%s: %s, %s", l.Name, g.Verdict, g.reason())
		}
	}
}

// fatal ends with what log.Fatal says: the time, an address, where it is.
const fatal = `package main

import (
	"log"
	"os"
)

func main() {
	dir, _ := os.Getwd()
	log.SetFlags(log.LstdFlags | log.Lmicroseconds)
	log.Printf("in %s as %s", dir, os.Args[0])
	log.Fatalf("listen tcp 127.0.0.1:%s: no, %p", os.Getenv("PORT"), new(int))
}
`

func TestSameWordsEachTime(t *testing.T) {
	dirs := class(t, map[string]string{"ada": fatal, "bob": fatal})
	first := run(t, Config{}, dirs["ada"], dirs["bob"])
	for range 3 {
		if c := run(t, Config{}, dirs["ada"], dirs["bob"]); !reflect.DeepEqual(c, first) {
			t.Fatalf("the first report and another:\n%s\n%s", asJSON(t, first), asJSON(t, c))
		}
	}
	want := ".exe\nTIME listen tcp 127.0.0.1:PORT: no, 0x…"
	if why := first.Learners[0].Grades[0].Why; !strings.Contains(why, want) || !strings.Contains(why, "TIME in hello as ") {
		t.Errorf("%q, want %q in it", why, want)
	}
}
