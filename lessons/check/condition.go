package check

import (
	"slices"
	"strconv"
	"strings"
)

// conditions are what a failure can be like, as the manual explains them.
// A failure has one or more, the most telling first.
var conditions = strings.Fields(`timeout eof reset close status header accept text binary
	different partial joined wrapped duplicate reordered missing extra disagree
	id data type restart early unfinished content-type protocol garbage flood stopped
	two threw late log request`)

func conditionNames() []string { return append([]string{"got"}, conditions...) }

func isCondition(name string) bool {
	return slices.Contains(conditions, name)
}

// splitCondition splits "close 1011 The words." into condition and words.
// close and status may take a number, header a name (two blanks end it), and got
// takes a string.
func splitCondition(text string) (condition, words string) {
	condition, words = firstWord(text)
	switch condition {
	case "close", "status":
		if code, rest := firstWord(words); len(code) >= 3 && strings.Trim(code, "0123456789") == "" {
			return condition + " " + code, rest
		}
	case "header":
		if name, rest, ok := strings.Cut(words, "  "); ok && !strings.ContainsAny(name, " \t") {
			return condition + " " + strings.ToLower(name), strings.TrimSpace(rest)
		}
	case "got":
		if part, err := strconv.QuotedPrefix(words); err == nil {
			return condition + " " + part, strings.TrimSpace(words[len(part):])
		}
	}
	return condition, words
}

// fits reports whether a failure is of a condition.
func (f *failure) fits(condition string) bool {
	quoted, ok := strings.CutPrefix(condition, "got ")
	if !ok {
		return hasTag(f, condition)
	}
	part, err := strconv.Unquote(quoted)
	if err != nil || f.came == "" {
		return false
	}
	if end, ok := strings.CutSuffix(part, `"`); ok && end != "" && strings.HasSuffix(f.came, end) {
		return true
	}
	return strings.Contains(f.came, part) || strings.Contains(f.bytes, part)
}
