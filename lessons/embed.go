package lessons

import (
	"embed"
	"io/fs"
)

//go:embed course.md */lesson.md */check.txt
//go:embed */exercise/*.go */solution/*.go */wrong/*.go
//go:embed */*/check.txt */*/exercise/*.go */*/exercise/*.js */*/solution/*.js */*/wrong/*.js
//go:embed */rust/Cargo.toml */rust/src/*.rs
var content embed.FS

// FS returns the built-in course. The patterns above name what belongs to it:
// tests and their data stay out of the binary, and a new kind of file is added
// to them on purpose.
func FS() fs.FS { return content }
