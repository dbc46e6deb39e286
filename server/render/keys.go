package render

import (
	"fmt"
	"slices"
	"strings"
)

// A setting is one "key: value" line of a block.
type setting struct {
	key, value string
	line       int
}

// settings reads the lines of a block that holds only "key: value", with the
// given keys. Blank lines are passed over.
func (f fence) settings(keys ...string) (all []setting, bad *badLine) {
	for i, text := range strings.Split(f.body, "\n") {
		line := f.line + 1 + i
		if strings.TrimSpace(text) == "" {
			continue
		}
		key, value, ok := strings.Cut(text, ":")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		switch {
		case !ok:
			return nil, &badLine{line, "this line has no key", "write key: value; the keys here are " + strings.Join(keys, ", ")}
		case !slices.Contains(keys, key):
			return nil, &badLine{line, fmt.Sprintf("unknown key %s", key), "the keys here are " + strings.Join(keys, ", ")}
		case value == "":
			return nil, &badLine{line, fmt.Sprintf("%s is empty", key), "give it a value, or remove the line"}
		}
		all = append(all, setting{key, value, line})
	}
	return all, nil
}

// A badLine is a line of a block that makes the block unusable.
type badLine struct {
	line       int
	what, next string
}

func (p *passage) bad(b *badLine) string {
	return p.box(b.line, b.next, "%s", b.what)
}
