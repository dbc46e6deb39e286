package check

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

// golden compares text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("not as in %s\n--- got\n%s\n--- want\n%s", file, got, want)
	}
}

// TestDefects finds every defect at once, each where it stands.
func TestDefects(t *testing.T) {
	for _, name := range []string{"defects", "defects-serve"} {
		findsDefects(t, name)
	}
}

func findsDefects(t *testing.T, name string) {
	t.Helper()
	src, err := os.ReadFile("testdata/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse(name+".txt", src)
	var problems Problems
	if !errors.As(err, &problems) || s != nil {
		t.Fatalf("%v, %v", s, err)
	}
	golden(t, name+".golden", err.Error()+"\n")
	for _, p := range problems {
		if p.File != name+".txt" || p.Line == 0 || p.Found == "" || p.Want == "" {
			t.Errorf("%+v", p)
		}
	}
}

// TestEmpty says what a script begins with.
func TestEmpty(t *testing.T) {
	for _, src := range []string{"", "# nothing\n", "exercise\n", "dial /ws\n"} {
		if _, err := Parse("t", []byte(src)); err == nil {
			t.Errorf("%q parses", src)
		}
	}
}

// TestManual parses the scripts of the package comment.
func TestManual(t *testing.T) {
	src, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var whole strings.Builder
	for _, line := range strings.Split(string(src), "\n") {
		if line == "// # Lines" {
			break
		}
		if code, ok := strings.CutPrefix(line, "//\t"); ok && !strings.Contains(code, "check.") && !strings.HasPrefix(code, "report") {
			whole.WriteString(code + "\n")
		}
	}
	code := strings.Replace(whole.String(), "os.Exit(report.Verdict.ExitCode())", "", 1)
	s, err := Parse("doc.go", []byte(code))
	if err != nil {
		t.Fatalf("%v\n%s", err, code)
	}
	if len(s.Steps) != 3 || s.Exercise != "echo" || s.Goal == "" {
		t.Errorf("%+v", s)
	}
	text := s.Step("text")
	if want := []Likely{{"binary", "You answer with websocket.BinaryMessage whatever came in."}}; !reflect.DeepEqual(text.Likely, want) || text.Limit != DefaultLimit {
		t.Errorf("%+v", text)
	}
	if s.Step("crowd").Limit != 10*time.Second || s.Step("nobody") != nil {
		t.Error("limit, or a step that is not there")
	}
}

// TestManualNamesEverything keeps the manual complete.
func TestManualNamesEverything(t *testing.T) {
	src, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	more, err := os.ReadFile("doc_serve.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(append(verbNames(), headNames()...), conditions...) {
		if !strings.Contains(string(src)+string(more), name) {
			t.Errorf("the package comment does not speak of %s", name)
		}
	}
}

// TestLines joins continuations and drops comments.
func TestLines(t *testing.T) {
	s, err := Parse("t", []byte("\uFEFFexercise e\r\ngoal g # 1\r\n\r\nstep a\n says s\n hint h\n  dial /ws \\\n   header \"A: #\" \\\n # not this\n"+
		"  send   text \"a # b\" # comment\n"))
	if err != nil {
		t.Fatal(err)
	}
	got := []string{s.Goal}
	for _, c := range s.Steps[0].Commands {
		got = append(got, c.Text)
	}
	if want := []string{"g # 1", `dial /ws header "A: #"`, `send text "a # b"`}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if line := s.Steps[0].Commands[1].Line; line != 10 {
		t.Errorf("the second command is in line %d", line)
	}
}

// TestConditions splits the conditions that have more than one word.
func TestConditions(t *testing.T) {
	for text, want := range map[string][2]string{
		"binary  The words.":         {"binary", "The words."},
		"close 1009 Too big.":        {"close 1009", "Too big."},
		"close 9 lives":              {"close", "9 lives"},
		"close Closed.":              {"close", "Closed."},
		"status 404 Not there.":      {"status 404", "Not there."},
		"header Upgrade  Is not set": {"header upgrade", "Is not set"},
		"header Upgrade is not set":  {"header", "Upgrade is not set"},
		`got "a b" Words.`:           {`got "a b"`, "Words."},
		"got no string":              {"got", "no string"},
	} {
		if c, w := splitCondition(text); c != want[0] || w != want[1] {
			t.Errorf("%q is %q and %q", text, c, w)
		}
	}
}

// TestReferences finds the address of a section.
func TestReferences(t *testing.T) {
	for text, want := range map[string]Reference{
		"RFC 6455 §5.5.1":               {"RFC 6455 §5.5.1", "https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1"},
		"RFC 9110":                      {"RFC 9110", "https://www.rfc-editor.org/rfc/rfc9110"},
		"RFC 6455 §A.1":                 {"RFC 6455 §A.1", "https://www.rfc-editor.org/rfc/rfc6455#appendix-A.1"},
		"WHATWG HTML §9.2.6":            {"WHATWG HTML §9.2.6", "https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation"},
		"WHATWG HTML §4":                {"WHATWG HTML §4", "https://html.spec.whatwg.org/multipage/"},
		"WHATWG WebSockets §3":          {"WHATWG WebSockets §3", "https://websockets.spec.whatwg.org/#the-websocket-interface"},
		"WHATWG Fetch":                  {"WHATWG Fetch", "https://fetch.spec.whatwg.org/"},
		"Go net/http.Flusher":           {"Go net/http.Flusher", "https://pkg.go.dev/net/http#Flusher"},
		"Go time":                       {"Go time", "https://pkg.go.dev/time"},
		"https://example.com/x A title": {"A title", "https://example.com/x"},
		"https://example.com/x":         {"https://example.com/x", "https://example.com/x"},
	} {
		if got, err := ParseReference(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "RFC", "RFC x", "section 5", "WHATWG Nothing §1", "ftp://example.com"} {
		if ref, err := ParseReference(text); err == nil {
			t.Errorf("%q is %v", text, ref)
		}
	}
}

// TestTargets reads URLs as people write them.
func TestTargets(t *testing.T) {
	for raw, want := range map[string]target{
		"http://localhost:3000":    {address: "localhost:3000", host: "localhost:3000"},
		"http://localhost:3000/":   {address: "localhost:3000", host: "localhost:3000"},
		"localhost:3000":           {address: "localhost:3000", host: "localhost:3000"},
		":3000":                    {address: "localhost:3000", host: "localhost:3000"},
		"ws://127.0.0.1:8080/a%20": {address: "127.0.0.1:8080", host: "127.0.0.1:8080", path: "/a%20"},
		"ws://[::1]:1/x?y=1":       {address: "[::1]:1", host: "[::1]:1", path: "/x", query: "y=1"},
		"http://example.com":       {address: "example.com:80", host: "example.com"},
	} {
		if got, err := parseTarget(raw); err != nil || got != want {
			t.Errorf("%s: %+v, %v", raw, got, err)
		}
	}
	for _, raw := range []string{"", "localhost", "ftp://localhost:1", "wss://localhost:1", "http://", "http://[::1"} {
		if err := (Options{Target: raw}).Validate(); err == nil || !strings.Contains(err.Error(), "http://") {
			t.Errorf("%q: %v", raw, err)
		}
	}
	full := target{path: "/mine", query: "room=1"}
	for path, want := range map[string]string{"/ws": "/mine?room=1", "/ws?a": "/mine?a", "/other": "/other"} {
		if got := full.resolve(path, "/ws?b"); got != want {
			t.Errorf("%s becomes %s, want %s", path, got, want)
		}
	}
	if got := (target{}).resolve("/ws?a", "/ws"); got != "/ws?a" {
		t.Error(got)
	}
}

// TestFullURL asks for the path of a full URL.
func TestFullURL(t *testing.T) {
	url := serve(t, func(p *peer) {
		if r := p.request(); r.URL.Path != "/other/path" {
			p.answer("HTTP/1.1 404 Not Found")
			return
		}
		p.answer("HTTP/1.1 204 No Content")
	})
	checkAt(t, "request GET /ws\nstatus 204", strings.Replace(url, "http", "ws", 1)+"/other/path").wants(t, Pass)
}

// TestSource carries every file of the package but its tests.
func TestSource(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if _, err := fs.Stat(Source, file); (err != nil) != strings.HasSuffix(file, "_test.go") {
			t.Errorf("source.go: %s: %v", file, err)
		}
	}
}

// FuzzParse reads anything without breaking, and says where what is wrong.
func FuzzParse(f *testing.F) {
	for _, file := range []string{"testdata/defects.txt", "testdata/defects-serve.txt", "../echo/check.txt", "../chat/check.txt", "../events/check.txt", "../websockets/check.txt"} {
		if src, err := os.ReadFile(file); err == nil {
			f.Add(src)
		}
	}
	f.Add([]byte("exercise e\ngoal g\nstep a\nsays s\nhint h\nsee RFC 1 §A\nlikely got \"\\\"\" x\neach c: dial /ws\nc.1: recv close 1000 none or eof within 1s"))
	f.Fuzz(func(t *testing.T, src []byte) {
		s, err := Parse("f", src)
		var problems Problems
		if (s == nil) == (err == nil) || err != nil && (!errors.As(err, &problems) || len(problems) == 0) {
			t.Fatalf("%v, %v", s, err)
		}
		lines := strings.Count(string(src), "\n") + 1
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines || p.Found == "" || p.Want == "" {
				t.Errorf("%+v in %d lines", p, lines)
			}
		}
		if s == nil {
			return
		}
		for _, step := range s.Steps {
			if step.Limit > MaxLimit || len(step.Commands) == 0 || step.Says == "" {
				t.Errorf("%+v", step)
			}
		}
	})
}
