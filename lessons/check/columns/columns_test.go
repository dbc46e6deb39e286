package columns

import "testing"

func TestWidth(t *testing.T) {
	for s, want := range map[string]int{
		"":                    0,
		"abc":                 3,
		"größe":               5,
		"世界":                  4,
		"e\u0301":             1,
		"👋🏽":                  4, // terminals do not agree on skin tones; most show two signs
		"\x1b[31mred\x1b[0m!": 4,
		"✓ ✗ · …":             7,
	} {
		if got := Width(s); got != want {
			t.Errorf("Width(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		s    string
		n    int
		want string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"世界世界", 5, "世界…"}, {"世界世界", 4, "世…"}, {"abc", 1, "…"}, {"abc", 0, ""}, {"", 0, ""},
	} {
		if got := Fit(c.s, c.n); got != c.want {
			t.Errorf("Fit(%q, %d) = %q, want %q", c.s, c.n, got, c.want)
		}
	}
	if got := Pad("世", 4); got != "世  " {
		t.Errorf("Pad gives %q", got)
	}
}
