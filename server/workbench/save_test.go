package workbench

import "testing"

// A page that is told of a conflict learns whether the file is still the starter:
// that nobody wrote, and it is in nobody's way.
func TestConflictWithStarter(t *testing.T) {
	b := open(t)
	for content, begun := range map[string]bool{b.file(t, "echo", "main.go").Content: true, "package main // theirs\n": false} {
		write(t, b, "echo/main.go", content)
		_, err := b.Save("echo", "main.go", Edit{Content: "package main // mine\n", Base: "none"})
		if e := fails(t, err, Conflict); e.Theirs.Starter != begun {
			t.Errorf("theirs is %+v", e.Theirs)
		}
	}
}
