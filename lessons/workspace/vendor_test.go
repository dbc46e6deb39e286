package workspace

import (
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "bring vendor/ to the versions that go.mod requires")

// wanted says which files of a module are vendored: its code and its licence.
var wanted = regexp.MustCompile(`(\.go|\.s|/LICENSE|modules\.txt)$`)

// TestVendorIsCurrent makes a module with what a workspace needs, lets the go
// tool vendor it, and compares. With -update it replaces what is here.
func TestVendorIsCurrent(t *testing.T) {
	dir := t.TempDir()
	program := "package main\n\nimport (\n\t_ \"github.com/gobwas/ws/wsutil\"\n\t_ \"github.com/gorilla/websocket\"\n)\n\nfunc main() {}\n"
	write(t, filepath.Join(dir, "main.go"), []byte(program))
	write(t, filepath.Join(dir, "go.mod"), []byte("module workspace\n\ngo "+goVersion+"\n"))
	sums, err := os.ReadFile("../../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "go.sum"), sums)
	for _, m := range []string{"github.com/gorilla/websocket", "github.com/gobwas/ws", "github.com/gobwas/httphead"} {
		gotool(t, dir, "mod", "edit", "-require="+m+"@"+required(t, m))
	}
	gotool(t, dir, "mod", "vendor")

	want := tree(t, filepath.Join(dir, "vendor"))
	if *update {
		replace(t, want)
	}
	have := tree(t, "vendor")
	for name, content := range want {
		if !bytes.Equal(have[name], content) {
			t.Errorf("vendor/%s differs from the module's; run go test ./lessons/workspace -update", name)
		}
		delete(have, name)
	}
	for name := range have {
		t.Errorf("vendor/%s is in no module; run go test ./lessons/workspace -update", name)
	}
}

// TestSourcesAreComplete: a workspace carries this module's packages by lists
// of their files; a file that is missing from a list would not compile there.
func TestSourcesAreComplete(t *testing.T) {
	for pkg, source := range own {
		var listed []string
		entries, err := source.ReadDir(".")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			listed = append(listed, e.Name())
		}
		dir := filepath.Join("..", "..", strings.TrimPrefix(pkg, "duplex/"))
		there, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range there {
			name := filepath.Base(file)
			if !strings.HasSuffix(name, "_test.go") && !slices.Contains(listed, name) {
				t.Errorf("%s: source.go does not embed %s", pkg, name)
			}
		}
	}
}

func required(t *testing.T, module string) string {
	t.Helper()
	var m struct{ Version string }
	if err := json.Unmarshal(gotool(t, ".", "list", "-m", "-json", module), &m); err != nil {
		t.Fatal(err)
	}
	return m.Version
}

func gotool(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return out
}

func tree(t *testing.T, root string) map[string][]byte {
	t.Helper()
	files := make(map[string][]byte)
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !wanted.MatchString(filepath.ToSlash(name)) {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(rel)], err = os.ReadFile(name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func replace(t *testing.T, files map[string][]byte) {
	t.Helper()
	if err := os.RemoveAll("vendor"); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		write(t, filepath.Join("vendor", filepath.FromSlash(name)), content)
	}
}

func write(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := put(file, content); err != nil {
		t.Fatal(err)
	}
}
