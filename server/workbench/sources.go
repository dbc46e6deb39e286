package workbench

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"duplex/lessons/workspace/sources"
)

// relists is how often the sources are listed anew because one of them went
// away in between. An editor that renames needs one; a link to nothing stays.
const relists = 10

// key tells the states of a program's sources apart.
func (x *exercise) key() (string, error) {
	for try := 1; ; try++ {
		key, err := x.keyOnce(try < relists)
		if !errors.Is(err, errGone) {
			return key, err
		}
	}
}

var errGone = errors.New("a file that was listed is gone")

// keyOnce is key; strict: a file that is listed must be there.
func (x *exercise) keyOnce(strict bool) (string, error) {
	if _, err := os.ReadDir(x.dir); err != nil {
		return "", err
	}
	h := sha256.New()
	err := x.walk(func(name string) (sources.Refs, error) {
		content, err := x.part(name)
		ours := name == "go.mod" || name == "vendor/modules.txt" // need not be there
		if errors.Is(err, fs.ErrNotExist) {
			if strict && !ours {
				return sources.Refs{}, errGone
			}
			err = nil
		}
		fmt.Fprintf(h, "%s\x00%s\x00", name, hash(content))
		return sources.RefsOf(name, content), err
	})
	return hex.EncodeToString(h.Sum(nil)[:8]), err
}

// walk visits the files that the program is built from.
func (x *exercise) walk(visit func(name string) (sources.Refs, error)) error {
	return sources.Walk(os.DirFS(x.bench.cfg.Dir), x.name, visit)
}

// part is what a file brings to the program.
func (x *exercise) part(name string) ([]byte, error) {
	return sources.Part(os.DirFS(x.bench.cfg.Dir), name)
}

// A piece is how a source file looked, and what it needs.
type piece struct {
	stamp
	sources.Refs
}

// moved looks at the sources, and reports whether any has changed since the
// last look, was added or removed. A file is read only when it may have
// changed. It is for look alone.
func (x *exercise) moved() bool {
	now := map[string]piece{}
	_ = x.walk(func(name string) (sources.Refs, error) {
		p, ok := x.piece(name)
		if ok {
			now[name] = p
		}
		return p.Refs, nil
	})
	changed := len(now) != len(x.pieces)
	for name, p := range now {
		changed = changed || p.hash != x.pieces[name].hash
	}
	x.pieces = now
	return changed
}

// piece looks at one source file, which may be gone.
func (x *exercise) piece(name string) (p piece, ok bool) {
	info, err := os.Stat(filepath.Join(x.bench.cfg.Dir, filepath.FromSlash(name)))
	if err != nil {
		return p, false
	}
	p.stamp = stampOf(info)
	if old, known := x.pieces[name]; known && p.same(old.stamp) {
		p.hash, p.Refs = old.hash, old.Refs
		return p, true
	}
	if content, err := x.part(name); err == nil {
		p.hash, p.Refs = hash(content), sources.RefsOf(name, content)
	}
	return p, true
}
