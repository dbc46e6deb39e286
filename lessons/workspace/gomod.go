package workspace

import (
	"bytes"
	"errors"
	"path"
	"regexp"
	"slices"
)

// A module is what the go command needs of a workspace, as it is to be.
type module struct {
	mod    []byte            // go.mod
	vendor map[string][]byte // all below vendor/, by its path there
	ours   []string          // the modules in it that come with the workspace
	yours  bool              // go.mod is not as it was made
}

// module is what there is to be, given what there is. A go.mod that the learner
// has changed stays changed, and so do modules that only the learner has
// vendored.
func (w *writer) module() (m module, err error) {
	m = module{mod: goMod(), vendor: vendored()}
	list := m.vendor["modules.txt"]
	m.ours = paths(list)
	have, err := w.read("go.mod")
	came, cameErr := w.read(path.Join(startersDir, "go.mod"))
	there, thereErr := w.listed()
	if err := errors.Join(err, cameErr, thereErr); err != nil {
		return m, err
	}
	if have == nil || came != nil && same(have, came) {
		return m, nil
	}
	if merged := requiring(have, list); !same(merged, m.mod) {
		m.mod, m.yours = merged, true
		m.vendor["modules.txt"] = slices.Concat(list, others(there, m.ours))
	}
	return m, nil
}

// listed is the list of what is vendored, or what begin has kept of it.
func (w *writer) listed() ([]byte, error) {
	list, err := w.read(marker)
	if list != nil || err != nil {
		return list, err
	}
	return w.read(aside)
}

// section is what vendor/modules.txt says of one module. It has no version
// where go.mod replaces all versions of the module: "# a.com/b => ../b".
var section = regexp.MustCompile(`(?m)^# (\S+)(?: v\S+)?(?: => .*)?\n(?:(?:[^#\n]|##).*\n)*`)

// requiring is a go.mod that requires each module of list in the version that
// is there; all else stays.
func requiring(mod, list []byte) []byte {
	for _, s := range moduleInfo.FindAllSubmatch(list, -1) {
		line := regexp.MustCompile(`(?m)^(require[ \t]+|[ \t]*)` + regexp.QuoteMeta(string(s[1])) + `[ \t]+v\S+([ \t]*(?://.*)?\r?)$`)
		wanted := slices.Concat(s[1], []byte(" "), s[2])
		if line.Match(mod) {
			mod = line.ReplaceAll(mod, slices.Concat([]byte("${1}"), wanted, []byte("${2}")))
		} else {
			mod = slices.Concat(bytes.TrimRight(mod, "\r\n"), []byte("\n\nrequire "), wanted, []byte("\n"))
		}
	}
	return mod
}

// others are the sections of modules that are not ours.
func others(list []byte, ours []string) (all []byte) {
	for _, s := range section.FindAllSubmatch(unixLines(list), -1) {
		if !slices.Contains(ours, string(s[1])) {
			all = append(all, s[0]...)
		}
	}
	return all
}

// paths are those of the modules in a list.
func paths(list []byte) (all []string) {
	for _, s := range section.FindAllSubmatch(list, -1) {
		all = append(all, string(s[1]))
	}
	return all
}
