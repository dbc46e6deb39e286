package workbench

import (
	"fmt"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path"
	"slices"
	"strings"

	"duplex/lessons/workspace/sources"
)

// noProgram returns what keeps an exercise's package from being a program: the
// name in its package clauses. The go command builds such a package, too, but
// to something that can't run. Packages that do not agree on a name, or do not
// parse, are left to the compiler.
func (x *exercise) noProgram() []Problem {
	if slices.ContainsFunc(x.clauses(), func(c clause) bool { return c.pkg == "main" }) {
		return nil
	}
	return x.notMain()
}

// notMain are the package clauses that make no program.
func (x *exercise) notMain() (list []Problem) {
	for _, c := range x.clauses() {
		if c.pkg != "main" {
			list = append(list, c.problem())
		}
	}
	return list
}

// A clause is the package clause of a Go file that is built. Its place is that
// of the package's name.
type clause struct {
	pkg string
	at  token.Position
}

// clauses are those of the program's Go files, its test not among them.
func (x *exercise) clauses() (list []clause) {
	as := build.Default
	as.CgoEnabled = false // as ToolEnv has it
	entries, _ := os.ReadDir(x.dir)
	for _, e := range entries {
		name := e.Name()
		if !sources.Is(name) || !strings.HasSuffix(name, ".go") {
			continue
		}
		fset := token.NewFileSet()
		content, _ := x.part(path.Join(x.name, name))
		f, err := parser.ParseFile(fset, name, string(content), parser.PackageClauseOnly)
		if err != nil {
			continue
		}
		if built, _ := as.MatchFile(x.dir, name); !built {
			continue // for another system, or not for a build at all
		}
		list = append(list, clause{f.Name.Name, fset.Position(f.Name.Pos())})
	}
	return list
}

func (c clause) problem() Problem {
	return Problem{
		File: c.at.Filename, Line: c.at.Line, Column: c.at.Column, Severity: "error", Source: "compile",
		Text: fmt.Sprintf("this is package %s, and only package main makes a program: write package main", c.pkg),
	}
}

// unbuilt is the build of a package that has these problems before the compiler
// sees it.
func unbuilt(exercise string, list []Problem) Build {
	var out strings.Builder
	for _, p := range list {
		fmt.Fprintf(&out, "%s/%s:%d:%d: %s\n", exercise, p.File, p.Line, p.Column, p.Text)
	}
	return Build{State: Bad, Problems: list, Output: out.String()}
}
