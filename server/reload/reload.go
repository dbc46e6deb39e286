// Package reload notices that files of a course were saved.
//
//	w, err := reload.New(os.DirFS(dir))
//	err = w.Run(ctx, func(changed []string) { … })
//
// It polls. Notifications by the system are missing on network drives, in
// containers and on some systems' shared folders, and a course is small: some
// dozens of files are looked at in well under a millisecond.
package reload

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	// Interval is the time between two looks.
	Interval = 250 * time.Millisecond

	// coarse is the age below which a file's time of change proves nothing:
	// some file systems count whole seconds, so that two saves within one
	// look alike. Such a young file is read instead.
	coarse = 2 * time.Second

	// maxRead bounds what is read of a file. A larger one, a film say, is
	// judged by its time and size alone.
	maxRead = 4 << 20

	// maxFiles bounds a look, in case that somebody names a home directory.
	maxFiles = 20_000
)

// ErrTooMany is returned for a folder that cannot be a course.
var ErrTooMany = errors.New("too many files to watch")

// A Watcher looks at the files of one tree. Hidden files and folders, and
// folders of dependencies or build output, are left out.
type Watcher struct {
	files fs.FS
	now   func() time.Time
	seen  map[string]entry
}

// An entry is what is known of a file.
type entry struct {
	modified time.Time
	size     int64
	young    bool              // when it was looked at
	sum      [sha256.Size]byte // of what it held; zero for a file above maxRead
}

// New returns a Watcher of files. Changes count from here on.
func New(files fs.FS) (*Watcher, error) {
	w := &Watcher{files: files, now: time.Now}
	var err error
	w.seen, err = w.look()
	return w, err
}

// Run calls changed, from this goroutine, with the sorted paths of the files
// that were written, made or removed, until ctx ends. Changes that follow on
// one another, such as an editor's save by renaming, are told together, once a
// look finds no more of them. A file that can't be read is as good as gone.
// The error is ctx's, or ErrTooMany.
func (w *Watcher) Run(ctx context.Context, changed func(paths []string)) error {
	tick := time.NewTicker(Interval)
	defer tick.Stop()
	pending := map[string]bool{}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		now, err := w.look()
		if err != nil {
			return err
		}
		paths := difference(w.seen, now)
		w.seen = now
		for _, path := range paths {
			pending[path] = true
		}
		if len(paths) == 0 && len(pending) > 0 {
			changed(slices.Sorted(maps.Keys(pending)))
			clear(pending)
		}
	}
}

func difference(before, after map[string]entry) (paths []string) {
	for path, e := range after {
		if old, ok := before[path]; !ok || old.differs(e) {
			paths = append(paths, path)
		}
	}
	for path := range before {
		if _, ok := after[path]; !ok {
			paths = append(paths, path)
		}
	}
	return paths
}

// differs tells whether the content has changed. Touching a file is no change,
// except for one that is too large to be read.
func (e entry) differs(now entry) bool {
	return e.size != now.size || e.sum != now.sum ||
		e.size > maxRead && !e.modified.Equal(now.modified)
}

func (w *Watcher) look() (map[string]entry, error) {
	found := make(map[string]entry, len(w.seen))
	err := fs.WalkDir(w.files, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // gone meanwhile, or unreadable: not there
		case d.IsDir():
			return skip(path, d.Name())
		case strings.HasPrefix(d.Name(), ".") || strings.HasSuffix(d.Name(), "~"):
			return nil
		case len(found) >= maxFiles:
			return ErrTooMany
		}
		if e, ok := w.entry(path, d); ok {
			found[path] = e
		}
		return nil
	})
	return found, err
}

func skip(path, name string) error {
	switch {
	case path == ".":
		return nil
	case strings.HasPrefix(name, "."), name == "node_modules", name == "target", name == "vendor":
		return fs.SkipDir
	}
	return nil
}

// entry describes a file. It is read only when it may have changed.
func (w *Watcher) entry(path string, d fs.DirEntry) (entry, bool) {
	info, err := d.Info()
	if err != nil {
		return entry{}, false
	}
	e := entry{modified: info.ModTime(), size: info.Size(), young: w.now().Sub(info.ModTime()) < coarse}
	old, known := w.seen[path]
	switch {
	case e.size > maxRead:
	case known && !old.young && old.size == e.size && old.modified.Equal(e.modified):
		e.sum = old.sum
	default:
		if e.sum, err = w.sum(path); err != nil {
			return entry{}, false
		}
	}
	return e, true
}

func (w *Watcher) sum(path string) (sum [sha256.Size]byte, err error) {
	f, err := w.files.Open(path)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return sum, err
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}
