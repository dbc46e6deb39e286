package workbench

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	// interval is the time between two looks at the files. The system is not
	// asked for notifications: they are missing on network drives and in
	// containers, and a look costs about 0.1 ms.
	interval = 250 * time.Millisecond

	// coarse is the age below which a file's time of change proves nothing,
	// since some file systems count whole seconds.
	coarse = 2 * time.Second
)

// A stamp is how a file looked.
type stamp struct {
	modified time.Time
	size     int64
	mode     fs.FileMode
	young    bool // when it was looked at
	hash     string
}

// stampOf is all of a stamp but the hash.
func stampOf(info fs.FileInfo) stamp {
	return stamp{modified: info.ModTime(), size: info.Size(), mode: info.Mode(), young: time.Since(info.ModTime()) < coarse}
}

// same reports whether a file that looked like old before need not be read.
func (s stamp) same(old stamp) bool {
	return old.hash != "" && !old.young && old.size == s.size && old.mode == s.mode && old.modified.Equal(s.modified)
}

// follow looks at the files again and again until the bench is closed.
func (b *Bench) follow() {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		b.look()
		select {
		case <-b.ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look finds what has changed in the workspace since the last look.
func (b *Bench) look() {
	b.making.RLock()
	defer b.making.RUnlock()
	b.lookAtAll()
	b.noticed()
}

func (b *Bench) lookAtAll() {
	for _, l := range b.cfg.Course().Lessons {
		for _, e := range l.Exercises {
			if x, err := b.exercise(e.Name); err == nil {
				x.look()
			}
		}
	}
}

// look notices files that were written, made or removed, by whomever. Their
// contents become versions, pages are told, and the program is built anew when
// any of its sources is another. It holds writing, so that no file is seen
// before the writer's own word about it.
func (x *exercise) look() {
	x.writing.Lock()
	now, changed := x.stamps()
	for _, name := range changed {
		x.see(name)
	}
	x.mu.Lock()
	x.known = now
	x.mu.Unlock()
	moved := x.isGo() && x.moved()
	x.writing.Unlock()
	if len(changed) > 0 {
		x.tell(func(w *Watch) { w.files = true })
	}
	if moved {
		x.changed(true)
	}
}

// see keeps what a file holds as a version, unless it is the starter that
// nobody has touched.
func (x *exercise) see(name string) {
	h, err := x.read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return // removed; what it held was seen before
	}
	for _, s := range starter(x.exercise()) {
		if s.Name == name && s.Hash == h.hash && len(x.known) == 0 {
			return
		}
	}
	if err == nil {
		err = x.keep(name, h.content, ByEditor)
	}
	if err != nil {
		x.bench.cfg.Log.Warn("a version of a file was not kept", "file", x.name+"/"+name, "err", err)
	}
}

// stamps looks at the files and names those that changed. A file is read only
// when it may have.
func (x *exercise) stamps() (now map[string]stamp, changed []string) {
	now = map[string]stamp{}
	entries, _ := os.ReadDir(x.dir) // a folder that is gone has no files
	for _, entry := range entries {
		name := entry.Name()
		if !editable(name) {
			continue
		}
		info, err := os.Stat(filepath.Join(x.dir, name)) // of what a link leads to
		if err != nil {
			continue
		}
		s := stampOf(info)
		old, known := x.known[name]
		if known && s.same(old) {
			s.hash = old.hash
		} else if h, err := x.read(name); err == nil {
			s.hash = h.hash
		} else {
			s.hash = "none: " + reason(err)
		}
		if !known || old.hash != s.hash || old.mode != s.mode {
			changed = append(changed, name)
		}
		now[name] = s
	}
	for name := range x.known {
		if _, there := now[name]; !there {
			changed = append(changed, name)
		}
	}
	return now, changed
}
