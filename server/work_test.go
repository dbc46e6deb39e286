package server

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"duplex/server/workbench"
)

// working starts a server with a workspace that is still to be made.
func working(t *testing.T) *worker {
	t.Helper()
	cfg := testConfig(t)
	cfg.Work = filepath.Join(t.TempDir(), "work")
	r := start(t, cfg)
	_, page := r.get("/lessons/echo")
	m := regexp.MustCompile(`<meta name="duplex-token" content="(\w+)">`).FindStringSubmatch(page)
	if m == nil {
		t.Fatal("the page has no token")
	}
	return &worker{r, m[1], cfg.Work}
}

// A worker is a page that may use the workbench.
type worker struct {
	*running
	token string
	dir   string
}

// ask makes a request and decodes its answer into v, which may be nil.
func (w *worker) ask(method, path, body string, v any) (status int) {
	w.t.Helper()
	resp, text := w.do(method, path, body, tokenHeader, w.token)
	if v == nil {
		v = new(any)
	}
	if err := json.Unmarshal([]byte(text), v); err != nil {
		w.t.Fatalf("%s %s: %v in %s", method, path, err, text)
	}
	return resp.StatusCode
}

// benchRoutes are all that let somebody act on this machine.
var benchRoutes = []string{
	"GET /work", "POST /work", "GET /work/echo", "PUT /work/echo/main.go", "GET /work/echo/versions", "GET /work/echo/main.go/versions",
	"GET /work/echo/main.go/versions/1", "POST /work/echo/reset", "POST /work/echo/run", "POST /work/echo/stop",
	"GET /proxy/echo/ws", "POST /check/echo",
}

// Nobody gets at the workbench without its token, or from another site; and
// where others can reach the server, there is none.
func TestWorkbenchIsGuarded(t *testing.T) {
	w := working(t)
	cfg := testConfig(t)
	cfg.Work, cfg.Addr = t.TempDir(), "0.0.0.0:0"
	open := start(t, cfg)
	if _, page := open.get("/lessons/echo", "Host", "127.0.0.1"); !strings.Contains(page, "Echo") || strings.Contains(page, "duplex-token") {
		t.Error("a page that others can load has a token")
	}
	if _, page := w.get("/present/echo"); strings.Contains(page, w.token) {
		t.Error("a page that is projected has the token")
	}
	for _, route := range benchRoutes {
		method, path, _ := strings.Cut(route, " ")
		body := ""
		if method != "GET" {
			body = `{"run":true}`
		}
		for what, headers := range map[string][]string{
			"no token":     {},
			"a wrong one":  {tokenHeader, "wrong"},
			"by address":   {},
			"another site": {tokenHeader, w.token, "Origin", "http://evil.example"},
		} {
			asked := path
			if what == "by address" && !strings.HasPrefix(path, "/proxy") { // which takes it
				asked += "?token=" + w.token
			}
			if resp, text := w.do(method, asked, body, headers...); resp.StatusCode != http.StatusForbidden {
				t.Errorf("%s, %s: %s %s", route, what, resp.Status, text)
			}
		}
		if resp, text := open.do(method, path, body, tokenHeader, open.s.token, "Host", "127.0.0.1"); resp.StatusCode != http.StatusForbidden || !strings.Contains(text, "other machines") {
			t.Errorf("%s where others can reach it: %s %s", route, resp.Status, text)
		}
	}
	if entries, _ := os.ReadDir(w.dir); len(entries) > 0 {
		t.Errorf("somebody wrote %v", entries)
	}
}

// From no workspace to a saved file, its versions and back.
func TestWorkbenchFiles(t *testing.T) {
	w := working(t)
	var view struct {
		Exists bool
		Files  []workbench.File
	}
	if status := w.ask("GET", "/work/echo", "", &view); status != 200 || view.Exists || len(view.Files) != 1 {
		t.Fatalf("%d %+v", status, view)
	}
	put := func(content, base string) (status int, said struct {
		Hash, Content, Code, Offer string
		Theirs                     *workbench.File
		Error                      struct{ What, Why, Next string }
	}) {
		body, _ := json.Marshal(workbench.Edit{Content: content, Base: base, Format: true})
		return w.ask("PUT", "/work/echo/main.go", string(body), &said), said
	}
	if status, said := put("package main", ""); status != 409 || said.Code != "no-workspace" || said.Offer != w.dir || said.Error.Next == "" {
		t.Errorf("%d %+v", status, said)
	}
	var state workbench.State
	if status := w.ask("POST", "/work", `{"dir":"/elsewhere"}`, nil); status != 409 {
		t.Errorf("another folder: %d", status)
	}
	if status := w.ask("POST", "/work", `{}`, &state); status != 200 || !state.Exists {
		t.Fatalf("%d %+v", status, state)
	}
	status, said := put("package main\nfunc main(){ }\nfunc a(){}", view.Files[0].Hash)
	if status != 200 || said.Content != "package main\n\nfunc main() {}\nfunc a()    {}\n" {
		t.Errorf("%d %+v", status, said)
	}
	if status, late := put("package main", view.Files[0].Hash); status != 409 || late.Code != "conflict" || late.Theirs.Hash != said.Hash {
		t.Errorf("%d %+v", status, late)
	}
	var versioned []string
	if status := w.ask("GET", "/work/echo/versions", "", &versioned); status != 200 || !slices.Equal(versioned, []string{"main.go"}) {
		t.Fatalf("%d: there are versions of %q", status, versioned)
	}
	var versions []workbench.Version
	if status := w.ask("GET", "/work/echo/main.go/versions", "", &versions); status != 200 || len(versions) == 0 {
		t.Fatalf("%d %+v", status, versions)
	}
	var old struct{ Content string }
	if status := w.ask("GET", "/work/echo/main.go/versions/"+versions[len(versions)-1].ID, "", &old); status != 200 || old.Content != view.Files[0].Content {
		t.Errorf("%d %+v", status, old)
	}
	if status := w.ask("POST", "/work/echo/reset", `{}`, &view); status != 200 || !view.Files[0].Starter {
		t.Errorf("%d %+v", status, view)
	}
	for route, want := range map[string]int{"GET /work/none": 404, "GET /work/none/versions": 404, "GET /work/echo/main.go/versions/none": 404, "GET /proxy/echo/": 409, "PUT /work/echo/go.mod": 400} {
		method, path, _ := strings.Cut(route, " ")
		if status := w.ask(method, path, map[string]string{"PUT": `{}`}[method], nil); status != want {
			t.Errorf("%s: %d, want %d", route, status, want)
		}
	}
}

const answers = `package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, r.URL, r.Host)
	}))
}
`

// A check of the learner's own program builds and starts it; what happens
// shows on the live socket; and the page can talk to the program.
func TestWorkbenchRuns(t *testing.T) {
	w := working(t)
	w.ask("POST", "/work", `{}`, nil)
	live := w.live(t)
	live.say(`{"watch":"work","id":"echo","token":"wrong"}`)
	if m := live.until("error"); m.Error["why"] == "" {
		t.Errorf("with a wrong token: %+v", m)
	}
	live.say(`{"watch":"work","id":"echo","token":"` + w.token + `"}`)
	if m := live.until("work"); m.ID != "echo" || m.Work == nil {
		t.Errorf("first %+v", m)
	}
	if err := os.WriteFile(filepath.Join(w.dir, "echo", "main.go"), []byte(answers), 0o644); err != nil {
		t.Fatal(err)
	}
	_, said := w.do("POST", "/check/echo", `{"run":true}`, tokenHeader, w.token)
	for _, want := range []string{`{"type":"build","state":"ok"`, `{"type":"start"`, `{"type":"step"`, `{"type":"end","report":{"verdict":"pass"`} {
		if !strings.Contains(said, want) {
			t.Errorf("no %s in %s", want, said)
		}
	}
	for m := live.until("work"); m.Work.Run == nil || m.Work.Run.State != workbench.Running; m = live.until("work") {
	}
	resp, text := w.get("/proxy/echo/path?a=b&wire=0123456789abcdef&token=" + w.token)
	if resp.StatusCode != 200 || !strings.HasPrefix(text, "/path?a=b 127.0.0.1:") {
		t.Errorf("%s %q", resp.Status, text)
	}
	if err := os.WriteFile(filepath.Join(w.dir, "echo", "main.go"), []byte("package main\n\nfunc main() { undefined() }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, said = w.do("POST", "/check/echo", `{"run":true}`, tokenHeader, w.token)
	for _, want := range []string{`{"type":"build","state":"failed"`, `"line":3`, `undefined: undefined`, `{"type":"end","report":{"verdict":"fail","passed":0,"total":2`} {
		if !strings.Contains(said, want) {
			t.Errorf("no %s in %s", want, said)
		}
	}
	live.conn.Close()
}
