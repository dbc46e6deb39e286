package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport says which packages of this module each one may import: the arrows
// of the design, all in one direction. A package that is not here is unknown
// to the design; give it a place.
var mayImport = map[string][]string{
	"server/wire":               {},
	"static":                    {},
	"lessons/check":             {"server/wire"},
	"lessons/check/program":     {"lessons/check/program/keeper"},
	"lessons/check/attempt":     {"lessons/check", "lessons/check/client", "lessons/check/program"},
	"lessons/check/columns":     {},
	"lessons/check/client":      {"lessons/check", "lessons/check/program"},
	"lessons/check/conformance": {"lessons/check"},
	"lessons/check/mailbox":     {"lessons/check"},
	"lessons/check/checktest":   {"lessons/check", "lessons/check/attempt", "lessons/check/client", "lessons/check/mailbox", "lessons/check/program"},
	"lessons":                   {"lessons/check"},
	"lessons/workspace":         {"lessons", "lessons/check", "lessons/check/attempt", "lessons/check/checktest", "lessons/check/client", "lessons/check/mailbox", "lessons/check/program", "lessons/check/program/keeper", "server/wire"},
	"lessons/workspace/sources": {},
	"lessons/grade":             {"lessons", "lessons/check", "lessons/check/attempt", "lessons/check/columns", "lessons/check/program", "lessons/workspace", "lessons/workspace/sources"},
	"lessons/watch":             {"lessons", "lessons/check", "lessons/check/attempt", "lessons/check/columns", "lessons/check/program", "lessons/workspace/sources"},
	"server/socket":             {},
	"server/roomlog":            {"server/socket"},
	"server/bench":              {},
	"server/bench/bare":         {"server/demo", "server/roomlog", "server/socket"},
	"server/demo":               {"server/roomlog", "server/socket", "server/wire"},
	"server/progress":           {"lessons/check"},
	"server/reload":             {},
	"server/render":             {"lessons", "lessons/check", "server/wire"},
	"server/play":               {"lessons/check", "server/wire"},
	"server/lint":               {"lessons", "lessons/check", "lessons/check/attempt", "lessons/check/client", "lessons/check/program", "lessons/workspace", "server/demo", "server/render", "static"},
	"server":                    {"lessons", "lessons/check", "lessons/check/mailbox", "lessons/check/program", "server/demo", "server/play", "server/progress", "server/reload", "server/render", "server/roomlog", "server/socket", "server/wire", "server/workbench", "static"},
	"server/workbench":          {"lessons", "lessons/check/program", "lessons/workspace", "lessons/workspace/sources"},
	"server/browsertest":        {},
	"cmd/duplex":                {"lessons", "lessons/check", "lessons/check/attempt", "lessons/check/client", "lessons/check/conformance", "lessons/check/mailbox", "lessons/check/program", "lessons/grade", "lessons/watch", "lessons/workspace", "server", "server/bench", "server/bench/bare", "server/lint"},

	"lessons/check/program/keeper": {},
}

// onlyIn names the packages that may import a module of others', tests aside.
var onlyIn = map[string][]string{
	"github.com/yuin/goldmark":     {"server/render"},
	"github.com/alecthomas/chroma": {"server/render"},
	"github.com/gobwas/ws":         {"lessons/check", "server/bench"}, // the server is never graded by its own code
	"github.com/gorilla/websocket": {"server", "server/bench/bare", "server/demo", "server/roomlog", "server/socket"},
	"go.etcd.io/bbolt":             {"server/progress"},
	"github.com/rogpeppe":          {"lessons/workspace"}, // the difference of two starters
	"golang.org/x/term":            {"cmd/duplex"},
	"testing":                      {"lessons/check/checktest"},
	"net/http/httptest":            {},
}

// An importer is one package as go list describes it.
type importer struct {
	ImportPath string
	Name       string
	Imports    []string
}

func TestImportsPointOneWay(t *testing.T) {
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, "duplex/")
		if isProgram(name) {
			continue
		}
		allowed, known := mayImport[name]
		if !known {
			t.Errorf("%s has no place in the design", name)
			continue
		}
		for _, imported := range p.Imports {
			own, ok := strings.CutPrefix(imported, "duplex/")
			if ok && !slices.Contains(allowed, own) {
				t.Errorf("%s imports %s, which points against the flow", name, own)
			}
			if module := restricted(imported); module != "" && !slices.Contains(onlyIn[module], name) {
				t.Errorf("%s imports %s, which only %v may", name, imported, onlyIn[module])
			}
		}
	}
}

// isProgram: the exercises are programs of the learner's, outside of the flow.
func isProgram(name string) bool {
	return strings.HasSuffix(name, "/exercise") || strings.HasSuffix(name, "/solution")
}

func restricted(imported string) string {
	for module := range onlyIn {
		if imported == module || strings.HasPrefix(imported, module+"/") && module != "testing" {
			return module
		}
	}
	return ""
}

func listPackages(t *testing.T) []importer {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Name,Imports", "duplex/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []importer
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p importer
		switch err := dec.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
