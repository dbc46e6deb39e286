package attempt

import "embed"

// Code is this package's own code, which a learner's workspace carries with it
// so that it can grade itself without a network.
//
//go:embed attempt.go machine.go source.go
var Code embed.FS
