package render

import (
	"io/fs"
	"strings"
)

// An Overlay puts file systems together: the files of each stand below the
// path that is its key, as the packages of a module do.
//
//	render.Overlay{"server/demo": demo.Source(), "static": static.FS()}
type Overlay map[string]fs.FS

// Open opens a file of the file system whose key is the longest that name
// begins with.
func (o Overlay) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	dir := name
	for {
		if f, ok := o[dir]; ok {
			rest := strings.TrimPrefix(strings.TrimPrefix(name, dir), "/")
			if rest == "" {
				rest = "."
			}
			return f.Open(rest)
		}
		i := strings.LastIndexByte(dir, '/')
		if i < 0 {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		dir = dir[:i]
	}
}
