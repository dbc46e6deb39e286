package check

import (
	"strconv"
	"strings"
)

// A token is a word or a quoted string of a line.
type token struct {
	text   string // unquoted
	raw    string // as written
	quoted bool
}

// A textLine is a line of the script, with its continuations joined.
type textLine struct {
	number int
	text   string
}

// splitLines returns the lines that say something.
func splitLines(src string) []textLine {
	var out []textLine
	src = strings.TrimPrefix(src, "\uFEFF")
	joined := false
	for i, line := range strings.Split(src, "\n") {
		line = strings.TrimSpace(line)
		body, more := strings.CutSuffix(line, " \\")
		switch {
		case joined:
			last := &out[len(out)-1]
			last.text = strings.TrimSpace(last.text + " " + body)
		case line == "" || line[0] == '#':
			continue
		default:
			out = append(out, textLine{i + 1, strings.TrimSpace(body)})
		}
		joined = more
	}
	return out
}

// lex splits a command into tokens. A word # ends it. What is wrong with it, if
// anything, comes back as found and want.
func lex(line string) (toks []token, found, want string) {
	for {
		line = strings.TrimLeft(line, " \t\r")
		switch {
		case line == "" || line == "#" || strings.HasPrefix(line, "# "):
			return toks, "", ""
		case line[0] == '"':
			quoted, err := strconv.QuotedPrefix(line)
			if err != nil {
				return toks, "a string that does not end, or with an escape that Go does not know: " + line, `a string such as "hello\n"`
			}
			text, _ := strconv.Unquote(quoted)
			toks = append(toks, token{text, quoted, true})
			line = line[len(quoted):]
			if line != "" && !strings.ContainsRune(" \t\r", rune(line[0])) {
				return toks, "more right after a string: " + line, "a blank after the string " + quoted
			}
		default:
			end := strings.IndexAny(line, " \t\r")
			if end < 0 {
				end = len(line)
			}
			toks = append(toks, token{line[:end], line[:end], false})
			line = line[end:]
		}
	}
}

// firstWord splits a line into its first word and the rest.
func firstWord(line string) (word, rest string) {
	i := strings.IndexAny(line, " \t")
	if i < 0 {
		return line, ""
	}
	return line[:i], strings.TrimSpace(line[i:])
}

// isName reports whether s is a name of the language.
func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z'
		if !letter && (i == 0 || (c != '-' && (c < '0' || c > '9'))) {
			return false
		}
	}
	return s != ""
}
