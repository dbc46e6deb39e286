// Package mailbox carries check reports from the programs that make them
// (duplex check, go test in a workspace) to the server that shows them.
//
// A report is a file in the inbox folder of the data directory. It is written
// whole under another name and then renamed, so a reader never sees half of
// it; and since it needs no server, a check that was run while no course was
// open shows up when the course is opened next.
package mailbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"time"

	"duplex/lessons/check"
)

const (
	folder = "inbox"
	ending = ".json"
	// maxFile bounds what Take reads of one file; a report with all its
	// transcripts is far smaller.
	maxFile = 16 << 20
	// maxName bounds the name of an exercise, which becomes a key of the store.
	maxName = 200
)

// DefaultData is the directory that holds the user's progress unless another
// is named: DUPLEX_DATA if it is set, or "duplex" in the place that the system
// keeps for a program's own data (the XDG Base Directory Specification on
// Linux, Application Support on macOS, LocalAppData on Windows). It is absolute.
func DefaultData() (string, error) {
	if dir := os.Getenv("DUPLEX_DATA"); dir != "" {
		return filepath.Abs(dir)
	}
	base, err := dataHome()
	if err != nil {
		return "", fmt.Errorf("no place for the course's data: %w; name one with --data DIR or DUPLEX_DATA", err)
	}
	return filepath.Join(base, "duplex"), nil
}

func dataHome() (string, error) {
	switch runtime.GOOS {
	case "windows":
		return os.UserCacheDir() // %LocalAppData%
	case "darwin", "ios":
		return os.UserConfigDir() // ~/Library/Application Support
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share"), err
}

// Put leaves a report for the server that keeps its data in the directory
// data. Where that directory does not exist, nobody has opened a course on
// this machine, and Put does nothing. It may be called from any number of
// processes at once.
func Put(data string, r *check.Report) error {
	if _, err := os.Stat(data); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	inbox := filepath.Join(data, folder)
	if err := os.MkdirAll(inbox, 0o755); err != nil {
		return err
	}
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(inbox, fmt.Sprintf("%020d-*.part", time.Now().UnixNano()))
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Close()); err != nil {
		os.Remove(f.Name())
		return err
	}
	return os.Rename(f.Name(), strings.TrimSuffix(f.Name(), ".part")+ending)
}

// Take returns the reports that wait in data, oldest first, and a function
// that removes them: call it once they are stored, so that a report is lost
// at no moment. A file that is not a report is removed with the rest, and
// named in the error. One process at a time may take.
func Take(data string) (reports []*check.Report, done func(), err error) {
	inbox := filepath.Join(data, folder)
	entries, err := os.ReadDir(inbox)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, func() {}, nil
	}
	var files []string
	for _, e := range entries {
		file := filepath.Join(inbox, e.Name())
		switch {
		case strings.HasSuffix(e.Name(), ending):
			files = append(files, file)
		case abandoned(e):
			os.Remove(file)
		}
	}
	sort.Strings(files) // names begin with the time
	for _, file := range files {
		r, readErr := read(file)
		if readErr != nil {
			err = errors.Join(err, readErr)
			continue
		}
		reports = append(reports, r)
	}
	return reports, func() { remove(files) }, err
}

// abandoned says of a file that is no report whether its writer was killed
// before it could name it: none takes an hour.
func abandoned(e fs.DirEntry) bool {
	info, err := e.Info()
	return err == nil && strings.HasSuffix(e.Name(), ".part") && time.Since(info.ModTime()) > time.Hour
}

func remove(files []string) {
	for _, file := range files {
		os.Remove(file)
	}
}

func read(file string) (*check.Report, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%s is no report of a check: larger than %d bytes", file, maxFile)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var r check.Report
	if err := json.Unmarshal(b, &r); err != nil {
		return nil, fmt.Errorf("%s is no report of a check: %w", file, err)
	}
	if r.Exercise == "" || len(r.Exercise) > maxName {
		return nil, fmt.Errorf("%s is no report of a check: it names no exercise", file)
	}
	return &r, nil
}
