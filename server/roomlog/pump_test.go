package roomlog

import (
	"io"
	"net"
	"syscall"
	"testing"
)

// A busy connection is one at which something happens before each write.
type busy struct {
	*net.TCPConn
	before func()
}

func (b busy) SyscallConn() (syscall.RawConn, error) {
	raw, err := b.TCPConn.SyscallConn()
	return busyRaw{raw, b.before}, err
}

type busyRaw struct {
	syscall.RawConn
	before func()
}

func (b busyRaw) Write(f func(fd uintptr) bool) error {
	b.before()
	return b.RawConn.Write(f)
}

// While a reader catches up, more is published, and so before each write. The
// others get what is theirs all the same.
func TestCatchingUpHasAnEnd(t *testing.T) {
	n := newNetwork(t)
	r := New(Config{})
	server, client := n.pair()
	go io.Copy(io.Discard, client)
	done := make(chan struct{})
	catching := false
	writes := 0
	before := func() {
		if !catching {
			return
		}
		if writes++; writes == 10_000 {
			t.Error("10,000 writes to one reader, and still none to the other")
		}
		select {
		case <-done:
		default:
			if writes < 10_000 {
				publish(t, r, 1)
			}
		}
	}
	publish(t, r, 2)
	ahead := join(t, r, busy{server, before}, WebSocket, 0)
	other, otherClient := n.pair()
	join(t, r, other, WebSocket, 2)
	ahead.mu.Lock() // it stands elsewhere than the next batch begins, as after having been parked
	ahead.next--
	catching = true
	ahead.mu.Unlock()
	publish(t, r, 1)
	newClient(otherClient, WebSocket).numbers(t, r, 2, 3)
	close(done)
}
