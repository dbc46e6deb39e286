package sources

import (
	"io/fs"
	"reflect"
	"slices"
	"testing"
	"testing/fstest"
)

func TestRefs(t *testing.T) {
	for _, tc := range []struct {
		name, content string
		want          Refs
	}{
		{"go.mod", "// of a learner\nmodule exercises // mine\n\ngo 1.26\n", Refs{Module: "exercises"}},
		{"echo/a.go", "package main\n\nimport (\n\t\"fmt\"\n\tr \"x/room\"\n)\n\n//go:embed a.txt  all:dir\n//go:embed `b c` \"d e\"\nvar f embed.FS\n", Refs{Imports: []string{"fmt", "x/room"}, Embeds: []string{"a.txt", "all:dir", "b c", "d e"}}},
		{"echo/half.go", "package main\n\nimport \"fmt\"\nimport (", Refs{Imports: []string{"fmt"}}},
		{"echo/a.s", "import \"fmt\"", Refs{}},
	} {
		if got := RefsOf(tc.name, []byte(tc.content)); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: %+v, want %+v", tc.name, got, tc.want)
		}
	}
}

// A program is its package, the packages that it imports and what they embed,
// and nothing else that lies about.
func TestWalk(t *testing.T) {
	files := fstest.MapFS{}
	for name, content := range map[string]string{
		"go.mod":             "module m\n",
		"echo/a.go":          "package main\n\n//go:embed [a-z]*.go words\nvar f embed.FS\n",
		"echo/main.go":       "package main\n\nimport \"m/echo/room\"\n",
		"echo/main_test.go":  "package main\n\nimport \"m/alone\"\n",
		"echo/._a.go":        "\x00\x05\x16\x07",
		"echo/_old.go":       "package main\n",
		"echo/words/a.txt":   "a",
		"echo/words/.a.swp":  "a",
		"echo/log.txt":       "a",
		"echo/room/room.go":  "package room\n\nimport \"m/../secret\"\nimport \"m/shared\"\n",
		"shared/shared.go":   "package shared\n\nimport \"m/echo/room\"\n",
		"alone/alone.go":     "package alone\n",
		"vendor/modules.txt": "",
	} {
		files[name] = &fstest.MapFile{Data: []byte(content)}
	}
	var got []string
	err := Walk(files, "echo", func(name string) (Refs, error) {
		got = append(got, name)
		content, err := fs.ReadFile(files, name)
		return RefsOf(name, content), err
	})
	slices.Sort(got)
	want := []string{"echo/a.go", "echo/main.go", "echo/main_test.go", "echo/room/room.go", "echo/words/a.txt", "go.mod", "shared/shared.go", "vendor/modules.txt"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\n%q, want\n%q", err, got, want)
	}
}
