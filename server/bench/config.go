package bench

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Mode is what the server does with a message.
type Mode string

const (
	Unknown Mode = ""       // Run finds out
	Echo    Mode = "echo"   // a WebSocket: back to the sender alone
	Chat    Mode = "chat"   // a WebSocket: to everybody, the sender included
	Events  Mode = "events" // an event stream that speaks by itself
	Fan     Mode = "fan"    // an event stream that repeats what is posted to Config.Publish
)

// Bounds of a Config.
const (
	MaxConnections = 50_000
	MaxWindow      = 1024
	MaxSize        = 1 << 20
	MinSize        = stampSize
)

// A Config is a load. Zero values are replaced by what is said in brackets.
type Config struct {
	URL     string // ws, wss, http or https; Echo and Chat turn http into ws
	Mode    Mode   // [what a try shows]
	Publish string // Fan: where messages are posted

	Connections int           // that receive [100]
	Publishers  int           // Chat: as many of the connections; Fan: besides them [4]; Echo: all
	Rate        float64       // messages a second, all publishers together [as many as Window allows]
	Window      int           // messages of a publisher that it has not heard yet [Echo 1, others 8; with Rate 1024]
	Size        int           // bytes of a message [128]
	Warm        time.Duration // what comes before the measuring
	Duration    time.Duration // of the measuring [5 s]
	Send        string        // what is sent, with {message} in it once [{message}]
	AnyHost     bool          // allows a host that is not this machine

	// Dial opens the connections, in place of the net package.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// OnFound is told the mode that was found out, and how it showed.
	OnFound func(mode Mode, how string)
	// OnTick is told once a second how it goes, from the moment when all are connected.
	OnTick func(Progress)
}

// A Progress is how a run goes.
type Progress struct {
	Elapsed, Of time.Duration // warm-up included
	Delivered   uint64        // in all
	PerSecond   float64       // deliveries since the last Progress
	Connected   int           // receivers that are still there
}

func (c Config) withDefaults() Config {
	orElse(&c.Connections, 100)
	orElse(&c.Size, 128)
	orElse(&c.Duration, 5*time.Second)
	orElse(&c.Send, place)
	if c.Dial == nil {
		c.Dial = new(net.Dialer).DialContext
	}
	return c
}

// settled fills in what depends on the mode.
func (c Config) settled() Config {
	switch {
	case c.Rate > 0:
		orElse(&c.Window, MaxWindow)
	case c.Mode == Echo:
		orElse(&c.Window, 1)
	default:
		orElse(&c.Window, 8)
	}
	orElse(&c.Publishers, 4)
	switch c.Mode {
	case Echo:
		c.Publishers = c.Connections
	case Chat:
		c.Publishers = min(c.Publishers, c.Connections)
	case Events:
		c.Publishers = 0
	}
	if c.Mode == Echo || c.Mode == Chat {
		c.URL = toWebSocket(c.URL)
	}
	return c
}

func orElse[T comparable](v *T, fallback T) {
	var zero T
	if *v == zero {
		*v = fallback
	}
}

func toWebSocket(u string) string {
	if rest, ok := strings.CutPrefix(u, "http"); ok {
		return "ws" + rest
	}
	return u
}

// Validate says what of the configuration can't be, and what can.
func (c Config) Validate() error {
	c = c.withDefaults()
	if err := c.validateURL("the URL", c.URL, "ws", "wss", "http", "https"); err != nil {
		return err
	}
	if err := c.validateMode(); err != nil {
		return err
	}
	for _, b := range []struct {
		name      string
		is        float64
		from, to  float64
		allowZero bool
	}{
		{"connections", float64(c.Connections), 1, MaxConnections, false},
		{"publishers", float64(c.Publishers), 1, MaxConnections, true},
		{"window", float64(c.Window), 1, MaxWindow, true},
		{"size", float64(c.Size), MinSize, MaxSize, false},
		{"rate", c.Rate, 0, 1e8, true},
		{"warm-up in seconds", c.Warm.Seconds(), 0, 3600, true},
		{"duration in seconds", c.Duration.Seconds(), 0.01, 24 * 3600, false},
	} {
		if !(b.is >= b.from && b.is <= b.to || b.allowZero && b.is == 0) {
			return fmt.Errorf("%s %s: expected %s to %s", b.name, plain(b.is), plain(b.from), plain(b.to))
		}
	}
	if strings.Count(c.Send, place) != 1 {
		return fmt.Errorf("what to send must hold %s once, where the message goes: %q", place, c.Send)
	}
	return nil
}

// plain writes a number without an exponent.
func plain(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func (c Config) validateMode() error {
	stream := strings.HasPrefix(c.URL, "http")
	switch c.Mode {
	case Unknown:
		if c.Publish != "" && !stream {
			return fmt.Errorf("a URL to publish to goes with an event stream, whose URL begins with http; %s is a WebSocket's", c.URL)
		}
	case Echo, Chat:
		if c.Publish != "" {
			return fmt.Errorf("in the mode %s messages are sent over the WebSocket itself; a URL to publish to goes with the mode fan", c.Mode)
		}
	case Events, Fan:
		if !stream {
			return fmt.Errorf("the mode %s reads an event stream, whose URL begins with http", c.Mode)
		}
		if (c.Mode == Fan) != (c.Publish != "") {
			return fmt.Errorf("the mode fan, and only it, needs the URL that messages are posted to")
		}
	default:
		return fmt.Errorf("unknown mode %q; expected echo, chat, events or fan", c.Mode)
	}
	if c.Publish == "" {
		return nil
	}
	return c.validateURL("the URL to publish to", c.Publish, "http", "https")
}

func (c Config) validateURL(what, s string, schemes ...string) error {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || !slices.Contains(schemes, u.Scheme) {
		return fmt.Errorf("%s is %q; write %s://HOST:PORT/PATH", what, s, strings.Join(schemes, ":// or "))
	}
	if !c.AnyHost && !isLoopback(u.Hostname()) {
		return &NotHereError{u.Hostname()}
	}
	return nil
}

// A NotHereError refuses a load on another machine, as long as Config.AnyHost
// does not allow it.
type NotHereError struct{ Host string }

func (e *NotHereError) Error() string {
	return e.Host + " may be another machine, and a load like this can take a server down"
}

// isLoopback judges by name alone: whoever asks a name server learns only what
// holds now.
func isLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
