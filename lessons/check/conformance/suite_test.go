package conformance

import (
	"cmp"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"duplex/lessons/check"
)

// TestChapters: every script of the folder is a chapter, in its file's name,
// and each of its steps names the section that it is about.
func TestChapters(t *testing.T) {
	files, err := filepath.Glob("*.txt")
	if err != nil || len(files) != len(names) {
		t.Fatalf("%d files, %d chapters, %v", len(files), len(names), err)
	}
	for i, chapter := range Chapters() {
		if chapter.Exercise != names[i] {
			t.Errorf("%s.txt is chapter %s", names[i], chapter.Exercise)
		}
		for _, step := range chapter.Steps {
			if len(step.See) == 0 || !strings.Contains(step.See[0], "§") {
				t.Errorf("%s/%s names no section", chapter.Exercise, step.Name)
			}
			if strings.Contains(step.Says, "{case}") {
				t.Errorf("%s/%s: %s", chapter.Exercise, step.Name, step.Says)
			}
		}
	}
}

// TestStandard: a server by the standard passes, with compression and without.
func TestStandard(t *testing.T) {
	for name, s := range map[string]*server{"plain": {}, "compressed": {compress: true}} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && s.compress {
				t.Skip("-short: one run of the suite")
			}
			if steps := failed(t, s, without("sizes", racing)); len(steps) > 0 {
				t.Error(steps)
			}
		})
	}
}

// without is the suite, without a chapter where that is wanted.
func without(chapter string, wanted bool) *check.Script {
	suite := Script()
	suite.Steps = slices.DeleteFunc(suite.Steps, func(step *check.Step) bool {
		return wanted && strings.HasPrefix(step.Name, chapter+"/")
	})
	return suite
}

// TestFlaws: each flaw fails the steps that are about it, and no other.
func TestFlaws(t *testing.T) {
	for _, f := range flaws {
		t.Run(f.name, func(t *testing.T) {
			got := failed(t, &server{flaw: f.name, compress: f.compress}, f.suite())
			if want := strings.Fields(f.fails); !slices.Equal(got, want) {
				t.Errorf("failed %v\nwant   %v", got, want)
			}
		})
	}
}

// A flaw is a server's, with the steps that must fail, sorted.
type flaw struct {
	name     string
	fails    string
	compress bool // the chapter on compression is held, and no other
	long     bool // the chapter on sizes is held, too
}

// suite holds the steps that may fail and those that must not: all but long
// ones; with the race detector, the first alone.
func (f flaw) suite() *check.Script {
	suite, fails := Script(), strings.Fields(f.fails)
	suite.Steps = slices.DeleteFunc(suite.Steps, func(step *check.Step) bool {
		switch chapter, _, _ := strings.Cut(step.Name, "/"); {
		case racing:
			return !slices.Contains(fails, cmp.Or(step.Of, step.Name))
		case chapter == "deflate":
			return !f.compress
		default:
			return f.compress || chapter == "sizes" && !f.long
		}
	})
	return suite
}

var flaws = []flaw{
	{name: "any method", fails: "opening/method"},
	{name: "an upgrade unasked", fails: "opening/plain"},
	{name: "any version", fails: "opening/version"},
	{name: "any key", fails: "opening/incomplete"},
	{name: "the offers are sent back", fails: "opening/extension"},
	{name: "the subprotocols are sent back", fails: "opening/subprotocol"},

	{name: "waits for 2^63 bytes", fails: "framing/highest-bit"},
	{name: "2^63 bytes are too many", fails: "framing/highest-bit"},
	{name: "unmasked frames", fails: "framing/unmasked framing/unmasked-later"},
	{name: "messages are joined", fails: "framing/two-at-once"},
	{name: "the mask begins anew with each read", fails: "framing/binary framing/binary-byte-by-byte framing/odd-writes framing/text framing/text-byte-by-byte utf8/byte-writes"},
	{name: "empty messages are dropped", fails: "fragments/empty-all framing/binary framing/binary-byte-by-byte framing/both-kinds framing/text framing/text-byte-by-byte"},
	{name: "64 KiB at most", long: true, fails: "framing/binary framing/text sizes/binary sizes/binary-fragments sizes/binary-writes sizes/text sizes/text-fragments sizes/text-writes"},

	{name: "the ping's bytes are lost", fails: "fragments/ping-inside fragments/ping-inside-at-once pingpong/any-bytes pingpong/between-messages pingpong/many pingpong/payload pingpong/pong-and-ping"},
	{name: "an unasked pong is an error", fails: "fragments/pong-inside pingpong/pong pingpong/pong-and-ping"},
	{name: "a pong is echoed", fails: "fragments/pong-inside pingpong/pong pingpong/pong-and-ping"},
	{name: "long control frames", fails: "close/too-long fragments/control-inside pingpong/too-long"},
	{name: "control frames in fragments", fails: "fragments/control-inside pingpong/fragmented"},

	{name: "reserved bits", fails: "reserved/bits reserved/bits-continuation reserved/bits-later reserved/bits-on"},
	{name: "reserved opcodes", fails: "reserved/opcode reserved/opcode-inside reserved/opcode-payload"},

	{name: "a continuation of nothing", fails: "fragments/continued-too-far fragments/nothing-to-continue"},
	{name: "a message inside of a message", fails: "fragments/message-inside"},

	{name: "UTF-8 is not judged", fails: "utf8/at-once-byte utf8/at-once-continuation utf8/at-once-fragment utf8/at-once-later utf8/beyond utf8/broken-off utf8/continuation-byte utf8/in-fragments utf8/overlong utf8/surrogate utf8/truncated utf8/truncated-in-fragments"},
	{name: "UTF-8 by the frame", fails: "utf8/at-once-byte utf8/at-once-later"},
	{name: "UTF-8 by the message", fails: "utf8/at-once-byte utf8/at-once-continuation utf8/at-once-fragment utf8/at-once-later"},
	{name: "UTF-8 by the fragment", fails: "utf8/byte-fragments utf8/cut utf8/not-too-soon"},

	{name: "no Close in answer", fails: "close/bad-code close/bad-code-reason close/code close/empty close/inside close/inside-and-on close/normal close/nothing-after close/one-byte close/others-live-on close/reason close/reason-not-utf8 close/registered-code"},
	{name: "1005 in a frame", fails: "close/empty"},
	{name: "a code of one byte", fails: "close/one-byte"},
	{name: "bad codes are answered with 1000", fails: "close/bad-code close/bad-code-reason"},
	{name: "bad codes are sent back", fails: "close/bad-code close/bad-code-reason"},
	{name: "good codes are refused", fails: "close/code close/inside close/inside-and-on close/normal close/nothing-after close/others-live-on close/reason"},
	{name: "the reason is not judged", fails: "close/reason-not-utf8"},
	{name: "TCP stays open", fails: "close/code close/inside close/inside-and-on close/normal close/nothing-after close/others-live-on close/reason close/registered-code"},

	{name: "any offer", compress: true, fails: "deflate/declined deflate/parameter"},
	{name: "RSV1 on a control frame", compress: true, fails: "deflate/bit-on-control"},
	{name: "RSV1 on a continuation", compress: true, fails: "deflate/bit-inside"},
	{name: "garbage is passed over", compress: true, fails: "deflate/garbage"},
	{name: "a window kept against the promise", compress: true, fails: "deflate/parameter"},
	{name: "the window is forgotten", compress: true, fails: "deflate/cut-utf8 deflate/one-by-one deflate/parameter deflate/plain deflate/second-offer deflate/takeover"},
	{name: "UTF-8 is not judged", compress: true, fails: "deflate/not-utf8"},
}

// failed runs a suite against a server and returns the steps that do not
// pass, a table's cases under its name. Time is virtual: a server that says
// nothing costs none.
func failed(t *testing.T, s *server, suite *check.Script) []string {
	t.Helper()
	groups := map[string]bool{}
	synctest.Test(t, func(t *testing.T) {
		report := suite.Run(t.Context(), check.Options{Target: "http://server.example", Dial: s.dial, AtOnce: AtOnce, Seed: 1})
		s.sessions.Wait()
		if len(report.Steps) != len(suite.Steps) {
			t.Errorf("%d of %d steps", len(report.Steps), len(suite.Steps))
		}
		for _, r := range report.Steps {
			if r.Verdict != check.Pass && !r.Optional {
				groups[group(suite, r.Step)] = true
				t.Log(r.Step, r.Why, r.Got)
			}
		}
	})
	return slices.Sorted(maps.Keys(groups))
}

// group is the table that a step is a case of, or the step.
func group(s *check.Script, name string) string {
	if step := s.Step(name); step.Of != "" {
		return step.Of
	}
	return name
}

// TestPrinter writes a whole report for people, which fits 80 columns but for
// what is to be copied, and a chapter alone.
func TestPrinter(t *testing.T) {
	var text strings.Builder
	p := &Printer{Out: &text, Style: check.Style{Width: 80}}
	synctest.Test(t, func(t *testing.T) {
		s := &server{flaw: "UTF-8 by the frame"}
		suite := without("sizes", true)
		report := suite.Run(t.Context(), check.Options{Target: "http://server.example", Dial: s.dial, AtOnce: AtOnce, Seed: 1, OnStep: p.Step})
		s.sessions.Wait()
		if err := p.Summary(report); err != nil {
			t.Error(err)
		}
	})
	for _, line := range strings.Split(text.String(), "\n") {
		if len([]rune(line)) > 80 && !strings.Contains(line, "rerun") {
			t.Errorf("%d columns: %s", len([]rune(line)), line)
		}
	}
	golden(t, "report.golden", text.String())
}

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
	if err != nil || string(want) != got {
		t.Errorf("not as in %s (%v):\n%s", file, err, got)
	}
}
