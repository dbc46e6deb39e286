package grade

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var packageLine = regexp.MustCompile(`(?m)^# .*\n`)

// chance is what differs from run to run in what a program prints, and what
// stands for it: times, ports that were free, and addresses in memory.
var chance = []struct {
	what *regexp.Regexp
	word string
}{
	{regexp.MustCompile(`\bport \d+\b`), "its port"},
	{regexp.MustCompile(`\b(?:\d{4}[/-]\d\d[/-]\d\d[ T])?\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z\b|[+-]\d\d:?\d\d\b)?`), "TIME"},
	{regexp.MustCompile(`:[2-6]\d{4}\b`), ":PORT"},
	{regexp.MustCompile(`\b0x[0-9a-f]{6,}\b`), "0x…"},
	{regexp.MustCompile(`\bgoroutine \d+\b`), "goroutine N"},
}

// placesIn finds the folders of this package's own.
func placesIn(scratch string) *regexp.Regexp {
	return regexp.MustCompile(regexp.QuoteMeta(scratch) + `[/\\](?:(?:build|check)-\d+[/\\]?)?`)
}

// plain takes out of words what differs from run to run.
func (g *grader) plain(words string) string {
	words = g.places.ReplaceAllString(packageLine.ReplaceAllString(words, ""), "")
	for _, c := range chance {
		words = c.what.ReplaceAllString(words, c.word)
	}
	return strings.TrimSpace(words)
}

// printable is a learner's words on one line, without what would move a
// terminal's cursor, change its colours or the order of the letters.
func printable(words string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return utf8.RuneError
		}
		return r
	}, strings.Join(strings.Fields(words), " "))
}
