package workbench

import (
	"errors"
	"fmt"
	"io/fs"
	"unicode/utf8"
)

// maxShown bounds a file as JSON, which may take six bytes for one. A page is
// sent no more at a time; see roomlog.
const maxShown = 200 << 10

// An oddity is why a file can't be edited here, and what to do about that.
type oddity struct{ why, next string }

// odd finds it; err is that of reading the file. The zero oddity is none.
func (x *exercise) odd(name string, h held, err error) oddity {
	switch {
	case errors.Is(err, errNoFile):
		return oddity{"it is a folder, or something else that is no file", "Move it away"}
	case errors.Is(err, fs.ErrPermission):
		return oddity{"it may not be read", "Allow it (on Linux and macOS: chmod u+r " + x.name + "/" + name + ")"}
	case err != nil && !errors.Is(err, errHuge):
		return oddity{reason(err), "Mend that; the other files are not affected"}
	case err != nil || len(shown(h.content)) > MaxFile:
		return oddity{fmt.Sprintf("it is larger than %d KB", MaxFile>>10), "Edit it in your own editor, or make it shorter"}
	case !utf8.Valid(h.content):
		return oddity{"it is not UTF-8 text", "Save it as UTF-8 in your own editor"}
	case encoded(string(h.content)) > maxShown:
		return oddity{"it is full of characters that no text has", "Edit it in your own editor"}
	}
	return oddity{}
}

// file is one file as a page gets it. The only error is that it is not there.
func (x *exercise) file(name string) (File, error) {
	h, err := x.read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return File{}, err
	}
	if o := x.odd(name, h, err); o != (oddity{}) {
		return File{Name: name, Problem: name + " can't be edited here: " + o.why + ". " + o.next + "."}, nil
	}
	f := File{Name: name, Content: shown(h.content), Hash: h.hash, ReadOnly: h.readOnly}
	f.Starter = x.beginsWith(f)
	return f, nil
}

// encoded is about how long a text is as JSON.
func encoded(text string) (n int) {
	for i := range len(text) {
		switch c := text[i]; {
		case c == '\n' || c == '\t' || c == '"' || c == '\\':
			n += 2
		case c < ' ' || c == '<' || c == '>' || c == '&':
			n += 6
		default:
			n++
		}
	}
	return n
}
