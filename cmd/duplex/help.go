package main

import (
	"fmt"
	"io"
	"strings"
)

func isHelp(arg string) bool {
	return arg == "help" || arg == "-h" || arg == "-help" || arg == "--help"
}

// help answers "duplex help" and "duplex help COMMAND".
func help(c console, args []string) int {
	if len(args) == 0 {
		overview(c.out)
		return exitOK
	}
	for _, cmd := range commands() {
		if cmd.name == args[0] {
			cmd.help(c.out)
			return exitOK
		}
	}
	fmt.Fprintf(c.err, "duplex help: there is no command %q; expected one of %s\n", args[0], names())
	return exitUsage
}

func overview(w io.Writer) {
	fmt.Fprint(w, `Duplex teaches real-time web programming by letting you run it.

usage: duplex [COMMAND]

Without a command it serves the course on http://127.0.0.1:8080.

`)
	for _, cmd := range commands() {
		fmt.Fprintf(w, "  %-8s %s\n", cmd.name, cmd.short)
	}
	fmt.Fprint(w, `
"duplex help COMMAND" shows a command's flags and examples.
`)
}

func (cmd *command) help(w io.Writer) {
	fmt.Fprintf(w, "usage: duplex %s %s\n\n%s\n\n%s\n", cmd.name, cmd.args, cmd.short, strings.Trim(cmd.long, "\n"))
}

func names() string {
	var all []string
	for _, cmd := range commands() {
		all = append(all, cmd.name)
	}
	return strings.Join(all, ", ")
}
