package render

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A quoteError says why a file cannot be quoted, and what to do.
type quoteError struct{ what, next string }

// quote returns the code of a file, or of one region of it, as a page shows
// it: without the lines that mark regions, and not indented.
func (p *passage) quote(file, region string) (string, *quoteError) {
	src, err := p.readModule(file)
	if err != nil {
		return "", &quoteError{fmt.Sprintf("the file %s cannot be quoted: %v", file, err),
			"name a file by its path in the module (server/demo/echo.go), or in the lesson's folder (./solution/main.go)"}
	}
	code, err := regionOf(strings.ReplaceAll(string(src), "\r\n", "\n"), region)
	if err != nil {
		return "", &quoteError{fmt.Sprintf("%s: %v", file, err),
			fmt.Sprintf("put the code between the lines \"// region %s\" and \"// endregion %[1]s\"", region)}
	}
	return code, nil
}

// readModule reads a file by module path, or beginning with ./ one of the
// lesson's folder.
func (p *passage) readModule(file string) ([]byte, error) {
	fsys, name := p.r.cfg.Source, file
	if rest, ok := strings.CutPrefix(file, "./"); ok {
		fsys, name = p.course.FS, path.Join(p.dir(), rest)
	} else if rest, ok := strings.CutPrefix(file, "lessons/"); ok && p.course.FS != nil {
		fsys, name = p.course.FS, rest
	}
	if name != file {
		p.page.Files = append(p.page.Files, name)
	}
	if !fs.ValidPath(name) {
		return nil, errors.New("the path leads out of the course")
	}
	if fsys == nil {
		return nil, errors.New("there is no such file")
	}
	src, err := fs.ReadFile(fsys, name)
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = errors.New("there is no such file")
	}
	return src, err
}

var regionMark = regexp.MustCompile(`^\s*(?://|#|<!--|--|/\*|;)\s*(region|endregion)\s+([A-Za-z0-9_-]+)\s*(?:-->|\*/)?\s*$`)

// regionOf returns the lines of the region called name, or all lines when name
// is empty.
func regionOf(src, name string) (string, error) {
	var lines []string
	inside, found := name == "", false
	for line := range strings.Lines(src) {
		var m []string
		if strings.Contains(line, "region") { // most lines need no regular expression
			m = regionMark.FindStringSubmatch(strings.TrimRight(line, "\n"))
		}
		switch {
		case m == nil:
			if inside {
				lines = append(lines, line)
			}
		case name == "" || m[2] != name:
		case m[1] == "region" && found:
			return "", fmt.Errorf("the region %s stands there twice", name)
		case m[1] == "region":
			inside, found = true, true
		default:
			inside = false
		}
	}
	switch {
	case name != "" && !found:
		return "", fmt.Errorf("there is no region %s", name)
	case name != "" && inside:
		return "", fmt.Errorf("the region %s does not end", name)
	}
	return dedent(lines), nil
}

// dedent takes blank lines off both ends, and the indentation that all lines
// share off each; of several blank lines, as a line that marked a region leaves
// them, one remains. The result ends in a line feed unless it is empty.
func dedent(lines []string) string {
	lines = slices.CompactFunc(slices.Clone(lines), func(a, b string) bool { return blank(a) && blank(b) })
	for len(lines) > 0 && blank(lines[0]) {
		lines = lines[1:]
	}
	for len(lines) > 0 && blank(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	indent := sharedIndent(lines)
	var b strings.Builder
	for _, line := range lines {
		line = strings.TrimRight(strings.TrimPrefix(line, indent), "\n")
		if blank(line) {
			line = ""
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

func sharedIndent(lines []string) string {
	var indent string
	for i, line := range lines {
		if blank(line) {
			continue
		}
		if i == 0 {
			indent = line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		}
		for !strings.HasPrefix(line, indent) {
			indent = indent[:len(indent)-1]
		}
	}
	return indent
}

func blank(line string) bool { return strings.TrimSpace(line) == "" }
