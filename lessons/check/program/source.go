package program

import "embed"

// Source is this package's own code, which a learner's workspace carries with
// it so that it can grade itself without a network.
//
//go:embed blame.go env.go failure.go group_other.go group_unix.go group_windows.go output.go ports.go process.go program.go source.go toolchain.go
var Source embed.FS
