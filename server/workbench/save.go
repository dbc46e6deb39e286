package workbench

import (
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// An Edit is what a page wants a file to hold.
type Edit struct {
	Content string `json:"content"`
	Base    string `json:"base"` // the hash of what the edit began with; "" for a new file
	Format  bool   `json:"format"`
	Why     Source `json:"why"` // ByRestore, or as if ByPage
}

// A Saved is a file as it was written, but for its line ends; see File.
type Saved struct {
	Content   string `json:"content"`
	Hash      string `json:"hash"`
	Formatted bool   `json:"formatted"`
	Note      string `json:"note,omitempty"` // why it was not formatted
}

// Save writes a file of an exercise, formatted as gofmt does where that is
// wanted and possible. When the file has changed since the edit began, nothing
// is written, and the error, a Conflict, carries it as it is; when it is gone,
// the error is Removed, and an edit without a base writes it. With both errors
// the edit is a version; where it can't be one, the error says that instead.
// The program is built anew, and started anew if it ran.
func (b *Bench) Save(name, file string, edit Edit) (*Saved, error) {
	x, err := b.exercise(name)
	if err != nil {
		return nil, err
	}
	if err := acceptable(file, edit.Content); err != nil {
		return nil, err
	}
	if err := b.exists(); err != nil {
		return nil, err
	}
	edit.Content = toLF.Replace(edit.Content)
	saved := &Saved{Content: edit.Content}
	if edit.Format && strings.HasSuffix(file, ".go") {
		saved.format()
	}
	if err := x.replace(file, edit, saved); err != nil {
		return nil, err
	}
	b.look()
	return saved, nil
}

func (e Edit) source() Source {
	if e.Why == ByRestore {
		return ByRestore
	}
	return ByPage
}

func acceptable(file, content string) error {
	switch {
	case !editable(file):
		return &Error{Code: BadName, What: "The file " + shortened(file) + " can't be saved here", Why: "its name is not that of a file which a learner edits", Next: "Use a name like room.go: letters, digits, - and _, and the ending .go or .js; tests are checked, not edited"}
	case len(content) > MaxFile:
		return &Error{Code: TooLarge, What: "The file " + file + " is too long", Why: fmt.Sprintf("it has %d KB, and at most %d are edited here", len(content)>>10, MaxFile>>10), Next: "Shorten it, or edit it in your own editor"}
	case encoded(content) > maxShown:
		return &Error{Code: TooLarge, What: "The file " + file + " can't be saved here", Why: "it is full of characters that no text has", Next: "Take them out, or edit it in your own editor"}
	}
	return nil
}

// format makes the content what gofmt makes of it. A program that does not
// parse stays as it is.
func (s *Saved) format() {
	out, err := format.Source([]byte(s.Content))
	if err != nil {
		s.Note = "not formatted: " + err.Error()
		return
	}
	s.Content, s.Formatted = string(out), true
}

// replace writes the file, unless there is a reason against it. What was there
// and what comes are both kept as versions first. The line ends stay as they
// were.
func (x *exercise) replace(file string, edit Edit, saved *Saved) error {
	x.bench.making.RLock()
	defer x.bench.making.RUnlock()
	x.writing.Lock()
	defer x.writing.Unlock()
	what := "The file " + x.name + "/" + file + " was not saved"
	now, err := x.read(file)
	there := !errors.Is(err, fs.ErrNotExist)
	content := withEndsOf(now.content, saved.Content)
	saved.Hash = hash(content)
	if there && err == nil && now.hash == saved.Hash {
		return nil
	}
	against := x.against(file, edit, now, err)
	err = nil
	if there && (against == nil || against.Theirs != nil) {
		err = x.keep(file, now.content, ByEditor) // the page has one text, the disk the other
	}
	if err == nil {
		err = x.keep(file, content, edit.source())
	}
	if err == nil && against != nil {
		against.What = what
		return against
	}
	if err == nil {
		err = x.folder()
	}
	if err == nil {
		err = x.bench.cfg.Write(filepath.Join(x.dir, file), content)
	}
	if err != nil {
		return x.bench.fsError(what, x.name+"/"+file, err)
	}
	return nil
}

// beginsWith reports whether a file is still what the learner began with.
func (x *exercise) beginsWith(f File) bool {
	return slices.ContainsFunc(starter(x.exercise()), func(s File) bool { return s.Name == f.Name && s.Content == f.Content })
}

// against says why an edit is not written over what is there now, or in place
// of what is no longer there. err is that of reading it.
func (x *exercise) against(file string, edit Edit, now held, err error) *Error {
	gone := errors.Is(err, fs.ErrNotExist)
	o := x.odd(file, now, err)
	switch {
	case gone && edit.Base != "":
		return &Error{Code: Removed, Why: "it was removed, or has another name, since you began", Next: "Write it again, or let it go; your text is kept as a version"}
	case gone:
		return nil
	case o != (oddity{}):
		return &Error{Code: Failed, Why: file + " can't be edited here: " + o.why, Next: o.next + "; your text is kept as a version"}
	case now.hash != edit.Base && shown(now.content) != edit.Content:
		theirs := File{Name: file, Content: shown(now.content), Hash: now.hash, ReadOnly: now.readOnly}
		theirs.Starter = x.beginsWith(theirs)
		return &Error{Code: Conflict, Theirs: &theirs, Why: "it was changed by another program, or in another window, since you began", Next: "Compare both texts and choose one; each is kept as a version"}
	case now.readOnly:
		return &Error{Code: ReadOnly, Why: "its permissions do not allow that", Next: "Allow it (on Linux and macOS: chmod u+w " + x.name + "/" + file + ") and save again; the text in the page is kept"}
	}
	return nil
}
