package watch

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"duplex/lessons"
	"duplex/lessons/workspace/sources"
)

// look hashes the files that the program is built from; "" where there is none.
func (e *exercise) look() string {
	workspace := os.DirFS(filepath.Dir(e.dir))
	h, n := sha256.New(), 0
	visit := func(name string) (sources.Refs, error) {
		content, err := sources.Part(workspace, name)
		if err != nil {
			return sources.Refs{}, nil // it is being replaced: the next look finds it
		}
		if name != "go.mod" && name != "vendor/modules.txt" { // these are not the learner's
			fmt.Fprintf(h, "%q %d\n%s", name, len(content), content)
			n++
		}
		return sources.RefsOf(name, content), nil
	}
	if e.Language == lessons.Go {
		_ = sources.Walk(workspace, e.Name, visit) // visit has no errors
	} else {
		_, _ = visit(path.Join(e.Name, e.Main()))
	}
	if n == 0 {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}

// changed reports whether the program is another than at the last look, or gone.
func (e *exercise) changed() bool {
	now := e.look()
	changed := now != e.hash
	e.hash = now
	return changed
}
