package lint

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"duplex/server/render"
)

// Fix rewrites the lessons of the course in dir so that the body of every
// fence that quotes a file holds what the file says now. It returns the files
// that it changed, by their paths in dir. Each is put in place whole; what
// cannot be rewritten is an error that does not keep it from the others.
func Fix(dir string, source fs.FS) (changed []string, err error) {
	s := survey(os.DirFS(dir), source)
	for _, l := range s.course.Lessons {
		stale := slices.DeleteFunc(slices.Clone(s.pages[l.Slug].Quotes), func(q render.Quote) bool { return q.Body == q.Want })
		if len(stale) == 0 {
			continue
		}
		if e := fixFile(filepath.Join(dir, filepath.FromSlash(l.File)), stale); e != nil {
			err = errors.Join(err, fmt.Errorf("%s is not changed: %w", l.File, e))
			continue
		}
		changed = append(changed, l.File)
	}
	return changed, err
}

func fixFile(file string, stale []render.Quote) error {
	src, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	fixed, err := refresh(string(src), stale)
	if err != nil {
		return err
	}
	return replaceFile(file, []byte(fixed))
}

// refresh puts what each quote wants in the place of its fence's body, from
// the last to the first so that the lines of the others stay where they are.
func refresh(src string, quotes []render.Quote) (string, error) {
	lines := strings.SplitAfter(src, "\n")
	slices.SortFunc(quotes, func(a, b render.Quote) int { return b.Line - a.Line })
	for _, q := range quotes {
		open := lines[q.Line-1]
		indent := open[:len(open)-len(strings.TrimLeft(open, " "))]
		fence := strings.TrimLeft(open, " ")
		mark := fence[:len(fence)-len(strings.TrimLeft(fence, fence[:1]))]
		end := q.Line + strings.Count(q.Body, "\n")
		switch {
		case len(mark) < 3 || mark[0] != '`' && mark[0] != '~':
			return "", fmt.Errorf("line %d: the fence stands within another block; move it to the margin", q.Line)
		case end >= len(lines) || !strings.HasPrefix(strings.TrimLeft(lines[end], " "), mark):
			return "", fmt.Errorf("line %d: the fence does not end where it should; close it with %s", q.Line, mark)
		case strings.Contains("\n"+q.Want, "\n"+mark):
			return "", fmt.Errorf("line %d: the quoted code holds %s itself; open the fence with a longer one", q.Line, mark)
		}
		body := indented(q.Want, indent, strings.HasSuffix(open, "\r\n"))
		lines = slices.Replace(lines, q.Line, end, body...)
	}
	return strings.Join(lines, ""), nil
}

// indented splits code into lines that stand behind the fence's indentation
// and end as its lines do.
func indented(code, indent string, crlf bool) []string {
	var lines []string
	for line := range strings.Lines(code) {
		if line != "\n" {
			line = indent + line
		}
		if crlf {
			line = strings.TrimSuffix(line, "\n") + "\r\n"
		}
		lines = append(lines, line)
	}
	return lines
}

// replaceFile writes the file under another name and renames it, with the mode
// that it had.
func replaceFile(file string, content []byte) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".lint-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(info.Mode().Perm()), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
