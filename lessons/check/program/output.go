package program

import (
	"fmt"
	"strings"
	"sync"
)

// output keeps the beginning of what is written to it.
type output struct {
	mu    sync.Mutex
	kept  strings.Builder
	limit int
	total int64
}

// add takes what was printed, and returns how much that is by now.
func (o *output) add(b []byte) (total int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.kept.Write(b[:min(len(b), o.limit-o.kept.Len())])
	o.total += int64(len(b))
	return o.total
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	left := o.total - int64(o.kept.Len())
	if left == 0 {
		return o.kept.String()
	}
	return fmt.Sprintf("%s\n… and %d bytes more", o.kept.String(), left)
}
