package lessons

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// front is the front matter of a file: lines of "key: value" between two
// lines of three hyphens, at the file's very beginning. Values are plain text
// to the end of their line; one pair of double quotes around a value goes.
type front struct {
	values map[string]string
	lines  map[string]int
	keys   []string // in order, unknown ones too
	ended  bool     // the second line of hyphens was there
	begun  bool
	odd    []int // lines that are not "key: value"
	twice  []string
}

var frontKey = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_-]*):(?:\s+(.*?))?\s*$`)

// splitFront parts src into its front matter and its body, and tells the line
// on which the body starts. Front matter that never ends is no front matter:
// the whole of src is then the body, so that nothing an author wrote is lost.
func splitFront(src []byte) (f front, body []byte, line int) {
	f = front{values: map[string]string{}, lines: map[string]int{}}
	if !bytes.HasPrefix(src, []byte("---\n")) {
		return f, src, 1
	}
	f.begun = true
	rest := src[4:]
	for line = 2; len(rest) > 0; line++ {
		text, after, _ := bytes.Cut(rest, []byte("\n"))
		if rest = after; strings.TrimRight(string(text), " \t") == "---" {
			f.ended = true
			return f, rest, line + 1
		}
		f.add(string(text), line)
	}
	return front{begun: true}, src, 1
}

func (f *front) add(text string, line int) {
	if strings.TrimSpace(text) == "" {
		return
	}
	m := frontKey.FindStringSubmatch(text)
	if m == nil {
		f.odd = append(f.odd, line)
		return
	}
	key, value := m[1], m[2]
	if _, ok := f.lines[key]; ok {
		f.twice = append(f.twice, key)
		return
	}
	if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	f.values[key], f.lines[key] = value, line
	f.keys = append(f.keys, key)
}

// check adds to problems what is wrong with the front matter of a file that
// must have the wanted keys and no others.
func (f *front) check(file string, problems *[]Problem, want ...string) {
	add := func(line int, next, what string, args ...any) {
		*problems = append(*problems, Problem{file, line, fmt.Sprintf(what, args...), next})
	}
	keys := strings.Join(want, ", ")
	switch {
	case !f.begun:
		add(1, "begin the file with a line of ---, then "+keys+", then another ---", "there is no front matter")
		return
	case !f.ended:
		add(1, "close it with a line of ---", "the front matter does not end")
		return
	}
	for _, line := range f.odd {
		add(line, "write key: value", "this line of the front matter has no key")
	}
	for _, key := range f.twice {
		add(f.lines[key], "keep one", "%s stands twice in the front matter", key)
	}
	for _, key := range f.keys {
		if !slices.Contains(want, key) {
			add(f.lines[key], "the keys here are "+keys, "unknown key %s in the front matter", key)
		}
	}
	for _, key := range want {
		if f.values[key] == "" {
			add(max(f.lines[key], 1), "add a line to the front matter: "+key+": …", "%s is missing", key)
		}
	}
}
