package client

import "embed"

// Source is this package's own code, which a learner's workspace carries with
// it so that it can grade itself without a network.
//
//go:embed client.go eventsource.mjs javascript.go lines.go runner.mjs source.go websocket.mjs
var Source embed.FS
