package check

import (
	"fmt"
	"strconv"
	"strings"
)

// The one extension that the language knows, and its parameters (RFC 7692 §7.1).
const (
	deflateName   = "permessage-deflate"
	serverForgets = "server_no_context_takeover"
	clientForgets = "client_no_context_takeover"
	serverWindow  = "server_max_window_bits"
	clientWindow  = "client_max_window_bits"
)

// notOffered is why a step that needs compression is left out where the server
// does without.
const notOffered = "not tried: the server declines this offer of permessage-deflate, as it may"

// An extension is one element of Sec-WebSocket-Extensions (RFC 6455 §9.1).
type extension struct {
	name   string
	params map[string]string // "" for a parameter without a value
}

// parseExtensions reads the values of Sec-WebSocket-Extensions.
func parseExtensions(values []string) ([]extension, error) {
	var all []extension
	for _, element := range strings.Split(strings.Join(values, ","), ",") {
		parts := strings.Split(element, ";")
		e := extension{strings.TrimSpace(parts[0]), map[string]string{}}
		for _, part := range parts[1:] {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			if _, twice := e.params[name]; twice {
				return nil, fmt.Errorf("%s stands there twice", name)
			}
			e.params[name] = strings.Trim(value, `"`)
		}
		all = append(all, e)
	}
	return all, nil
}

// agreedOn judges the answer to offers of permessage-deflate (RFC 7692 §5.1, §7.1).
// The error says what is wrong with the answer, if it fits none of them.
func agreedOn(answer, offers []string) (extension, error) {
	got, err := parseExtensions(answer)
	switch {
	case err != nil:
		return extension{}, err
	case len(got) != 1 || got[0].name != deflateName:
		return extension{}, fmt.Errorf("only %s was offered, and is answered once", deflateName)
	}
	for _, offer := range offers {
		offered, _ := parseExtensions([]string{offer})
		if err = got[0].answers(offered[0]); err == nil {
			return got[0], nil
		}
	}
	return extension{}, err
}

// answers judges an answer against one offer.
func (e extension) answers(offer extension) error {
	for name, value := range e.params {
		bits, err := strconv.Atoi(value)
		hasBits := err == nil && bits >= 8 && bits <= 15 && value[0] != '0'
		_, offered := offer.params[name]
		most, bounded := strconv.Atoi(offer.params[name])
		switch {
		case name != serverForgets && name != clientForgets && name != serverWindow && name != clientWindow:
			return fmt.Errorf("there is no parameter %s (§7.1)", name)
		case (name == serverForgets || name == clientForgets) && value != "":
			return fmt.Errorf("%s takes no value (§7.1.1)", name)
		case (name == serverWindow || name == clientWindow) && !hasBits:
			return fmt.Errorf("%s is a number from 8 to 15 in an answer (§7.1.2)", name)
		case name == clientWindow && !offered:
			return fmt.Errorf("%s was not offered (§7.1.2.2)", name)
		case hasBits && bounded == nil && bits > most:
			return fmt.Errorf("%s is more than the %d that were offered (§7.1.2)", name, most)
		}
	}
	for _, name := range []string{serverForgets, serverWindow} {
		_, wanted := offer.params[name]
		if _, given := e.params[name]; wanted && !given {
			return fmt.Errorf("%s was asked for, and is not in the answer (§7.1)", name)
		}
	}
	return nil
}

// judgeExtensions judges what the answer to an opening handshake says of
// extensions, and takes up what was agreed on.
func (c *conn) judgeExtensions() *failure {
	answer := c.head.fields.Values("Sec-Websocket-Extensions")
	offers := c.request.offers
	switch {
	case len(answer) == 0 && len(offers) == 0:
		return nil
	case len(answer) == 0:
		return &failure{verdict: Inconclusive, why: notOffered, optional: true}
	case len(offers) == 0:
		return c.wrongHeader("Sec-WebSocket-Extensions", "no Sec-WebSocket-Extensions: none was offered", "header")
	}
	agreed, err := agreedOn(answer, offers)
	if err != nil {
		return c.wrongHeader("Sec-WebSocket-Extensions", "an answer to "+strings.Join(offers, " or ")+": "+err.Error(), "header")
	}
	c.deflate = newDeflate(agreed)
	return nil
}
