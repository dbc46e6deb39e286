//go:build race

package conformance

// racing says that the race detector watches, which makes a long message cost
// ten times as much. The tests then hold fewer chapters.
const racing = true
