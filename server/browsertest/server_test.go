package browsertest

import (
	"context"
	"net"
	"testing"

	"duplex/server"
)

// start serves the built-in course with fresh data until the test ends, and
// returns its address.
func start(t *testing.T) string {
	t.Helper()
	return startWith(t, server.Config{})
}

func startWith(t *testing.T, cfg server.Config) string {
	t.Helper()
	if cfg.Data == "" {
		cfg.Data = t.TempDir()
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Addr = l.Addr().String()
	s, err := server.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server: %v", err)
		}
	})
	return "http://" + l.Addr().String()
}
