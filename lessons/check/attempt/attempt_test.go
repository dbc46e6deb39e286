package attempt

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duplex/lessons/check"
	"duplex/lessons/check/client"
	"duplex/lessons/check/program"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func script(t *testing.T) *check.Script {
	t.Helper()
	s, err := check.Parse("check.txt", []byte("exercise answers\n  goal G\n\nstep status\n  says S\n  hint H\n  request GET /\n  status 200\n"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// folder makes one with files, in a module of its own.
func folder(t *testing.T, files map[string]string) Source {
	t.Helper()
	dir := t.TempDir()
	files["go.mod"] = "module m\n\ngo 1.26.0\n"
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return Source{Dir: dir, Exe: filepath.Join(t.TempDir(), "program.exe")}
}

// answers is a server that answers every request with a status.
func answers(status string) string {
	return `package main

import ("fmt"; "net/http"; "os")

func main() {
	fmt.Println("serving")
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(` + status + `) }))
}
`
}

// A check that is stopped before the program serves says nothing of it.
func TestStoppedAtStart(t *testing.T) {
	silent := folder(t, map[string]string{"main.go": "package main\n\nfunc main() { select {} }\n"})
	p, err := Prepare(t.Context(), silent)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if o := p.Check(ctx, script(t), check.Options{}); o.Verdict() != check.Inconclusive || !o.Stopped() {
		t.Errorf("%s, %v", o.Verdict(), o.Err)
	}
}

func TestServers(t *testing.T) {
	for status, want := range map[string]check.Verdict{"200": check.Pass, "404": check.Fail, "501": check.NotStarted} {
		o := Run(t.Context(), folder(t, map[string]string{"main.go": answers(status)}), script(t), check.Options{})
		if o.Err != nil || o.Verdict() != want || o.Output != "serving\n" {
			t.Errorf("%s: %s, it printed %q, %v; want %s", status, o.Verdict(), o.Output, o.Err, want)
		}
	}
}

// One file of several is built alone: a wrong variant beside others.
func TestOneFile(t *testing.T) {
	s := folder(t, map[string]string{"one.go": answers("200"), "two.go": answers("404")})
	s.File = "one.go"
	if o := Run(t.Context(), s, script(t), check.Options{}); o.Verdict() != check.Pass {
		t.Errorf("%s, %v", o.Verdict(), o.Err)
	}
}

func TestWhatIsNoVerdictOfTheScript(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	var build *program.BuildError
	for name, c := range map[string]struct {
		ctx   context.Context
		files map[string]string
		want  check.Verdict
		words string
	}{
		"does not build": {t.Context(), map[string]string{"main.go": "package main\n\nfunc main() { x }\n"}, check.Fail, "main.go:3:15: undefined: x"},
		"ends":           {t.Context(), map[string]string{"main.go": "package main\n\nfunc main() { panic(\"no\") }\n"}, check.Fail, "panic: no"},
		"stopped":        {ended, map[string]string{"main.go": answers("200")}, check.Inconclusive, "context canceled"},
	} {
		o := Run(c.ctx, folder(t, c.files), script(t), check.Options{})
		if o.Report != nil || o.Verdict() != c.want || !strings.Contains(o.Words(), c.words) {
			t.Errorf("%s: %s, %q; want %s, %q", name, o.Verdict(), o.Words(), c.want, c.words)
		}
		if errors.As(o.Err, &build) != (name == "does not build") {
			t.Errorf("%s: %T", name, o.Err)
		}
	}
}

func TestNothingToBuildWith(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	o := Run(t.Context(), folder(t, map[string]string{"main.go": answers("200")}), script(t), check.Options{})
	if o.Verdict() != check.Inconclusive || !strings.Contains(o.Words(), "install Go") {
		t.Errorf("%s, %q", o.Verdict(), o.Words())
	}
	if !IsMissing(client.ErrNoRuntime) {
		t.Error("no JavaScript is not missing")
	}
}

// A server's exercise is its Go files, whatever else lies there: main.js may be
// for a page that it serves.
func TestMainJSBesideAServer(t *testing.T) {
	s := folder(t, map[string]string{"main.go": answers("200"), "main.js": "let page"})
	if o := Run(t.Context(), s, script(t), check.Options{}); o.Verdict() != check.Pass {
		t.Errorf("%s, %q", o.Verdict(), o.Words())
	}
}

// A server finds its files where the learner sees them, or in the folder that
// it is to run in.
func TestWhereItRuns(t *testing.T) {
	s := folder(t, map[string]string{"main.go": reads, "status": "200"})
	t.Chdir(filepath.Dir(s.Exe))
	s.Exe = filepath.Base(s.Exe)
	p, err := Prepare(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "status"), []byte("404"), 0o644); err != nil {
		t.Fatal(err)
	}
	for want, p := range map[check.Verdict]*Program{check.Pass: p, check.Fail: p.In(other)} {
		if o := p.Check(t.Context(), script(t), check.Options{}); o.Err != nil || o.Verdict() != want {
			t.Errorf("%s, %v; want %s", o.Verdict(), o.Err, want)
		}
	}
}

// reads is a server that answers with the status in a file.
var reads = strings.Replace(answers("status"), "\tfmt.Println", "\ttext, _ := os.ReadFile(\"status\")\n\tvar status int\n\tfmt.Sscan(string(text), &status)\n\tfmt.Println", 1)
