package roomlog

import (
	"embed"
	"io/fs"
)

//go:embed broadcast.go conn.go doc.go format.go log.go reader.go room.go
var source embed.FS

// Source returns the code of this package, for the lessons to quote.
func Source() fs.FS { return source }
