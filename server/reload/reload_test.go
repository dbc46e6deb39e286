package reload

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"
)

// A tree is a course in memory that changes while it is watched.
type tree struct {
	mu    sync.Mutex
	files fstest.MapFS // replaced, never written to
	told  [][]string
}

func (f *tree) Open(name string) (fs.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.files.Open(name)
}

func (f *tree) put(path string, file *fstest.MapFile) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.files = maps.Clone(f.files)
	f.files[path] = file
}

func (f *tree) write(path, text string) {
	f.put(path, &fstest.MapFile{Data: []byte(text), ModTime: time.Now()})
}

func (f *tree) remove(path string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.files = maps.Clone(f.files)
	delete(f.files, path)
}

func (f *tree) tell(paths []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told = append(f.told, paths)
}

// watch runs a watcher of a small course in a bubble of virtual time, hands
// the tree to act, and ends it.
func watch(t *testing.T, act func(t *testing.T, f *tree)) {
	synctest.Test(t, func(t *testing.T) {
		f := &tree{files: fstest.MapFS{}}
		f.write("course.md", "one")
		f.write("echo/lesson.md", "two")
		time.Sleep(time.Hour) // they are old
		w, err := New(f)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- w.Run(ctx, f.tell) }()
		synctest.Wait()
		act(t, f)
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run ended with %v", err)
		}
	})
}

// after lets looks happen and compares what was told since the last time.
func (f *tree) after(t *testing.T, looks int, want ...[]string) {
	t.Helper()
	time.Sleep(time.Duration(looks)*Interval + time.Millisecond)
	synctest.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.EqualFunc(f.told, want, slices.Equal) {
		t.Errorf("told %q, want %q", f.told, want)
	}
	f.told = nil
}

func TestNothingChanged(t *testing.T) {
	watch(t, func(t *testing.T, f *tree) { f.after(t, 100) })
}

func TestSavesAreTold(t *testing.T) {
	watch(t, func(t *testing.T, f *tree) {
		f.write("echo/lesson.md", "changed")
		f.after(t, 2, []string{"echo/lesson.md"}) // within half a second

		f.write("echo/check.txt", "new")
		f.after(t, 2, []string{"echo/check.txt"})

		f.remove("echo/check.txt")
		f.after(t, 2, []string{"echo/check.txt"})
	})
}

func TestSavesInARowAreToldOnce(t *testing.T) {
	watch(t, func(t *testing.T, f *tree) {
		f.write("echo/lesson.md", "a")
		f.after(t, 1)
		f.write("course.md", "b")
		f.after(t, 1)
		f.remove("echo/lesson.md") // an editor that saves by renaming
		f.after(t, 1)
		f.write("echo/lesson.md", "c")
		f.after(t, 2, []string{"course.md", "echo/lesson.md"})
	})
}

func TestTouchedFileIsNoChange(t *testing.T) {
	watch(t, func(t *testing.T, f *tree) {
		f.write("course.md", "one")
		f.after(t, 10)
	})
}

// On a file system that counts seconds, a second save within the same second
// has the same time, and it may have the same size.
func TestSameTimeAndSize(t *testing.T) {
	watch(t, func(t *testing.T, f *tree) {
		f.write("course.md", "eno")
		first := time.Now()
		f.after(t, 2, []string{"course.md"})
		f.put("course.md", &fstest.MapFile{Data: []byte("neo"), ModTime: first})
		f.after(t, 2, []string{"course.md"})
	})
}

func TestLeftOut(t *testing.T) {
	watch(t, func(t *testing.T, f *tree) {
		f.write(".git/index", "x")
		f.write("echo/.lesson.md.swp", "x")
		f.write("echo/lesson.md~", "x")
		f.write("echo/rust/target/debug/app", "x")
		f.write("node_modules/a/b.js", "x")
		f.after(t, 4)
	})
}

func TestTooManyFiles(t *testing.T) {
	files := fstest.MapFS{}
	for i := range maxFiles + 1 {
		files[fmt.Sprintf("%d.md", i)] = &fstest.MapFile{}
	}
	if _, err := New(files); !errors.Is(err, ErrTooMany) {
		t.Errorf("got %v", err)
	}
}

// An old file is read once, not at every look.
func TestOldFilesAreNotReadAgain(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "course.md")
	long := time.Now().Add(-time.Hour)
	if err := os.WriteFile(file, []byte(strings.Repeat("x", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(file, long, long); err != nil {
		t.Fatal(err)
	}
	w, err := New(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	counted := &counter{FS: w.files}
	w.files = counted
	for range 3 {
		if _, err := w.look(); err != nil {
			t.Fatal(err)
		}
	}
	if counted.files != 0 {
		t.Errorf("it was opened %d more times", counted.files)
	}
}

type counter struct {
	fs.FS
	files int
}

func (c *counter) Open(name string) (fs.File, error) {
	if name != "." {
		c.files++
	}
	return c.FS.Open(name)
}
