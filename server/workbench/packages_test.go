package workbench

import "testing"

// A package that is no program is told so at its clause, and nothing is run.
func TestNotMain(t *testing.T) {
	b := open(t)
	write(t, b, "echo/main.go", "// Package echo echoes.\npackage echo\n\nfunc main() {}\n")
	write(t, b, "echo/tool.go", "//go:build ignore\n\npackage main\n")
	own, err := b.Serve(t.Context(), "echo")
	if err != nil || own.URL != "" || own.Build.State != Bad || len(own.Build.Problems) != 1 {
		t.Fatalf("%+v, %v", own, err)
	}
	if p := own.Build.Problems[0]; p.File != "main.go" || p.Line != 2 || p.Column != 9 || p.Severity != "error" || p.Text == "" {
		t.Errorf("%+v", p)
	}
	if run := b.mustView(t).Run; run.State != Broken || run.What != "Your program does not build" {
		t.Errorf("%+v", run)
	}
	b.works(t)
}
