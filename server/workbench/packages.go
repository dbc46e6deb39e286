package workbench

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path"
	"strings"
)

// noProgram returns what keeps an exercise's package from being a program: the
// name in its package clauses. The go command builds such a package, too, but
// to something that can't run. Packages that do not agree on a name, or do not
// parse, are left to the compiler.
func (x *exercise) noProgram() (list []Problem) {
	entries, _ := os.ReadDir(x.dir)
	for _, e := range entries {
		name := e.Name()
		if !source(name) || !strings.HasSuffix(name, ".go") {
			continue
		}
		fset := token.NewFileSet()
		content, _ := x.part(path.Join(x.name, name))
		f, err := parser.ParseFile(fset, name, string(content), parser.PackageClauseOnly)
		if err != nil {
			continue
		}
		if built, _ := build.Default.MatchFile(x.dir, name); !built {
			continue // for another system, or not for a build at all
		}
		if f.Name.Name == "main" {
			return nil
		}
		list = append(list, notMain(name, fset, f))
	}
	return list
}

func notMain(name string, fset *token.FileSet, f *ast.File) Problem {
	at := fset.Position(f.Name.Pos())
	return Problem{
		File: name, Line: at.Line, Column: at.Column, Severity: "error", Source: "compile",
		Text: fmt.Sprintf("this is package %s, and only package main makes a program: write package main", f.Name.Name),
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
