package workbench

import (
	"path"
	"regexp"
	"strconv"
	"strings"
)

// A Problem is one finding of a tool, at its place.
type Problem struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Severity string `json:"severity"` // error or warning
	Source   string `json:"source"`   // compile, vet or format
	Text     string `json:"text"`
}

// finding is a line of the compiler or of go vet: FILE:LINE:COLUMN: TEXT, the
// column not always there.
var finding = regexp.MustCompile(`^(?:vet: )?(\S[^:]*\.go):(\d+)(?::(\d+))?: (.*)$`)

// begun is a build with no more of its output and its problems than make one
// message for a page. Who needs more runs go build.
func (b Build) begun() Build {
	rest := maxNews / 2
	for i, p := range b.Problems {
		if rest -= 150 + encoded(p.File) + encoded(p.Text); rest < 0 {
			b.Problems = b.Problems[:i:i]
			break
		}
	}
	rest = maxNews / 2
	for i, c := range b.Output { // not in the middle of a character
		if rest -= encoded(string(c)); rest < 0 {
			b.Output = b.Output[:i] + "…"
			break
		}
	}
	return b
}

// problems finds the problems of an exercise in what a tool said. Lines that
// go on after a problem, which begin with a tab, belong to it.
func problems(output, exercise, source string) []Problem {
	severity := map[string]string{"vet": "warning"}[source]
	if severity == "" {
		severity = "error"
	}
	list := []Problem{}
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\r\n")
		m := finding.FindStringSubmatch(line)
		if m == nil {
			if strings.HasPrefix(line, "\t") && len(list) > 0 {
				list[len(list)-1].Text += "\n" + strings.TrimSpace(line)
			}
			continue
		}
		file := strings.ReplaceAll(m[1], `\`, "/")
		if dir := path.Dir(path.Clean(file)); dir == exercise || dir == "." {
			file = path.Base(file)
		}
		p := Problem{File: file, Severity: severity, Source: source, Text: m[4]}
		p.Line, _ = strconv.Atoi(m[2])
		p.Column, _ = strconv.Atoi(m[3])
		list = append(list, p)
	}
	return list
}
