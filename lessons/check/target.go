package check

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// A target is where the server under check is.
type target struct {
	address string // host:port to dial
	host    string // for the Host header
	path    string // stands in for the script's first path; "" when the URL is a base
	query   string
}

// Validate says what is wrong with the options before anything is run: a Target
// that is no URL of a server, with what to write instead. With a Client the
// Target may be anything.
func (o Options) Validate() error {
	if o.Client != nil {
		return nil
	}
	_, err := parseTarget(o.Target)
	return err
}

// parseTarget reads http://host:port, ws://host:port/path, or host:port. The
// error says what to write instead.
func parseTarget(raw string) (target, error) {
	text := strings.TrimSpace(raw)
	bare := !strings.Contains(text, "://")
	if bare {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" && u.Port() == "" || bare && u.Port() == "" {
		return target{}, fmt.Errorf("%q is no URL of a server: write it as http://localhost:3000 or ws://localhost:3000/path", raw)
	}
	switch u.Scheme {
	case "http", "ws":
	case "https", "wss":
		return target{}, fmt.Errorf("this check does not speak TLS: let the server listen without it, and write http:// or ws:// instead of %s://", u.Scheme)
	default:
		return target{}, fmt.Errorf("%s:// is no scheme that a check speaks: write http:// or ws://", u.Scheme)
	}
	host, port := u.Hostname(), u.Port()
	if host == "" {
		host = "localhost"
	}
	if port == "" {
		port = "80"
	}
	t := target{address: net.JoinHostPort(host, port), host: u.Host, query: u.RawQuery}
	if strings.HasPrefix(u.Host, ":") {
		t.host = t.address
	}
	if p := u.EscapedPath(); p != "/" || u.RawQuery != "" {
		t.path = p
	}
	return t, nil
}

// resolve turns a path of the script into the one to ask for.
func (t target) resolve(path, first string) string {
	bare, query, _ := strings.Cut(path, "?")
	main, _, _ := strings.Cut(first, "?")
	if t.path == "" || bare != main {
		return path
	}
	if query == "" {
		query = t.query
	}
	if query != "" {
		return t.path + "?" + query
	}
	return t.path
}

// firstPath is the path that the script uses first.
func (s *Script) firstPath() string {
	for _, step := range s.Steps {
		for _, c := range step.Commands {
			if o, ok := c.act.(interface{ asks() string }); ok {
				return o.asks()
			}
		}
	}
	return ""
}
