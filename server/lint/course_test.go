package lint

import (
	"os"
	"testing"
)

// TestBuiltInCourse: the course of this repository has no defect, as it lies on
// disk, strays and copies of quoted code included. Its programs are tested
// beside them, in package lessons.
func TestBuiltInCourse(t *testing.T) {
	problems := Run(t.Context(), Options{Course: os.DirFS("../../lessons"), Source: os.DirFS("../..")})
	for _, p := range problems {
		t.Errorf("lessons/%v", p)
	}
}
