package workbench

import (
	"bytes"
	"strings"
)

// Pages know lines that end in LF only, as a text field gives them back. What
// is on disk keeps its own line ends, and so do versions.

var toLF = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// shown is a text as pages get it.
func shown(content []byte) string { return toLF.Replace(string(content)) }

// hasCRLF reports whether lines end in CRLF, most of them at least.
func hasCRLF(content []byte) bool {
	crlf := bytes.Count(content, []byte("\r\n"))
	return crlf > 0 && 2*crlf >= bytes.Count(content, []byte("\n"))
}

// withEndsOf is a text of a page with the line ends that a file has.
func withEndsOf(file []byte, text string) []byte {
	if text = toLF.Replace(text); hasCRLF(file) {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return []byte(text)
}
