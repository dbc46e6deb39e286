package render

import (
	"os"
	"path/filepath"
	"testing"
)

// seeds are the markdown files of testdata, and what attackers write.
func seeds(f *testing.F) []string {
	f.Helper()
	all := []string{
		"", "---\n", "## \x00\xff", "```", "```quiz a\nask:\n- [x]\n", "## <script>\n", "# a\n# b\n# c\n",
		"[a](javascript:alert(1))", "![<script>](x.svg)", "<!-- notes: <script> -->", "```go title=\"<script>\" tab=\"\\\"><script>\"\n```",
		"```frame\n" + "ff ff ff ff ff ff ff ff ff ff\n```", "```sequence title=\"<x>\"\n<a> -> <b>: <c>\n```", "> [!NOTE]", "| a\n|-\n| <script>",
		"```demo echo\nlabel: \"><script>\n```", "## a\n```demo chat\nroom: \"><script>\n```",
	}
	files, err := filepath.Glob("testdata/*.md")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, string(src))
	}
	return all
}
