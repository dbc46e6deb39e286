package render

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
)

// A sequence block draws who says what to whom, in order:
//
//	```sequence title="The opening handshake"
//	client -> server: GET /demo/echo, Upgrade: websocket
//	server -> client: 101 Switching Protocols
//	note: From here on it is frames.
//	client -x server: a frame that is lost
//	```
//
// Two or three ends; the first use of a name gives the order, from left to
// right. Directions are those of the first end: what it sends is solid, round
// and blue, what it receives dashed, square and orange.

var (
	seqArrow = regexp.MustCompile(`^\s*([^:>]*?)\s*-([>x])\s*([^:]*?)\s*:\s*(.*?)\s*$`)
	seqNote  = regexp.MustCompile(`^\s*note:\s*(.*?)\s*$`)
)

// maxEnds is how many ends fit beside each other on a narrow screen.
const maxEnds = 3

// A seqStep is a message, or a note between messages.
type seqStep struct {
	from, to int // from 1; 0 for a note
	lost     bool
	text     string
	line     int
}

func (p *passage) sequence(f fence) string {
	ends, steps, bad := f.sequence()
	if bad != nil {
		return p.bad(bad)
	}
	var b strings.Builder
	title := f.attrs["title"]
	label := html.EscapeString("Sequence of messages between " + strings.Join(ends, ", "))
	if title == "" {
		fmt.Fprintf(&b, "<figure class=\"sequence\" aria-label=\"%s\">\n", label)
	} else {
		fmt.Fprintf(&b, "<figure class=\"sequence\">\n<figcaption>%s</figcaption>\n", p.inline(title, f.line))
	}
	fmt.Fprintf(&b, "<div class=\"sequence-grid ends-%d\">\n", len(ends))
	for i, end := range ends {
		fmt.Fprintf(&b, "<span class=\"sequence-end end-%d\">%s</span>\n", i+1, html.EscapeString(end))
	}
	b.WriteString("<ol class=\"sequence-steps\">\n")
	for _, s := range steps {
		p.seqStep(&b, ends, s)
	}
	b.WriteString("</ol>\n</div></figure>\n")
	return b.String()
}

func (p *passage) seqStep(b *strings.Builder, ends []string, s seqStep) {
	if s.from == 0 {
		fmt.Fprintf(b, "<li class=\"sequence-note\">%s</li>\n", p.inline(s.text, s.line))
		return
	}
	class, fate := "between", ""
	switch {
	case s.from == 1:
		class = "sent"
	case s.to == 1:
		class = "received"
	}
	way := "right"
	if s.to < s.from {
		way = "left"
	}
	if s.lost {
		way, fate = way+" lost", ", lost"
	}
	fmt.Fprintf(b, "<li class=\"sequence-step %s %s span-%d-%d\"><span class=\"quiet\">%s to %s%s: </span><span class=\"sequence-text\">%s</span><span class=\"sequence-arrow\"></span></li>\n",
		class, way, min(s.from, s.to), max(s.from, s.to), html.EscapeString(ends[s.from-1]), html.EscapeString(ends[s.to-1]), fate, p.inline(s.text, s.line))
}

// sequence reads the block's lines.
func (f fence) sequence() (ends []string, steps []seqStep, bad *badLine) {
	for i, text := range strings.Split(f.body, "\n") {
		line := f.line + 1 + i
		if strings.TrimSpace(text) == "" {
			continue
		}
		if m := seqNote.FindStringSubmatch(text); m != nil {
			steps = append(steps, seqStep{text: m[1], line: line})
			continue
		}
		m := seqArrow.FindStringSubmatch(text)
		if m == nil || m[1] == "" || m[3] == "" {
			return nil, nil, &badLine{line, "this line of the sequence is neither a message nor a note", "write client -> server: what is sent, or note: …"}
		}
		var at [2]int
		for j, name := range []string{m[1], m[3]} {
			if !slices.Contains(ends, name) {
				ends = append(ends, name)
			}
			at[j] = slices.Index(ends, name) + 1
		}
		switch {
		case at[0] == at[1]:
			return nil, nil, &badLine{line, "a message goes from an end to itself", "name another end, or write a note"}
		case len(ends) > maxEnds:
			return nil, nil, &badLine{line, fmt.Sprintf("the sequence has more than %d ends: %s", maxEnds, strings.Join(ends, ", ")), "make two figures of it, or mend the name"}
		}
		steps = append(steps, seqStep{from: at[0], to: at[1], lost: m[2] == "x", text: m[4], line: line})
	}
	if len(ends) == 0 {
		return nil, nil, &badLine{f.line, "the sequence is empty", "write client -> server: what is sent"}
	}
	return ends, steps, nil
}
