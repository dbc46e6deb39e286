package check

import (
	"fmt"
	"regexp"
	"strings"
)

// A Reference is where the standard or the documentation says it.
type Reference struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

var (
	rfcForm = regexp.MustCompile(`^RFC (\d+)(?: §([0-9A-Z.]+))?$`)
	webForm = regexp.MustCompile(`^WHATWG ([A-Za-z]+)(?: §([0-9.]+))?$`)
	goForm  = regexp.MustCompile(`^Go ([a-z0-9/.]*[a-z0-9/])(?:\.([A-Z][A-Za-z0-9.]*))?$`)
)

// sseAnchors are the sections of HTML's "9.2 Server-sent events". WHATWG
// standards link by name, not by number.
var sseAnchors = map[string]string{
	"9.2":    "server-sent-events",
	"9.2.1":  "server-sent-events-intro",
	"9.2.2":  "the-eventsource-interface",
	"9.2.3":  "sse-processing-model",
	"9.2.4":  "the-last-event-id-header",
	"9.2.5":  "parsing-an-event-stream",
	"9.2.6":  "event-stream-interpretation",
	"9.2.7":  "authoring-notes",
	"9.2.8":  "eventsource-push",
	"9.2.9":  "garbage-collection-2",
	"9.2.10": "implementation-advice",
}

// webSocketAnchors are the sections of the WebSockets Standard.
var webSocketAnchors = map[string]string{
	"1":   "introduction",
	"2":   "protocol",
	"3":   "the-websocket-interface",
	"3.1": "interface-definition",
	"4":   "feedback-from-the-protocol",
}

// ParseReference turns the words of a "see" line into a reference.
func ParseReference(text string) (Reference, error) {
	if url, title := firstWord(text); strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://") {
		if title == "" {
			title = url
		}
		return Reference{title, url}, nil
	}
	if m := rfcForm.FindStringSubmatch(text); m != nil {
		return Reference{text, "https://www.rfc-editor.org/rfc/rfc" + m[1] + rfcAnchor(m[2])}, nil
	}
	if m := webForm.FindStringSubmatch(text); m != nil {
		if url, ok := webURL(m[1], m[2]); ok {
			return Reference{text, url}, nil
		}
	}
	if m := goForm.FindStringSubmatch(text); m != nil {
		url := "https://pkg.go.dev/" + m[1]
		if m[2] != "" {
			url += "#" + m[2]
		}
		return Reference{text, url}, nil
	}
	return Reference{}, fmt.Errorf("%q is no reference", text)
}

func rfcAnchor(section string) string {
	switch {
	case section == "":
		return ""
	case section[0] >= 'A':
		return "#appendix-" + section
	}
	return "#section-" + section
}

// webURL is the address of a section of a WHATWG standard.
func webURL(standard, section string) (string, bool) {
	switch standard {
	case "HTML":
		if anchor, ok := sseAnchors[section]; ok {
			return "https://html.spec.whatwg.org/multipage/server-sent-events.html#" + anchor, true
		}
		return "https://html.spec.whatwg.org/multipage/", true
	case "WebSockets":
		if anchor, ok := webSocketAnchors[section]; ok {
			return "https://websockets.spec.whatwg.org/#" + anchor, true
		}
		return "https://websockets.spec.whatwg.org/", true
	case "Fetch", "URL", "Encoding":
		return "https://" + strings.ToLower(standard) + ".spec.whatwg.org/", true
	}
	return "", false
}

// references resolves the references of a step.
func (s *Step) references() []Reference {
	refs := make([]Reference, 0, len(s.See))
	for _, see := range s.See {
		if ref, err := ParseReference(see); err == nil {
			refs = append(refs, ref)
		}
	}
	return refs
}
