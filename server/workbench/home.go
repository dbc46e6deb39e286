package workbench

import (
	"errors"
	"io/fs"
	"os"

	"duplex/lessons/workspace"
)

// there reports whether the workspace is there. Where it is not, gone tells
// whether it once was: since the bench was made, or before, as the versions
// show that were kept of it. The error says why it can't be made, either.
func (b *Bench) there() (exists, gone bool, err error) {
	exists, err = workspace.Open(b.cfg.Dir)
	if exists {
		b.seen.Store(true)
		return true, false, nil
	}
	return false, b.seen.Load() || b.store.any(), err
}

// exists reports whether the workspace is there, or says what to do.
func (b *Bench) exists() error {
	there, gone, err := b.there()
	switch {
	case err != nil:
		return b.fsError("The workspace can't be opened", b.cfg.Dir, err)
	case there:
		return nil
	case gone:
		return &Error{
			Code: NoWorkspace, Offer: b.cfg.Dir,
			What: "The workspace at " + b.cfg.Dir + " is gone",
			Why:  "its folder or a part of it was removed or renamed, or its drive is not connected",
			Next: "Bring it back, or make it again; what you write here is then saved there, and versions of what was there are kept",
		}
	}
	return &Error{
		Code: NoWorkspace, Offer: b.cfg.Dir,
		What: "There is no workspace at " + b.cfg.Dir,
		Why:  "it was not made yet, or not to its end",
		Next: "Make it; what you write here is then saved there",
	}
}

// noticed tells all pages when the workspace has come, or has gone. It is for
// look alone.
func (b *Bench) noticed() {
	exists, _, _ := b.there()
	if b.existed.Swap(exists) == exists {
		return
	}
	b.lookAtAll() // or a file that came after the last look, and goes before the next one, stays in the pages
	for _, x := range b.all() {
		x.tell(func(w *Watch) { w.files = true })
	}
}

// folder makes the exercise's folder, but not the workspace that it is in: a
// person says whether that is made again.
func (x *exercise) folder() error {
	err := os.Mkdir(x.dir, 0o755)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	if gone := x.bench.exists(); gone != nil {
		return gone
	}
	return err
}
