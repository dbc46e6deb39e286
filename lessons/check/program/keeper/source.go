package keeper

import "embed"

// Source is this package's own code, which a learner's workspace carries with
// it so that it can grade itself without a network.
//
//go:embed keeper.go keeper_unix.go proc_linux.go proc_other.go source.go
var Source embed.FS
