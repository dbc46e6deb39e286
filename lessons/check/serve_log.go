package check

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"duplex/server/wire"
)

// maxLogLine is how much of a line that the program logs is kept, in bytes.
const maxLogLine = 16 << 10

// A logLine is a line that the program logged.
type logLine struct {
	text string
	at   time.Duration
}

// output takes in a line that the program logs.
func (s *service) output(level, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alarm != nil {
		return
	}
	if s.step.budget.Add(-int64(len(text)+itemCost)) < 0 {
		s.alarm = s.flood("your program logs without an end: more than 64 MiB")
		s.poke()
		return
	}
	if len(text) > maxLogLine {
		text = strings.ToValidUTF8(text[:maxLogLine], "")
	}
	line := logLine{text, s.step.tape.now()}
	s.logged = append(s.logged, line)
	kind, lead := wire.KindNote, "logs: "
	if level == "error" || level == "warn" {
		lead = "logs as " + map[string]string{"error": "an error: ", "warn": "a warning: "}[level]
	}
	s.step.tape.add(wire.Event{At: wire.Millis(line.at), Kind: kind}, []byte(lead+text))
	s.poke()
}

// breaks takes note that the program broke.
func (s *service) breaks(why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return
	}
	s.broken = &breakage{why: plainWords(why), at: s.step.tape.now(), timer: time.AfterFunc(s.step.stretched(brokenTime), s.poke)}
	s.step.tape.add(wire.Event{At: wire.Millis(s.broken.at), Kind: wire.KindError}, []byte("your program broke: "+s.broken.why))
	s.poke()
}

// plainWords leaves line ends and what else cannot be printed out of words that
// are shown as they are.
func plainWords(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return utf8.RuneError
		}
		return r
	}, s))
}

// A quiet action expects that nothing comes, which it says in words, and looks
// for a time whether something does. A program that broke is no proof of it.
type quiet interface {
	quiet() string
	look(r *stepRun, at member, length time.Duration) *failure
}

// notBegun tells the error of a starter: throw new Error("not started").
func notBegun(why string) bool { return starterError.MatchString(why) }

var starterError = regexp.MustCompile(`^([Ll]ine \d+: )?(Uncaught )?Error: not started( \(|$)`)

// overrule looks, after a command, at what the program did besides: two
// connections fail it in any case, and a program that broke fails what was
// waited for. To the failures that stay it adds evidence.
func (s *service) overrule(act action, f *failure) *failure {
	if s == nil || f != nil && f.verdict != Fail {
		return f
	}
	alarm := s.alarmed()
	if f != nil {
		alarm = s.settled() // so that of two mistakes at once the same is told each time
	}
	if alarm != nil {
		return alarm
	}
	still, nothing := act.(quiet)
	broken := s.howItBroke(f)
	switch {
	case broken != nil && (f != nil || nothing) && notBegun(broken.why):
		return &failure{verdict: NotStarted, why: "not started: the program throws \"not started\""}
	case broken != nil && f == nil && nothing:
		f = fail("your program broke", "threw")
		f.expected = still.quiet()
		return s.evidence(s.broke(f, broken))
	case f == nil:
		return nil
	case broken != nil && (hasTag(f, "timeout") || hasTag(f, "eof")):
		return s.evidence(s.broke(f, broken))
	}
	return s.evidence(f)
}

// howItBroke returns how the program broke, if it did. After a connection that
// ended, it waits for the news of a program that ended with it.
func (s *service) howItBroke(f *failure) *breakage {
	if f != nil && hasTag(f, "eof") {
		s.step.waitOn(s.changed, time.Now().Add(s.step.stretched(brokenTime)), func() bool {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.broken != nil
		})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken
}

var inSomeTime = regexp.MustCompile(` within (the step's limit of )?\S+$`)

// broke turns a failure into that of a program that broke.
func (s *service) broke(f *failure, b *breakage) *failure {
	if !strings.HasPrefix(f.why, "your program broke") {
		what := inSomeTime.ReplaceAllString(f.why, "")
		if own, its := strings.CutPrefix(what, "your program "); its {
			what = "it " + own
		}
		f.why = "your program broke: " + what
	}
	why := s.ownWords(b.why)
	f.tags = []string{"threw"}
	f.got, f.came = why+stamp(b.at), why
	f.certain, f.likely = "", mistakeIn(why, breakages)
	return f
}

// evidence fills in what the script did last, and, where nothing came, what
// the program logged last.
func (s *service) evidence(f *failure) *failure {
	f.sent = ""
	if s.deed.words != "" {
		f.sent = s.deed.words + stamp(s.deed.at)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.logged) == 0 || f.awaiting == "log" || !(hasTag(f, "timeout") || hasTag(f, "eof") || hasTag(f, "threw")) {
		return f
	}
	last := s.ownWords(s.logged[len(s.logged)-1].text)
	if hasTag(f, "threw") && strings.Contains(f.came, last) {
		return f
	}
	words, when := unstamped(f.got)
	f.got = words + "; it logged last: " + showPayload([]byte(last), true) + when
	if f.likely == "" {
		f.likely = mistakeIn(last, breakages)
	}
	return f
}

// unstamped takes the stamp, if there is one, off the end of words. What stands
// before it may be a program's own.
func unstamped(words string) (rest, stamp string) {
	if i := strings.LastIndex(words, "  t="); i >= 0 {
		return words[:i], words[i:]
	}
	return words, ""
}

// showLogged shows the first lines of those that were logged. How many there
// were until time was up is chance.
func showLogged(lines []logLine) string {
	const most = 3
	var words []string
	for _, l := range lines[:min(len(lines), most)] {
		words = append(words, showPayload([]byte(l.text), true))
	}
	if len(lines) > most {
		words = append(words, "…")
	}
	return strings.Join(words, ", ")
}
