package watch

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"

	"duplex/lessons/check"
)

// memory is where verdicts are kept from one watch to the next, in the
// workspace. A verdict holds as long as the program and the script are the same.
const memory = ".duplex/verdicts.json"

// A memo is what is kept of one exercise.
type memo struct {
	Hash    string        `json:"hash"`
	Verdict check.Verdict `json:"verdict"`
	Passed  int           `json:"passed"`
}

// recall finds out what is known: the verdicts of the watch before, and what is
// a starter still. The first that is not passed becomes current.
func (m *model) recall() {
	memos := map[string]memo{}
	if b, err := os.ReadFile(filepath.Join(m.dir, memory)); err == nil {
		_ = json.Unmarshal(b, &memos) // a broken one is none
	}
	for _, e := range m.exercises {
		if known := memos[e.Name]; known.Hash == e.matter() && !e.missing() {
			e.verdict, e.passed = known.Verdict, known.Passed
		} else if e.missing() || e.isStarter() {
			e.verdict = check.NotStarted
		}
	}
	for _, e := range m.exercises {
		if e.verdict != check.Pass {
			m.current = e
			return
		}
	}
}

// matter hashes what a verdict is about: the program and the script.
func (e *exercise) matter() string {
	h := sha256.Sum256([]byte(e.hash + "\n" + string(e.ScriptSource)))
	return hex.EncodeToString(h[:])
}

// isStarter reports whether the program is as it was handed out.
func (e *exercise) isStarter() bool {
	source, err := os.ReadFile(filepath.Join(e.dir, e.Main()))
	return err == nil && len(e.Starter) > 0 && string(source) == string(e.Starter[0].Source)
}

// remember keeps the verdicts. Where that is not possible, the next watch
// checks anew.
func (m *model) remember() {
	memos := map[string]memo{}
	for _, e := range m.exercises {
		if e.verdict == check.Pass || e.verdict == check.Fail {
			memos[e.Name] = memo{e.matter(), e.verdict, e.passed}
		}
	}
	b, err := json.Marshal(memos)
	if err != nil {
		return
	}
	file := filepath.Join(m.dir, memory)
	if os.MkdirAll(filepath.Dir(file), 0o755) == nil && os.WriteFile(file+".new", b, 0o644) == nil {
		_ = os.Rename(file+".new", file)
	}
}
