package check

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// errNotLoopback is why a page's check of another machine is refused.
var errNotLoopback = errors.New("not an address of this computer")

// dialer returns the function that opens TCP connections. With loopback the
// address that is dialled, whatever name led to it, must be a loopback address.
func dialer(loopback bool) func(ctx context.Context, network, address string) (net.Conn, error) {
	d := &net.Dialer{}
	if loopback {
		d.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
			return onlyLoopback(address)
		}
	}
	return d.DialContext
}

// onlyLoopback judges the address that is about to be dialled.
func onlyLoopback(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !at.Addr().Unmap().IsLoopback() {
		return errNotLoopback
	}
	return nil
}

// open opens TCP for a member, in place of a connection that it has.
func (r *stepRun) open(at member, within time.Duration) (*conn, *failure) {
	if old := r.conns[at.name]; old != nil {
		old.drop()
	}
	ctx, cancel := context.WithDeadline(r.ctx, r.deadline(within))
	defer cancel()
	raw, err := r.dial(ctx, "tcp", r.target.address)
	if err != nil {
		return nil, r.unreachable(err, within)
	}
	r.reached.Store(true)
	c := newConn(r.ctx, at.name, raw, r.tape, &r.budget)
	if old := r.conns[at.name]; old != nil {
		c.lastID = old.lastID
	} else {
		r.order = append(r.order, at.name)
	}
	r.conns[at.name] = c
	return c, nil
}

// unreachable explains why TCP could not be opened, and what to do.
func (r *stepRun) unreachable(err error, within time.Duration) *failure {
	f := &failure{verdict: Inconclusive, awaiting: "connect", got: "no connection" + stamp(r.tape.now()), expected: "a TCP connection to " + r.target.address}
	var dns *net.DNSError
	switch {
	case errors.Is(err, errNotLoopback):
		f.why = r.target.address + " is not an address of this computer, and only those may be checked from a page"
		f.likely = "Give a URL of this computer, such as http://localhost:3000; duplex check takes any."
	case errors.As(err, &dns):
		f.why = "the name in " + r.target.address + " is not known here"
		f.likely = "Look for a typing error in the URL; a server of your own is at localhost."
	case errors.Is(err, errRefused) && r.reached.Load():
		f.verdict, f.tags = Fail, []string{"stopped"}
		if r.heads > 0 {
			f.tags = append(f.tags, "eof")
		}
		f.why = "the server stopped: it answered before, and now nothing listens"
		f.likely = "Something ended the whole program, in this step or before it: look at what it printed last."
	case errors.Is(err, errRefused):
		f.why = "nothing listens at " + r.target.address
		f.likely = "Start your server and leave it running, or give the URL that it listens at."
	case errors.Is(err, errReset):
		f.verdict, f.tags, f.awaiting = Fail, []string{"reset", "eof"}, "head"
		f.why = "the server reset the connection without an answer"
		f.got = "TCP reset" + stamp(r.tape.now())
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		f.why = fmt.Sprintf("%s did not accept a connection within %s", r.target.address, showDuration(within))
		f.likely = "A firewall drops the connection, the address is wrong, or the server no longer accepts."
	default:
		f.why = "no connection to " + r.target.address + ": " + reason(err)
		f.likely = "Look at the URL, and whether the server runs."
	}
	return f
}

// hungUp looks, after the server hung up, whether it still listens. When it
// does not, the whole program has stopped, and the later steps need not be
// tried.
func (r *stepRun) hungUp(f *failure) *failure {
	if !hasTag(f, "eof") || hasTag(f, "stopped") || r.served != nil || r.ctx.Err() != nil {
		return f
	}
	probe, err := r.dial(r.ctx, "tcp", r.target.address)
	if err == nil {
		probe.Close()
		return f
	}
	if !errors.Is(err, errRefused) {
		return f
	}
	r.skipRest("the server stopped")
	if r.heads == 0 && f.awaiting == "head" {
		return r.unreachable(err, DefaultWithin)
	}
	f.why += "; the whole server stopped, and nothing listens any more"
	f.tags = append([]string{"stopped"}, f.tags...)
	return f
}

// reason is the innermost words of a network error.
func reason(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}
