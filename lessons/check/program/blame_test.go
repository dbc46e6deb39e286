package program

import "testing"

// What the go command says of a program, and what it says of a machine.
func TestOfProgram(t *testing.T) {
	for output, want := range map[string]bool{
		"# m/echo\n./main.go:3:15: undefined: x\n":                                                                true,
		"# m/echo\n.\\main.go:3:15: undefined: x\n":                                                               true,
		"main.go:3:8: package m/zzz is not in std (/usr/local/go/src/m/zzz)\n":                                    true,
		"# m/echo\n./main.go:2:6: \"out of memory\" (untyped string constant) is not used\n./a.go:1:1: x":         true,
		"found packages two (b.go) and main (main.go) in /w/echo\n":                                               true,
		"package m/echo\n\timports m/echo/a from main.go\n\timports m/echo from a.go: import cycle not allowed\n": true,
		"package m/echo: build constraints exclude all Go files in /w/echo\n":                                     true,
		"# m/echo\nruntime.main_main·f: function main is undeclared in the main package\n":                        true,

		"# m/echo\n/usr/local/go/pkg/tool/linux_amd64/link: open x.exe: no space left on device\n": false,
		"main.go:3:8: could not import fmt (open /c/fmt.a: no space left on device)\n":             false,
		"# fmt\n/usr/local/go/pkg/tool/linux_amd64/compile: signal: killed\n":                      false,
		"go: go.mod requires go >= 1.26.0 (running go 1.22.1; GOTOOLCHAIN=local)\n":                false,
		"go: creating work dir: mkdir /tmp/go-build1: permission denied\n":                         false,
		"": false,
	} {
		if e := (&BuildError{Output: output}); e.OfProgram() != want {
			t.Errorf("of the program: %v, want %v:\n%s", !want, want, output)
		}
	}
}
