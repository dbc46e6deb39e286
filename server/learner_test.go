package server

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"duplex/lessons/check"
	"duplex/lessons/check/mailbox"
	"duplex/server/progress"
)

func (r *running) progress() progress.Progress {
	r.t.Helper()
	_, body := r.get("/progress")
	var p progress.Progress
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		r.t.Fatalf("%v in %s", err, body)
	}
	return p
}

func TestSectionsRead(t *testing.T) {
	r := start(t, testConfig(t))
	for _, tc := range []struct {
		body   string
		status int
	}{
		{`{"lesson":"echo","section":"the-loop"}`, 204},
		{`{"lesson":"echo","section":"the-loop"}`, 204},
		{`{"lesson":"echo","section":"none"}`, 404},
		{`{"lesson":"none","section":"the-loop"}`, 404},
		{`{"lesson":`, 400},
		{`[]`, 400},
		{`{"lesson":"` + strings.Repeat("x", maxBody) + `"}`, 413},
	} {
		if resp, _ := r.do("POST", "/progress/section", tc.body); resp.StatusCode != tc.status {
			t.Errorf("%.50s: %s, want %d", tc.body, resp.Status, tc.status)
		}
	}
	if read := r.progress().Lessons["echo"].Sections; len(read) != 1 || read["the-loop"].IsZero() {
		t.Errorf("kept: %v", read)
	}
}

// option finds the value that stands for an answer in a lesson's page.
func (r *running) option(says string) string {
	r.t.Helper()
	_, page := r.get("/lessons/echo")
	m := regexp.MustCompile(`value="([^"]+)"[^>]*>\s*<span>` + says).FindStringSubmatch(page)
	if m == nil {
		r.t.Fatalf("no answer %q in %s", says, page)
	}
	return m[1]
}

func TestQuiz(t *testing.T) {
	r := start(t, testConfig(t))
	for _, tc := range []struct {
		option, say string
		right       bool
	}{{"200", "No.", false}, {"101", "Yes, 101.", true}} {
		resp, body := r.do("POST", "/quiz/echo/status", `{"answer":["`+r.option(tc.option)+`"]}`)
		var got struct {
			Right bool
			Say   string
		}
		if err := json.Unmarshal([]byte(body), &got); err != nil || resp.StatusCode != 200 {
			t.Fatalf("%s %v: %s", resp.Status, err, body)
		}
		if got.Right != tc.right || !strings.Contains(got.Say, tc.say) {
			t.Errorf("%s: %+v", tc.option, got)
		}
		if kept := r.progress().Lessons["echo"].Quizzes["status"]; kept.Right != tc.right {
			t.Errorf("%s: kept %+v", tc.option, kept)
		}
	}
	for _, path := range []string{"/quiz/echo/none", "/quiz/none/status"} {
		if resp, _ := r.do("POST", path, `{"answer":[]}`); resp.StatusCode != 404 {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
}

func TestReset(t *testing.T) {
	r := start(t, testConfig(t))
	read := func() {
		r.do("POST", "/progress/section", `{"lesson":"echo","section":"the-loop"}`)
		r.do("POST", "/progress/section", `{"lesson":"chat","section":"the-room"}`)
	}
	read()
	if resp, _ := r.do("POST", "/progress/reset", `{}`); resp.StatusCode != 400 || len(r.progress().Lessons) != 2 {
		t.Errorf("a reset that names nothing: %s, left %v", resp.Status, r.progress().Lessons)
	}
	if resp, _ := r.do("POST", "/progress/reset", `{"lesson":"echo"}`); resp.StatusCode != 204 {
		t.Errorf("one lesson: %s", resp.Status)
	}
	if left := r.progress().Lessons; len(left) != 1 || len(left["chat"].Sections) != 1 {
		t.Errorf("after a reset of echo: %v", left)
	}
	read()
	r.do("POST", "/progress/reset", `{"lesson":""}`)
	if left := r.progress().Lessons; len(left) != 0 {
		t.Errorf("after a reset of everything: %v", left)
	}
}

// Reports that duplex check and go test left, before or after the start, are
// in the progress; what is no report does no harm.
func TestInbox(t *testing.T) {
	cfg := testConfig(t)
	if err := mailbox.Put(cfg.Data, &check.Report{Exercise: "echo", Steps: []check.Result{{Step: "there", Verdict: check.Pass}}}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(cfg.Data, "inbox", "0.json"), []byte("no report"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := start(t, cfg)
	page := r.live(t)
	if got := page.progressUntil("there"); got.Steps["there"] != check.Pass || got.Verdict != check.Inconclusive {
		t.Errorf("before the start: %+v", got)
	}
	if err := mailbox.Put(cfg.Data, &check.Report{Exercise: "echo", Steps: []check.Result{{Step: "again", Verdict: check.Pass}}}); err != nil {
		t.Fatal(err)
	}
	if got := page.progressUntil("again"); got.Verdict != check.Pass {
		t.Errorf("after the start: %+v", got)
	}
	page.conn.Close()
	_ = r.stop()
	if left, _ := os.ReadDir(filepath.Join(cfg.Data, "inbox")); len(left) != 0 {
		t.Errorf("left in the inbox: %v", left)
	}
}

func TestPictures(t *testing.T) {
	cfg := testConfig(t)
	files := course()
	files["echo/frame.svg"] = &fstest.MapFile{Data: []byte("<svg/>")}
	cfg.Lessons = files
	r := start(t, cfg)
	for path, want := range map[string]int{
		"/lessons/echo/frame.svg":             200,
		"/lessons/echo/other.svg":             404,
		"/lessons/none/frame.svg":             404,
		"/lessons/chat/frame.svg":             404,
		"/lessons/echo/lesson.md":             404,
		"/lessons/echo/check.txt":             404,
		"/lessons/chat/..%2fecho%2fframe.svg": 404,
	} {
		resp, _ := r.get(path)
		if resp.StatusCode != want {
			t.Errorf("%s: %s", path, resp.Status)
		}
		if kind := resp.Header.Get("Content-Type"); want == http.StatusOK && kind != "image/svg+xml" {
			t.Errorf("%s is %s", path, kind)
		}
	}
}
