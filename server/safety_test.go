package server

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// A route of each kind that a page of another site might use.
const (
	push   = "socket /live"
	match  = "socket /play/echo"
	echo   = "socket /demo/echo"
	stream = "GET /demo/events"
	post   = "POST /progress/section"
)

// Every attack on every kind of route, and beside each what looks like it and
// must work. HOST stands for the server's host and port, PORT for its port,
// TICKET for its ticket.
func TestWhoMayUseIt(t *testing.T) {
	r := start(t, testConfig(t))
	all := []string{push, match, echo, stream, post}
	for _, tc := range []struct {
		settles string
		routes  []string
		headers []string
		query   string
		refused bool
	}{
		{"a page of ours", all, []string{"Origin", "http://HOST", "Sec-Fetch-Site", "same-origin"}, "", false},
		{"a page of ours, Origin left out", all, []string{"Sec-Fetch-Site", "same-origin"}, "", false},
		{"a program", all, nil, "", false},
		{"an address that a person typed", all, []string{"Sec-Fetch-Site", "none"}, "", false},
		{"another site", all, []string{"Origin", "https://evil.example"}, "", true},
		{"another site, as browsers say it", all, []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, "", true},
		{"another site without Origin", all, []string{"Sec-Fetch-Site", "cross-site"}, "", true},
		{"a sister site without Origin", all, []string{"Sec-Fetch-Site", "same-site"}, "", true},
		{"another port of this machine", all, []string{"Origin", "http://127.0.0.1:1", "Sec-Fetch-Site", "same-site"}, "", true},
		{"another name of this machine", all, []string{"Origin", "http://localhost:PORT"}, "", true},
		{"the same host by TLS", all, []string{"Origin", "https://HOST"}, "", true},
		{"a name that begins like ours", all, []string{"Origin", "http://HOST.evil.example"}, "", true},
		{"an empty Origin", all, []string{"Origin", ""}, "", true},
		{"rebinding: the name is the attacker's, and the same in Origin", all, []string{"Host", "evil.example:PORT", "Origin", "http://evil.example:PORT", "Sec-Fetch-Site", "same-origin"}, "", true},
		{"an opaque origin", all, []string{"Origin", "null", "Sec-Fetch-Site", "cross-site"}, "", true},
		{"an opaque origin with a wrong ticket", all, []string{"Origin", "null"}, "?ticket=WRONG", true},
		{"an opaque origin with an empty ticket", all, []string{"Origin", "null"}, "?ticket=", true},
		{"our sandbox at the demos", []string{echo, stream}, []string{"Origin", "null", "Sec-Fetch-Site", "cross-site"}, "?ticket=TICKET", false},
		{"our sandbox anywhere else", []string{push, match, post}, []string{"Origin", "null", "Sec-Fetch-Site", "cross-site"}, "?ticket=TICKET", true},
		{"the ticket in another site's hands", all, []string{"Origin", "https://evil.example"}, "?ticket=TICKET", true},
	} {
		for _, route := range tc.routes {
			t.Run(tc.settles+"/"+route, func(t *testing.T) {
				_, port, _ := net.SplitHostPort(r.addr)
				fill := strings.NewReplacer("HOST", r.addr, "PORT", port, "TICKET", r.s.safety.ticket)
				status := r.knock(t, route, fill.Replace(tc.query), fill, tc.headers)
				refused := status == http.StatusForbidden || status == http.StatusMisdirectedRequest
				if refused != tc.refused {
					t.Errorf("answered %d", status)
				}
			})
		}
	}
}

// knock makes a request as route says and returns the status of the answer.
func (r *running) knock(t *testing.T, route, query string, fill *strings.Replacer, headers []string) int {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	body := ""
	if method == "POST" {
		body = `{"lesson":"echo","section":"the-loop"}`
	}
	req, err := http.NewRequestWithContext(t.Context(), strings.Replace(method, "socket", "GET", 1), r.url(path+query), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if method == "socket" {
		for name, value := range map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="} {
			req.Header.Set(name, value)
		}
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], fill.Replace(headers[i+1]))
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
	}
	resp, err := client(t).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// A form can post to another origin without asking, but only as one of three
// types, none of which is JSON.
func TestFormPostIsNoJSON(t *testing.T) {
	r := start(t, testConfig(t))
	for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""} {
		resp, _ := r.do("POST", "/progress/reset", `{"lesson":""}`, "Content-Type", kind)
		if resp.StatusCode != http.StatusUnsupportedMediaType {
			t.Errorf("%q: %s", kind, resp.Status)
		}
	}
}

// Which hosts are served, by the address that a request came in on.
func TestHosts(t *testing.T) {
	const loopback, network, network6 = "127.0.0.1", "192.168.1.5", "fd00::5"
	for _, tc := range []struct {
		addr, local, host string
		want              bool
	}{
		{"127.0.0.1:8080", loopback, "127.0.0.1:8080", true},
		{"127.0.0.1:8080", loopback, "localhost:8080", true},
		{"127.0.0.1:8080", loopback, "LOCALHOST.:8080", true},
		{"127.0.0.1:8080", loopback, "[::1]:8080", true},
		{"127.0.0.1:8080", loopback, "localhost:9000", true}, // a forwarded port
		{"127.0.0.1:80", loopback, "localhost", true},
		{"127.0.0.1:8080", loopback, "", false},
		{"127.0.0.1:8080", loopback, "evil.example:8080", false},
		{"127.0.0.1:8080", loopback, "localhost.evil.example:8080", false},
		{"127.0.0.1:8080", loopback, "127.0.0.1.evil.example:8080", false},
		{"127.0.0.1:8080", loopback, "192.168.1.5:8080", false},
		{"127.0.0.1:8080", loopback, "0.0.0.0:8080", false},
		{"127.0.0.1:8080", loopback, "2130706433:8080", false}, // 127.0.0.1 as one number
		{"127.0.0.1:8080", loopback, "my-laptop:8080", false},

		{"0.0.0.0:8080", network, "192.168.1.5:8080", true},
		{"0.0.0.0:8080", network, "192.168.1.6:8080", false},
		{"0.0.0.0:8080", network, "evil.example:8080", false},
		{"0.0.0.0:8080", network, "my-laptop:8080", true},
		{"0.0.0.0:8080", network, "my-laptop.local:8080", true},
		{"0.0.0.0:8080", loopback, "localhost:8080", true},
		{"0.0.0.0:8080", loopback, "0.0.0.0:8080", true}, // the address as it was given
		{":8080", network6, "[fd00::5]:8080", true},
		{":8080", network6, "[fd00::6]:8080", false},
		{":8080", "::ffff:192.168.1.5", "192.168.1.5:8080", true}, // an IPv4 client of an IPv6 socket
		{"[::]:8080", loopback, "[::]:8080", true},
		{"192.168.1.5:8080", network, "192.168.1.5:8080", true},
		{"192.168.1.5:8080", network, "evil.example:8080", false},
		{"class.example:8080", network, "class.example:8080", true},
		{"class.example:8080", network, "other.example:8080", false},
	} {
		s := newSafety(tc.addr, "ticket")
		s.lan = map[string]bool{"my-laptop": true, "my-laptop.local": true}
		req := httptest.NewRequest("GET", "/", nil)
		req.Host = tc.host
		var local net.Addr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(tc.local), 8080))
		req = req.WithContext(context.WithValue(req.Context(), http.LocalAddrContextKey, local))
		if got := s.checkHost(req) == nil; got != tc.want {
			t.Errorf("--addr %s, arrived on %s, Host %q: served %v", tc.addr, tc.local, tc.host, got)
		}
	}
}

// The rebinding check holds on every route, harmless ones included.
func TestRebindingReachesNothing(t *testing.T) {
	r := start(t, testConfig(t))
	for _, path := range []string{"/", "/lessons/echo", "/healthz", "/static/main.js", "/sandbox", "/progress", "/search.json", "/nothing"} {
		resp, _ := r.get(path, "Host", "evil.example")
		if resp.StatusCode != http.StatusMisdirectedRequest {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
}

func TestHeaders(t *testing.T) {
	r := start(t, testConfig(t))
	for _, path := range []string{"/", "/lessons/echo", "/nothing", "/static/main.js", "/progress"} {
		resp, _ := r.get(path)
		for name, want := range map[string]string{
			"Content-Security-Policy":      contentPolicy,
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "same-origin",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := resp.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
	if strings.Contains(contentPolicy, "unsafe") {
		t.Error("the policy allows something unsafe")
	}
}

// Only where a browser heeds it is a page asked to stand alone.
func TestTrustworthy(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost:8080": true, "127.0.0.1:8080": true, "[::1]:8080": true, "a.localhost": true,
		"192.168.1.5:8080": false, "my-laptop.local:8080": false, "localhost.example": false,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = host
		if got := trustworthy(r); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
}

// The sandbox has its own policy, reaches the demos and nothing else, and
// carries the ticket in its page only.
func TestSandbox(t *testing.T) {
	r := start(t, testConfig(t))
	resp, body := r.get("/sandbox")
	if resp.StatusCode != 200 {
		t.Skipf("no sandbox page is embedded yet: %s", resp.Status)
	}
	policy := resp.Header.Get("Content-Security-Policy")
	for _, want := range []string{"sandbox allow-scripts;", "default-src 'none'", "frame-ancestors 'self'",
		"connect-src http://" + r.addr + "/demo/ ws://" + r.addr + "/demo/ http://" + r.addr + "/play/ ws://" + r.addr + "/play/;"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %q: %s", want, policy)
		}
	}
	if strings.Contains(policy, "allow-same-origin") || strings.Contains(policy, "unsafe-eval") {
		t.Errorf("the policy allows too much: %s", policy)
	}
	if !strings.Contains(body, r.s.safety.ticket) {
		t.Error("the page does not carry the ticket")
	}
	if _, page := r.get("/lessons/echo"); strings.Contains(page, r.s.safety.ticket) {
		t.Error("a lesson's page carries the ticket")
	}
	if other := start(t, testConfig(t)); other.s.safety.ticket == r.s.safety.ticket {
		t.Error("two starts have the same ticket")
	}
}

// The frame of opaque origin may read the event stream; no page else may.
func TestStreamsCORS(t *testing.T) {
	r := start(t, testConfig(t))
	for query, want := range map[string]string{"?ticket=" + url.QueryEscape(r.s.safety.ticket): "null", "": ""} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", r.url("/demo/events"+query), nil)
		if err != nil {
			t.Fatal(err)
		}
		if query != "" {
			req.Header.Set("Origin", "null")
		}
		resp, err := client(t).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("Access-Control-Allow-Origin"); got != want || resp.StatusCode != 200 {
			t.Errorf("%q: %s, allowed for %q", query, resp.Status, got)
		}
	}
}

// A deadlined answer notes the deadlines that are set on its connection.
type deadlined struct {
	*httptest.ResponseRecorder
	set []bool // whether there is one, from then on
}

func (d *deadlined) SetReadDeadline(at time.Time) error {
	d.set = append(d.set, !at.IsZero())
	return nil
}

// A body that is asked for, and one that nobody asks for, may not hold a
// connection; one that has come whole leaves no deadline to a stream.
func TestBodiesAreBoundInTime(t *testing.T) {
	s, err := New(testConfig(t))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, c := range []struct {
		method, path, body string
		want               []bool
	}{
		{"GET", "/healthz", "", nil},
		{"POST", "/nowhere", "{}", []bool{true}},
		{"POST", "/progress/reset", `{"lesson":"echo"}`, []bool{true, false}},
		{"POST", "/progress/reset", `{"lesson":"` + strings.Repeat("x", maxBody) + `"}`, []bool{true}},
	} {
		r := httptest.NewRequest(c.method, "http://localhost"+c.path, strings.NewReader(c.body))
		r.Header.Set("Content-Type", "application/json")
		w := &deadlined{ResponseRecorder: httptest.NewRecorder()}
		s.Handler().ServeHTTP(w, r)
		if !slices.Equal(w.set, c.want) {
			t.Errorf("%s %s with %d bytes: deadlines %v, want %v", c.method, c.path, len(c.body), w.set, c.want)
		}
	}
}
