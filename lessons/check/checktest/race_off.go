//go:build !race

package checktest

var buildFlags = []string(nil)
