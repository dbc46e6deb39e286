package check

import (
	"fmt"
	"strings"
)

// A Problem is one defect of a script.
type Problem struct {
	File  string
	Line  int
	Found string // what stands there
	Want  string // what was expected there
}

func (p Problem) Error() string {
	return fmt.Sprintf("%s:%d: %s; expected %s", p.File, p.Line, p.Found, p.Want)
}

// Problems are all the defects of a script, in the order of their lines.
type Problems []Problem

// Error lists every defect, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// didYouMean returns the candidate nearest to word, or "" when none is near.
func didYouMean(word string, candidates []string) string {
	best, bestAt := "", 1+len(word)/3
	for _, c := range candidates {
		if d := distance(word, c); d <= bestAt && (best == "" || d < bestAt) {
			best, bestAt = c, d
		}
	}
	return best
}

// distance is the number of letters to insert, remove, replace or swap to turn
// a into b (optimal string alignment).
func distance(a, b string) int {
	older, old, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range old {
		old[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(old[j]+1, cur[j-1]+1, old[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], older[j-2]+1)
			}
		}
		older, old, cur = old, cur, older
	}
	return old[len(b)]
}
