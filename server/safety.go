package server

import (
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"
)

// A safety keeps other web sites out of a server that runs on the learner's
// own machine, where a browser will carry their requests to it.
//
// Three things are checked. The Host header, on every request: a site whose
// name suddenly resolves to 127.0.0.1 (DNS rebinding) is of the same origin as
// far as the browser knows, but it can't hide its name. The Origin header, on
// every WebSocket, event stream and POST: the browser puts no same-origin
// policy before the first, and sends the others before it asks. And the ticket,
// in place of an origin, from the frame that runs a learner's code: its origin
// is opaque and reads "null" for every such frame on any site.
type safety struct {
	ticket string          // unguessable, new at every start
	names  map[string]bool // host names that are ours beside the loopback's
	lan    map[string]bool // names that are ours for those who come over the network
}

// newSafety knows the host name or address that was given to --addr, and the
// machine's own name.
func newSafety(addr, ticket string) *safety {
	s := &safety{ticket: ticket, names: map[string]bool{}, lan: map[string]bool{}}
	host, _, err := net.SplitHostPort(addr)
	if err == nil && host != "" {
		s.names[canonical(host)] = true
	}
	if err == nil && host == "" { // ":8080" listens everywhere; so does what Run then prints
		s.names["::"], s.names["0.0.0.0"] = true, true
	}
	if name, err := os.Hostname(); err == nil {
		s.lan[canonical(name)] = true
		s.lan[canonical(name)+".local"] = true // multicast DNS (RFC 6762)
	}
	return s
}

// canonical gives a host name or address one spelling.
func canonical(host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().WithZone("").String()
	}
	return host
}

// checkHost refuses a request for somebody else's host. Names of the loopback
// are always ours: nobody can point them elsewhere. An address is ours when
// the request came in on it. The port does not matter (it is somebody else's
// behind a forwarded port), since rebinding changes addresses, not ports.
func (s *safety) checkHost(r *http.Request) error {
	host := canonical(hostOf(r.Host))
	local := localAddr(r)
	ip, err := netip.ParseAddr(host)
	switch {
	case host == "localhost", s.names[host]:
		return nil
	case err == nil && (ip.IsLoopback() || ip == local):
		return nil
	case local.IsValid() && !local.IsLoopback() && s.lan[host]:
		return nil
	}
	return &problem{
		Status: http.StatusMisdirectedRequest,
		What:   "Duplex does not serve the host " + shortened(r.Host),
		Why:    "it answers only to its own address, so that no other site can pass itself off as the course",
		Next:   "Open the address that duplex printed when it started; to serve under a name, start it with --addr NAME:PORT",
	}
}

func hostOf(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}

// localAddr is the address of this machine that the request came in on; not
// valid where that is no TCP connection.
func localAddr(r *http.Request) netip.Addr {
	addr, _ := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if addr == nil {
		return netip.Addr{}
	}
	return addr.AddrPort().Addr().Unmap().WithZone("")
}

// checkOrigin refuses a request that a page of another origin made. Programs
// that are no browsers send no Origin and are let in; a browser leaves it out
// of some requests, but then says in Sec-Fetch-Site whose they are. With
// ticketed, the frame of opaque origin that carries our ticket is let in too.
func (s *safety) checkOrigin(r *http.Request, ticketed bool) error {
	origins, site := r.Header.Values("Origin"), r.Header.Get("Sec-Fetch-Site")
	switch {
	case len(origins) > 1:
	case len(origins) == 0:
		if site == "" || site == "same-origin" || site == "none" {
			return nil
		}
	case origins[0] == "null":
		if ticketed && s.holdsTicket(r) {
			return nil
		}
	case site == "cross-site":
	case strings.EqualFold(origins[0], "http://"+strings.TrimSuffix(r.Host, ":80")):
		return nil
	}
	return &problem{
		Status: http.StatusForbidden,
		What:   "This request is refused",
		Why:    "it comes from another site (" + shortened(cameFrom(origins, site)) + "), and only the course's own pages may use " + r.URL.Path,
		Next:   "Use it from a page that this server serves, or from a program that is no browser",
	}
}

func (s *safety) holdsTicket(r *http.Request) bool {
	return subtle.ConstantTimeCompare([]byte(r.URL.Query().Get("ticket")), []byte(s.ticket)) == 1
}

func cameFrom(origins []string, site string) string {
	if len(origins) == 0 {
		return "Sec-Fetch-Site: " + site
	}
	return "Origin: " + strings.Join(origins, ", ")
}

// shortened bounds what is repeated of a stranger's words.
func shortened(s string) string {
	if len(s) > 100 {
		return s[:100] + "…"
	}
	return s
}

// contentPolicy is the Content-Security-Policy of everything but /sandbox:
// our own scripts and styles, nothing inline, nothing from elsewhere.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// guarding checks the host of every request and sets the headers that hold for
// every answer.
func (s *Server) guarding(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		if trustworthy(r) { // elsewhere a browser ignores it, and complains
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
		}
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		boundBody(w, r)
		if err := s.safety.checkHost(r); err != nil {
			s.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// trustworthy reports whether a browser takes the address that it asked for as
// good as one with TLS (W3C Secure Contexts §3.1): one of the loopback's.
func trustworthy(r *http.Request) bool {
	host := canonical(hostOf(r.Host))
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback() || host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// bodyWait is how long a request's body may take to come.
const bodyWait = 10 * time.Second

// boundBody keeps a body that comes slowly, or never, from holding a
// connection. It is for the bodies that no handler asks for as well: net/http
// reads some of those away before it answers. http.Server.ReadTimeout would
// not do: it goes on while the answer is written, and would end every stream.
func boundBody(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyWait)) // net/http's own can
	}
}

// bodyRead lifts the bound once all of the body is there; it would otherwise be
// taken for the client's end while the answer is being made.
func bodyRead(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
}

// ours lets only pages of this server, and programs, through to h.
func (s *Server) ours(h http.Handler) http.Handler {
	return s.answering(func(w http.ResponseWriter, r *http.Request) error {
		if err := s.safety.checkOrigin(r, false); err != nil {
			return err
		}
		h.ServeHTTP(w, r)
		return nil
	})
}

// demoed is as ours, and lets the sandboxed frame in by its ticket. An event
// stream needs leave to be read there (CORS); a WebSocket does not.
func (s *Server) demoed(h http.Handler) http.Handler {
	return s.answering(func(w http.ResponseWriter, r *http.Request) error {
		if err := s.safety.checkOrigin(r, true); err != nil {
			return err
		}
		w.Header().Add("Vary", "Origin")
		if r.Header.Get("Origin") == "null" {
			w.Header().Set("Access-Control-Allow-Origin", "null")
			w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		}
		h.ServeHTTP(w, r)
		return nil
	})
}
