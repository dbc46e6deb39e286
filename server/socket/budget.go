package socket

import "sync/atomic"

// A Budget is a number of bytes that connections share. The nil Budget has no
// end. Safe for concurrent use.
type Budget struct {
	left atomic.Int64
}

// NewBudget returns a budget of so many bytes.
func NewBudget(bytes int) *Budget {
	b := new(Budget)
	b.left.Store(int64(bytes))
	return b
}

// Take reports whether there were n bytes left to take.
func (b *Budget) Take(n int) bool {
	if b == nil || b.left.Add(-int64(n)) >= 0 {
		return true
	}
	b.left.Add(int64(n))
	return false
}

// Give puts back n bytes that were taken.
func (b *Budget) Give(n int) {
	if b != nil {
		b.left.Add(int64(n))
	}
}
