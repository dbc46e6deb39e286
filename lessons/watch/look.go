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

// maxRead is the size of the largest file that is read at each look. Of what is
// larger, a film that is embedded, the size and the time tell enough.
const maxRead = 1 << 20

// look hashes the files that the program is built from; "" where there is none.
func (e *exercise) look() string {
	h, n := sha256.New(), 0
	visit := func(name string) (sources.Refs, error) {
		content, err := e.part(name)
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
		_ = sources.Walk(os.DirFS(filepath.Dir(e.dir)), e.Name, visit) // visit has no errors
	} else {
		_, _ = visit(path.Join(e.Name, e.Main()))
	}
	if n == 0 {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}

// part is what a file of the workspace brings to a program.
func (e *exercise) part(name string) ([]byte, error) {
	file := filepath.Join(filepath.Dir(e.dir), filepath.FromSlash(name))
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, nil
	case info.Size() > maxRead:
		return fmt.Append(nil, info.Size(), info.ModTime().UnixNano()), nil
	}
	return os.ReadFile(file)
}

// changed reports whether the program is another than at the last look, or gone.
func (e *exercise) changed() bool {
	now := e.look()
	changed := now != e.hash
	e.hash = now
	return changed
}
