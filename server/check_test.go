package server

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"duplex/lessons/check"
)

// A checking is the answer of POST /check as a page reads it.
type checking struct {
	t     *testing.T
	resp  *http.Response
	lines *bufio.Scanner
	stop  context.CancelFunc // the page goes away
}

func (r *running) check(body string) *checking {
	r.t.Helper()
	ctx, stop := context.WithCancel(r.t.Context())
	req, err := http.NewRequestWithContext(ctx, "POST", r.url("/check/echo"), strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := client(r.t).Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { stop(); resp.Body.Close() })
	return &checking{r.t, resp, bufio.NewScanner(resp.Body), stop}
}

// A line is any line of the answer.
type line struct {
	Type, Exercise, Target string
	Steps                  []stepTitle
	Result                 check.Result
	Report                 checkTotal
}

func (c *checking) next() (l line) {
	c.t.Helper()
	if !c.lines.Scan() {
		c.t.Fatalf("no more lines: %v", c.lines.Err())
	}
	if err := json.Unmarshal(c.lines.Bytes(), &l); err != nil {
		c.t.Fatalf("%v in %s", err, c.lines.Text())
	}
	return l
}

func (c *checking) end() line {
	c.t.Helper()
	for {
		if l := c.next(); l.Type == "end" {
			return l
		}
	}
}

// A learner is a learner's server that answers each request when it is told
// to.
func learner(t *testing.T) (url string, answer chan<- int, asked <-chan context.Context) {
	t.Helper()
	answers, requests := make(chan int), make(chan context.Context, 16)
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests <- r.Context()
		select {
		case status := <-answers:
			w.WriteHeader(status)
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(ts.Close)
	return ts.URL, answers, requests
}

// Each step comes as soon as it is decided, and what was decided is kept.
func TestCheckStreams(t *testing.T) {
	r := start(t, testConfig(t))
	url, answer, _ := learner(t)
	c := r.check(`{"url":"` + url + `"}`)
	if kind := c.resp.Header.Get("Content-Type"); c.resp.StatusCode != 200 || kind != "application/x-ndjson" {
		t.Fatalf("%s %s", c.resp.Status, kind)
	}
	if l := c.next(); l.Type != "start" || l.Exercise != "echo" || l.Target != url || len(l.Steps) != 2 || l.Steps[0].Name != "there" || l.Steps[0].Says == "" {
		t.Errorf("first %+v", l)
	}
	answer <- 200
	if l := c.next(); l.Type != "step" || l.Result.Step != "there" || l.Result.Verdict != check.Pass {
		t.Errorf("then %+v", l)
	}
	answer <- 404
	if l := c.next(); l.Type != "step" || l.Result.Step != "again" || l.Result.Verdict != check.Fail || l.Result.Why == "" {
		t.Errorf("then %+v", l)
	}
	if l := c.next(); l.Type != "end" || l.Report.Verdict != check.Fail || l.Report.Passed != 1 || l.Report.Total != 2 {
		t.Errorf("last %+v", l)
	}
	if c.lines.Scan() {
		t.Errorf("and then %s", c.lines.Text())
	}
	if kept := r.progress().Exercises["echo"]; kept.Verdict != check.Fail || kept.Steps["there"] != check.Pass || kept.Steps["again"] != check.Fail {
		t.Errorf("kept %+v", kept)
	}
}

func TestCheckOneStep(t *testing.T) {
	r := start(t, testConfig(t))
	url, answer, _ := learner(t)
	c := r.check(`{"url":"` + url + `","step":"again"}`)
	if l := c.next(); len(l.Steps) != 1 || l.Steps[0].Name != "again" {
		t.Errorf("first %+v", l)
	}
	answer <- 200
	if l := c.end(); l.Report.Verdict != check.Pass || l.Report.Total != 1 {
		t.Errorf("last %+v", l)
	}
	if kept := r.progress().Exercises["echo"]; kept.Steps["again"] != check.Pass || kept.Verdict != check.Inconclusive {
		t.Errorf("kept %+v", kept)
	}
}

// A page that goes away takes its check with it: the learner's server is let
// go, nothing is recorded, and the next check gets its turn.
func TestCheckEndsWithItsPage(t *testing.T) {
	r := start(t, testConfig(t))
	url, answer, asked := learner(t)
	c := r.check(`{"url":"` + url + `"}`)
	c.next()
	request := <-asked
	c.stop()
	<-request.Done()

	c = r.check(`{"url":"` + url + `","step":"there"}`)
	if c.resp.StatusCode != 200 {
		t.Fatalf("the next check: %s", c.resp.Status)
	}
	if kept := r.progress().Exercises; len(kept) != 0 {
		t.Errorf("half a check was kept: %+v", kept)
	}
	answer <- 200
	c.end()
}

// The end of the server ends a check too, at once.
func TestCheckEndsWithTheServer(t *testing.T) {
	r := start(t, testConfig(t))
	url, _, asked := learner(t)
	c := r.check(`{"url":"` + url + `"}`)
	<-asked
	begin := time.Now()
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > politeTime/2 {
		t.Errorf("it took %v", took)
	}
	rest, _ := io.ReadAll(c.resp.Body)
	if strings.Contains(string(rest), `"type":"end"`) {
		t.Errorf("a check that was cut looks whole: %s", rest)
	}
}

// A page must not become a scanner of other machines.
func TestCheckOnlyThisMachine(t *testing.T) {
	r := start(t, testConfig(t))
	for _, url := range []string{"http://192.0.2.1:80", "http://[2001:db8::1]", "http://169.254.169.254", "http://0.0.0.0:1"} {
		c := r.check(`{"url":"` + url + `"}`)
		if l := c.end(); l.Report.Verdict != check.Inconclusive {
			t.Errorf("%s: %+v", url, l.Report)
		}
	}
}

func TestCheckRefusals(t *testing.T) {
	cfg := testConfig(t)
	files := course()
	files["chat/check.txt"] = &fstest.MapFile{Data: []byte("exercise chat\nstep\n  nonsense\n")}
	cfg.Lessons = files
	r := start(t, cfg)
	for _, tc := range []struct {
		path, body string
		status     int
	}{
		{"/check/none", `{}`, 404},
		{"/check/echo", `{"step":"none"}`, 404},
		{"/check/echo", `{"url":1}`, 400},
		{"/check/echo", `{"url":"ftp://localhost"}`, 400},
		{"/check/echo", `{"url":"over there"}`, 400},
		{"/check/echo", ``, 415},
	} {
		resp, body := r.do("POST", tc.path, tc.body)
		if resp.StatusCode != tc.status {
			t.Errorf("%s %s: %s", tc.path, tc.body, resp.Status)
		}
		if what, why, next := told(t, body); what == "" || why == "" || next == "" {
			t.Errorf("%s %s: %s", tc.path, tc.body, body)
		}
	}
	if r.s.course().Exercise("chat") != nil {
		if resp, _ := r.do("POST", "/check/chat", `{}`); resp.StatusCode != 422 {
			t.Errorf("a script that does not parse: %s", resp.Status)
		}
	}
}

// One check of an exercise at a time and a few in all; who has waited for long
// enough is told why.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, ctx := newChecks(), t.Context()
		refused := func(exercise, why string) {
			t.Helper()
			begin := time.Now()
			_, err := c.take(ctx, exercise)
			var p *problem
			if !errors.As(err, &p) || p.Status != 429 || !strings.Contains(p.Why, why) {
				t.Errorf("%s: %v", exercise, err)
			}
			if waited := time.Since(begin); waited != checkWait {
				t.Errorf("%s waited %v", exercise, waited)
			}
		}
		var dones []func()
		for _, exercise := range []string{"a", "b", "c", "d"} {
			done, err := c.take(ctx, exercise)
			if err != nil {
				t.Fatal(err)
			}
			dones = append(dones, done)
		}
		refused("a", "a check of a is running")
		refused("e", "several other checks")
		go func() { time.Sleep(checkWait / 2); dones[0]() }()
		if _, err := c.take(ctx, "a"); err != nil {
			t.Errorf("a turn that came free was not taken: %v", err)
		}
		dones[1]()
		if _, err := c.take(ctx, "e"); err != nil {
			t.Errorf("who was refused holds a turn: %v", err)
		}
	})
}
