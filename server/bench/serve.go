package bench

import (
	"context"
	"errors"
)

// A ServeConfig says what Serve serves.
type ServeConfig struct {
	Addr     string            // where to listen, HOST:PORT
	Announce func(addr string) // called as soon as connections are accepted
}

// Serve serves what a bench can load, without limits, until ctx ends.
func Serve(ctx context.Context, cfg ServeConfig) error {
	return errors.New("not built yet")
}
