//go:build !race

package checktest

var buildArgs = []string{"."}
