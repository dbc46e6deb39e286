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
	left  int
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := min(len(b), o.limit-o.kept.Len())
	o.kept.Write(b[:n])
	o.left += len(b) - n
	return len(b), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.left == 0 {
		return o.kept.String()
	}
	return fmt.Sprintf("%s\n… and %d bytes more", o.kept.String(), o.left)
}
