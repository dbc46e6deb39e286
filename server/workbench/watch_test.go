package workbench

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"duplex/lessons"
)

// However much there is to tell, no message is too long for a page's socket;
// the last one about files says which there are.
func TestNewsInPieces(t *testing.T) {
	b := open(t)
	for i := range 9 {
		write(t, b, fmt.Sprintf("echo/more%d.go", i), "// "+strings.Repeat("<&>", 9000)+"\n")
	}
	x, _ := b.exercise("echo")
	x.mu.Lock()
	x.log.restart()
	for range keptLines {
		x.log.add("out", strings.Repeat("\x1b", 250))
	}
	x.build = Build{State: Bad, Output: strings.Repeat("<ä>", 16<<10), Problems: slices.Repeat([]Problem{{File: "main.go", Line: 1, Text: "a<b"}}, 2000)}
	x.mu.Unlock()
	w, err := b.Watch("echo")
	if err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	var files []string
	lines, last := 0, News{}
	for _, n := range w.Take() {
		if text, _ := json.Marshal(n); len(text) > 220<<10 || n.Files == nil && len(text) > 110<<10 {
			t.Errorf("a message has %d KB", len(text)>>10)
		}
		if n.Files != nil {
			last = n
			for _, f := range *n.Files {
				files = append(files, f.Name)
			}
		}
		lines += len(n.Log)
	}
	if len(files) != 10 || lines != keptLines {
		t.Errorf("told are %v and %d lines", files, lines)
	}
	if last.Names == nil || !slices.Equal(*last.Names, files) || last.Exists == nil || !*last.Exists {
		t.Errorf("the last is %+v", last)
	}
}

// News that comes while a watch begins does not keep it from beginning.
func TestWatchWhileThereIsNews(t *testing.T) {
	b := New(Config{Dir: filepath.Join(t.TempDir(), "work"), Data: t.TempDir(), Course: func() *lessons.Course { return course }})
	t.Cleanup(b.Close)
	x, err := b.exercise("echo")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	for range 2 {
		b.spawn(func() {
			for {
				select {
				case <-done:
					return
				default:
					x.tell(func(*Watch) {})
				}
			}
		})
	}
	defer close(done)
	for range 2000 {
		w, err := b.Watch("echo")
		if err != nil {
			t.Fatal(err)
		}
		<-w.Ready()
		w.Stop()
	}
}

// A page learns that a file is gone, and does not bring it back unasked.
func TestRemoved(t *testing.T) {
	b := open(t)
	f := b.file(t, "echo", "main.go")
	w := b.watching(t, "echo")
	if err := os.Remove(filepath.Join(b.Dir(), "echo", "main.go")); err != nil {
		t.Fatal(err)
	}
	w.until("empty list of names", func(n News) bool {
		return n.Names != nil && *n.Names != nil && len(*n.Names) == 0 && *n.Exists && len(*n.Files) == 0
	})
	_, err := b.Save("echo", "main.go", Edit{Content: says, Base: f.Hash})
	if e := fails(t, err, Removed); e.Theirs != nil {
		t.Errorf("%+v", e)
	}
	if v := b.mustView(t); len(v.Files) != 0 {
		t.Errorf("it is there again: %+v", v.Files)
	}
	if kept := b.versions(t, "echo", "main.go"); len(kept) == 0 || kept[0] != says {
		t.Errorf("kept are %q", kept)
	}
	if _, err := b.Save("echo", "main.go", Edit{Content: says}); err != nil {
		t.Error(err)
	}
	if err := os.RemoveAll(b.Dir()); err != nil {
		t.Fatal(err)
	}
	w.until("word that all is gone", func(n News) bool { return n.Gone })
}
