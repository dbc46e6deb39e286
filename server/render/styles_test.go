package render

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// TestContrast: every colour that Styles emits stands out from each ground that
// code stands on, in both themes, as WCAG 2.2 §1.4.3 asks: 4.5:1 at least.
func TestContrast(t *testing.T) {
	base, err := os.ReadFile("../../static/pages/base.css")
	if err != nil {
		t.Fatal(err)
	}
	colours := regexp.MustCompile(`\.code \.(\w+)\{color:light-dark\((#[0-9a-f]{6}),(#[0-9a-f]{6})\)`).FindAllStringSubmatch(string(Styles()), -1)
	if len(colours) != len(shades) {
		t.Fatalf("%d colours in the style sheet, want %d", len(colours), len(shades))
	}
	for _, ground := range []string{"raised", "sunk", "paper", "tint"} {
		m := regexp.MustCompile(`--` + ground + `: light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)`).FindStringSubmatch(string(base))
		if m == nil {
			t.Errorf("base.css has no --%s of two colours", ground)
			continue
		}
		for _, c := range colours {
			for theme, name := range []string{"light", "dark"} {
				if got := contrast(c[2+theme], m[1+theme]); got < 4.5 {
					t.Errorf("%s on --%s, %s: %.2f:1, want 4.5:1 at least", c[1], ground, name, got)
				}
			}
		}
	}
}

// contrast is the contrast ratio of WCAG 2.2.
func contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + .05) / (min(la, lb) + .05)
}

func luminance(hex string) float64 {
	var sum float64
	for i, weight := range []float64{.2126, .7152, .0722} {
		n, _ := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		c := float64(n) / 255
		if c <= .04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func TestContrastIsMeasuredRight(t *testing.T) {
	if got := contrast("#000000", "#ffffff"); math.Abs(got-21) > .001 {
		t.Errorf("black on white: %v, want 21", got)
	}
	if got := contrast("#767676", "#ffffff"); math.Abs(got-4.54) > .01 {
		t.Errorf("#767676 on white: %v, want 4.54", got)
	}
}
