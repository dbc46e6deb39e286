package workspace

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"duplex/lessons/check"
	"duplex/lessons/check/attempt"
	"duplex/lessons/check/checktest"
	"duplex/lessons/check/client"
	"duplex/lessons/check/mailbox"
	"duplex/lessons/check/program"
	"duplex/lessons/check/program/keeper"
	"duplex/server/wire"
)

// goVersion is the language version of a workspace's go.mod and of the
// vendored checker.
const goVersion = "1.26.0"

// third holds the modules that a workspace needs from others, as go mod vendor
// writes them. vendor_test.go keeps it equal to the versions in go.mod.
//
//go:embed vendor
var third embed.FS

// own are this module's packages that grade a workspace. They carry their own
// source, so that a workspace is graded by the very code that this binary runs.
var own = map[string]embed.FS{
	"duplex/lessons/check":                check.Source,
	"duplex/lessons/check/attempt":        attempt.Code,
	"duplex/lessons/check/checktest":      checktest.Source,
	"duplex/lessons/check/client":         client.Source,
	"duplex/lessons/check/mailbox":        mailbox.Source,
	"duplex/lessons/check/program":        program.Source,
	"duplex/lessons/check/program/keeper": keeper.Source,
	"duplex/server/wire":                  wire.Source,
}

// vendored returns every file below vendor/, by its path there.
func vendored() map[string][]byte {
	tree := make(map[string][]byte)
	add(tree, "", third, "vendor")
	for pkg, source := range own {
		add(tree, pkg, source, ".")
	}
	tree["modules.txt"] = append(ownModule(), tree["modules.txt"]...)
	return tree
}

func add(tree map[string][]byte, under string, source embed.FS, root string) {
	err := fs.WalkDir(source, root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := source.ReadFile(name)
		tree[path.Join(under, strings.TrimPrefix(name, root+"/"))] = b
		return err
	})
	if err != nil {
		panic(err) // embedded: nothing can be missing
	}
}

// ownModule is what vendor/modules.txt says of this module.
func ownModule() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# duplex v0.0.0\n## explicit; go %s\n", goVersion)
	for _, pkg := range slices.Sorted(maps.Keys(own)) {
		fmt.Fprintln(&b, pkg)
	}
	return []byte(b.String())
}

var moduleInfo = regexp.MustCompile(`(?m)^# (\S+) (v\S+)$`)

// goMod requires just what is vendored.
func goMod() []byte {
	modules, err := third.ReadFile("vendor/modules.txt")
	if err != nil {
		panic(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\ngo %s\n\nrequire (\n\tduplex v0.0.0\n", moduleLine, goVersion)
	for _, m := range moduleInfo.FindAllSubmatch(modules, -1) {
		fmt.Fprintf(&b, "\t%s %s\n", m[1], m[2])
	}
	b.WriteString(")\n")
	return []byte(b.String())
}
