package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A request for a program that is on its way is answered by it; one for a
// program that does not come is refused.
func TestProxyWaitsForTheProgram(t *testing.T) {
	w := working(t)
	w.ask("POST", "/work", `{}`, nil)
	file := filepath.Join(w.dir, "echo", "main.go")
	reach := func(source string, status int, want string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
		w.ask("POST", "/work/echo/run", `{}`, nil)
		resp, text := w.get("/proxy/echo/path?token=" + w.token)
		if resp.StatusCode != status || !strings.Contains(text, want) {
			t.Errorf("%s %q, want %d %q", resp.Status, text, status, want)
		}
	}
	if resp, text := w.get("/proxy/echo/path?token=" + w.token); resp.StatusCode != 409 || !strings.Contains(text, "Press Run") {
		t.Errorf("before it was run: %s %q", resp.Status, text)
	}
	reach(answers, 200, "/path 127.0.0.1:")
	reach("// Another one.\n"+answers, 200, "/path 127.0.0.1:")
	reach("package main\n\nfunc main() { undefined() }\n", 409, "does not run")
	reach("package main\n\nfunc main() { panic(1) }\n", 409, "does not run")
}
