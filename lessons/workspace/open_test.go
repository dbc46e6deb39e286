package workspace

import (
	"path/filepath"
	"testing"
)

func TestOpen(t *testing.T) {
	for _, c := range []struct {
		name, file, content string
		vendored            bool
		is, refused         bool
	}{
		{"empty", "", "", false, false, false},
		{"a workspace", "go.mod", "module workspace\n\ngo 1.26.0\n", true, true, false},
		{"with the line ends of Windows", "go.mod", "module workspace\r\n", true, true, false},
		{"half of one", "go.mod", "module workspace\n\ngo 1.26.0\n", false, false, false},
		{"another module", "go.mod", "module workspaces\n", true, false, true},
		{"other files", "letter.txt", "Dear", false, false, true},
		{"what a system left there", ".DS_Store", "", false, false, false},
	} {
		dir := t.TempDir()
		if c.file != "" {
			write(t, filepath.Join(dir, c.file), []byte(c.content))
		}
		if c.vendored {
			write(t, filepath.Join(dir, "vendor", "modules.txt"), nil)
		}
		if is, err := Open(dir); is != c.is || (err != nil) != c.refused {
			t.Errorf("%s: %v, %v", c.name, is, err)
		}
	}
	if is, err := Open(filepath.Join(t.TempDir(), "none")); is || err != nil {
		t.Errorf("a folder that is not there: %v, %v", is, err)
	}
}
