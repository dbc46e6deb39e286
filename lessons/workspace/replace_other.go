//go:build !windows

package workspace

// inUse says of an error of renaming whether it may pass: readers are in nobody's
// way here.
func inUse(error) bool { return false }
