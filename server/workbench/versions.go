package workbench

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// keptVersions is how many versions of a file are kept.
const keptVersions = 50

// A Source says who wrote a version.
type Source string

const (
	ByPage    Source = "page"
	ByEditor  Source = "editor"
	ByReset   Source = "reset"
	ByRestore Source = "restore"
	ByStarter Source = "starter" // it is what the exercise began with
)

// A Version is a file as it was saved at one time.
type Version struct {
	ID   string    `json:"id"`
	At   time.Time `json:"at"`
	Size int64     `json:"size"`
	Why  Source    `json:"why"`
}

// versions keeps each version as a file of its own, named after the time, the
// writer and the content: TIME-SOURCE-HASH. Its user sees to it that a file's
// versions are written by one goroutine at a time.
type versions struct {
	root  string
	write func(string, []byte) error
}

var versionName = regexp.MustCompile(`^(\d{19})-([a-z]+)-([0-9a-f]{24})$`)

func (v versions) dir(exercise, file string) string { return filepath.Join(v.root, exercise, file) }

// any reports whether anything is kept.
func (v versions) any() bool {
	_, err := os.Stat(v.root)
	return err == nil
}

// files lists what there are versions of, by name.
func (v versions) files(exercise string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(v.root, exercise))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	names := []string{}
	for _, e := range entries {
		if e.IsDir() && editable(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// list returns a file's versions, the newest first.
func (v versions) list(exercise, file string) ([]Version, error) {
	entries, err := os.ReadDir(v.dir(exercise, file))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	list := []Version{}
	for _, e := range slices.Backward(entries) { // names begin with the time
		m := versionName.FindStringSubmatch(e.Name())
		info, err := e.Info()
		if m == nil || err != nil {
			continue
		}
		nanos, _ := strconv.ParseInt(m[1], 10, 64)
		list = append(list, Version{ID: e.Name(), At: time.Unix(0, nanos).UTC(), Size: info.Size(), Why: Source(m[2])})
	}
	return list, nil
}

// add keeps a version, unless the newest one holds the same.
func (v versions) add(exercise, file string, content []byte, why Source) error {
	list, err := v.list(exercise, file)
	if err != nil {
		return err
	}
	sum := hash(content)
	if len(list) > 0 && strings.HasSuffix(list[0].ID, sum) {
		return nil
	}
	at := time.Now().UnixNano()
	if len(list) > 0 {
		at = max(at, list[0].At.UnixNano()+1) // a clock may be set back
	}
	dir := v.dir(exercise, file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := v.write(filepath.Join(dir, fmt.Sprintf("%019d-%s-%s", at, why, sum)), content); err != nil {
		return err
	}
	for _, old := range list[min(len(list), keptVersions-1):] {
		os.Remove(filepath.Join(dir, old.ID))
	}
	return nil
}

// get returns what a version holds.
func (v versions) get(exercise, file, id string) ([]byte, error) {
	if !versionName.MatchString(id) {
		return nil, fs.ErrNotExist
	}
	return os.ReadFile(filepath.Join(v.dir(exercise, file), id))
}

// keep adds a version of one of the exercise's files.
func (x *exercise) keep(file string, content []byte, why Source) error {
	for _, s := range starter(x.exercise()) {
		if why == ByEditor && s.Name == file && s.Content == shown(content) {
			why = ByStarter
		}
	}
	return x.bench.store.add(x.name, file, content, why)
}

// Versioned lists the files of an exercise that have versions, by name; also
// those that are not there any more.
func (b *Bench) Versioned(name string) ([]string, error) {
	x, err := b.exercise(name)
	if err != nil {
		return nil, err
	}
	names, err := b.store.files(x.name)
	if err != nil {
		return nil, b.readError("The versions of "+x.name+" can't be read", b.store.root, err)
	}
	return names, nil
}

// Versions lists what is kept of a file, the newest first.
func (b *Bench) Versions(name, file string) ([]Version, error) {
	x, err := b.exercise(name)
	if err == nil && !editable(file) {
		err = noVersion(file)
	}
	if err != nil {
		return nil, err
	}
	list, err := b.store.list(x.name, file)
	if err != nil {
		return nil, b.readError("The versions of "+file+" can't be read", b.store.root, err)
	}
	return list, nil
}

// Version returns what a version of a file holds, with line ends as in a File.
func (b *Bench) Version(name, file, id string) (string, error) {
	x, err := b.exercise(name)
	if err == nil && !editable(file) {
		err = noVersion(file)
	}
	if err != nil {
		return "", err
	}
	content, err := b.store.get(x.name, file, id)
	if errors.Is(err, fs.ErrNotExist) {
		return "", noVersion(file)
	}
	if err == nil && !utf8.Valid(content) {
		return "", &Error{Code: Failed, What: "That version of " + file + " can't be shown", Why: "it is not UTF-8 text", Next: "It is the file " + id + " in " + b.store.dir(x.name, file)}
	}
	if err != nil {
		return "", b.readError("That version of "+file+" can't be read", b.store.root, err)
	}
	return shown(content), nil
}

func noVersion(file string) error {
	return &Error{Code: NotFound, What: "There is no such version of " + shortened(file), Why: fmt.Sprintf("only the last %d are kept", keptVersions), Next: "Choose another one"}
}

// Reset puts an exercise's starter back in its place. What was there is a
// version of each file; one that can't be kept as a version is not touched,
// and that is the error. Files that the learner has added stay.
func (b *Bench) Reset(name string) ([]File, error) {
	x, err := b.exercise(name)
	if err != nil {
		return nil, err
	}
	if err := b.exists(); err != nil {
		return nil, err
	}
	if err := x.putAllBack(); err != nil {
		return nil, err
	}
	b.look()
	files, err := x.files()
	if err != nil {
		return nil, b.readError("The exercise can't be read", x.name, err)
	}
	return files, nil
}

func (x *exercise) putAllBack() error {
	x.bench.making.RLock()
	defer x.bench.making.RUnlock()
	for _, f := range starter(x.exercise()) {
		if err := x.putBack(f); err != nil {
			return x.bench.fsError("The starter was not put back", x.name+"/"+f.Name, err)
		}
	}
	return nil
}

func (x *exercise) putBack(f File) error {
	x.writing.Lock()
	defer x.writing.Unlock()
	what := "The starter was not put back"
	now, err := x.read(f.Name)
	there := !errors.Is(err, fs.ErrNotExist)
	if there && err != nil { // what is not kept is not overwritten
		return x.bench.readError(what, x.name+"/"+f.Name, err)
	}
	if there {
		if err := x.keep(f.Name, now.content, ByEditor); err != nil {
			return err
		}
	}
	content := withEndsOf(now.content, f.Content)
	if err := x.keep(f.Name, content, ByReset); err != nil {
		return err
	}
	if err := x.folder(); err != nil {
		return err
	}
	return x.bench.cfg.Write(filepath.Join(x.dir, f.Name), content)
}
