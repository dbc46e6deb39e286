package socket

import (
	"embed"
	"io/fs"
)

//go:embed budget.go conn.go deflate.go event.go goodbye.go heartbeat.go message.go socket.go utf8.go
var source embed.FS

// Source returns the code of this package, for the lessons to quote.
func Source() fs.FS { return source }
