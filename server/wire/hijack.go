package wire

import (
	"errors"
	"net"
	"net/http"
	"slices"
)

// ErrNoHead is why Hijack leaves a connection alone: the bytes of the request's
// head were not kept, because it is too long or was sent together with another.
var ErrNoHead = errors.New("wire: the request's head was not kept")

// Hijack takes over the connection of a request that was not answered yet, so
// that somebody else can answer it. read is what was read from the connection
// until now: the request's head as it stood on the wire, and whatever came
// behind it. c has nothing of this package around it.
//
// It needs a connection of a Listener, and fails with ErrNoHead on others. When
// it fails, the request can be answered as ever.
func Hijack(w http.ResponseWriter, r *http.Request) (c net.Conn, read []byte, err error) {
	ours := connOf(r.Context())
	if ours == nil {
		return nil, nil, ErrNoHead
	}
	head := ours.takeHead(r)
	if head == nil {
		return nil, nil, ErrNoHead
	}
	_, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, nil, err
	}
	behind, _ := rw.Reader.Peek(rw.Reader.Buffered())
	return ours.Conn, slices.Concat(head, behind), nil
}
