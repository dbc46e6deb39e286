package check

import (
	"bytes"
	"strings"
	"testing"
)

func extensionOf(t *testing.T, text string) extension {
	t.Helper()
	all, err := parseExtensions([]string{text})
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	return all[0]
}

// TestDeflate: what one end deflates the other inflates, message by message,
// whatever was agreed on.
func TestDeflate(t *testing.T) {
	for _, params := range []string{"", "; client_no_context_takeover", "; client_max_window_bits=9"} {
		d := newDeflate(extensionOf(t, deflateName+params))
		for _, message := range []string{"", "Hello", "over and over and over and over", "over and over and over and over", strings.Repeat("long ", 20_000), "short"} {
			payload := d.compress([]byte(message))
			if params == "" && bytes.HasSuffix(payload, []byte(emptyBlock)) {
				t.Errorf("the payload of %.20q ends in an empty block", message)
			}
			if got, err := d.inflate(payload); err != nil || string(got) != message {
				t.Errorf("%s: %.20q came back as %.20q, %v", params, message, got, err)
			}
		}
	}
}

// TestInflate: the examples of RFC 7692 §7.2.3, and what is none.
func TestInflate(t *testing.T) {
	for payload, want := range map[string]string{
		"\xf2\x48\xcd\xc9\xc9\x07\x00":                         "Hello",
		"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00":         "Hello",
		"\xf3\x48\xcd\xc9\xc9\x07\x00\x00":                     "Hello",
		"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00": "Hello",
		"\x00":                     "",
		"\x07\xff\xff\xff":         "error",
		"\xf2\x00\x11\x00\x00":     "error",
		"\x00\x05\x00\x00\x00\x48": "error",
	} {
		got, err := newDeflate(extensionOf(t, deflateName)).inflate([]byte(payload))
		if err != nil {
			got = []byte("error")
		}
		if string(got) != want {
			t.Errorf("% x: %q, %v, want %q", payload, got, err, want)
		}
	}
}

// TestInflateForgets: a server that said it keeps no window may not refer to it.
func TestInflateForgets(t *testing.T) {
	server := newDeflate(extensionOf(t, deflateName))
	client := newDeflate(extensionOf(t, deflateName+"; server_no_context_takeover"))
	const message = "over and over and over and over again, the very same words"
	if _, err := client.inflate(server.compress([]byte(message))); err != nil {
		t.Fatal(err)
	}
	if got, err := client.inflate(server.compress([]byte(message))); err == nil && string(got) == message {
		t.Error("the second message was inflated with the window of the first")
	}
}

// TestAgreedOn: which answers fit which offers (RFC 7692 §7.1).
func TestAgreedOn(t *testing.T) {
	for _, c := range []struct {
		offers, answer string
		good           bool
	}{
		{"permessage-deflate", "permessage-deflate", true},
		{"permessage-deflate", "permessage-deflate; server_no_context_takeover; client_no_context_takeover", true},
		{"permessage-deflate", "permessage-deflate; server_max_window_bits=10", true},
		{"permessage-deflate", `permessage-deflate; server_max_window_bits="10"`, true},
		{"permessage-deflate", "permessage-deflate; client_max_window_bits=10", false},
		{"permessage-deflate", "permessage-deflate; x=1", false},
		{"permessage-deflate", "permessage-deflate; server_no_context_takeover=1", false},
		{"permessage-deflate", "permessage-deflate; server_max_window_bits", false},
		{"permessage-deflate", "permessage-deflate; server_max_window_bits=16", false},
		{"permessage-deflate", "permessage-deflate; server_max_window_bits=08", false},
		{"permessage-deflate", "permessage-deflate, permessage-deflate", false},
		{"permessage-deflate", "permessage-deflate; server_no_context_takeover; server_no_context_takeover", false},
		{"permessage-deflate", "x-webkit-deflate-frame", false},
		{"permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits=8", true},
		{"permessage-deflate; client_max_window_bits=9", "permessage-deflate; client_max_window_bits=10", false},
		{"permessage-deflate; server_max_window_bits=10", "permessage-deflate", false},
		{"permessage-deflate; server_max_window_bits=10", "permessage-deflate; server_max_window_bits=9", true},
		{"permessage-deflate; server_max_window_bits=10", "permessage-deflate; server_max_window_bits=11", false},
		{"permessage-deflate; server_no_context_takeover", "permessage-deflate", false},
		{"permessage-deflate; server_max_window_bits=10 permessage-deflate", "permessage-deflate", true},
	} {
		offers := strings.Split(strings.ReplaceAll(c.offers, " permessage", ",permessage"), ",")
		if _, err := agreedOn([]string{c.answer}, offers); (err == nil) != c.good {
			t.Errorf("%s to %s: %v", c.answer, c.offers, err)
		}
	}
}
