package socket

import (
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// A Heartbeat asks the client for a sign of life, again and again. It is a
// timer, and takes a goroutine only while it sends a ping.
type Heartbeat struct {
	conn        *websocket.Conn
	below       *conn
	every, wait time.Duration

	mu    sync.Mutex
	timer *time.Timer
	ping  time.Time // when the next one is due
	over  bool
}

// StartHeartbeat pings every so often, and closes the connection when nothing
// was heard for wait, pongs included: any byte that is read from the network is
// a sign of life. A client that vanished is cut exactly wait after the last
// byte that was read, as exactly as timers are; a ping that can't be sent does
// not delay that.
//
// For a pong to be heard somebody must be reading. Give one that reads in turns
// with something else, an echo for one, a wait that is longer than the other
// thing may take. Let every be less than wait by the time that a pong may need.
//
// The connection must come from Upgrade.
func StartHeartbeat(conn *websocket.Conn, every, wait time.Duration) *Heartbeat {
	ours := below(conn.NetConn())
	if ours == nil {
		panic("socket: a heartbeat needs a connection from Upgrade, and NetConn on what Options.Wrap put above it")
	}
	h := &Heartbeat{conn: conn, below: ours, every: every, wait: wait, ping: time.Now().Add(every)}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.timer = time.AfterFunc(min(every, wait), h.beat)
	return h
}

// Stop ends the heartbeat. It does not wait for a ping that is being sent: that
// ends with the connection. It may be called at any time.
func (h *Heartbeat) Stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.over = true
	h.timer.Stop()
}

// region beat

// beat runs when the timer is due: to close the connection of a client that
// was silent for too long, or to send a ping. A ping that can't be sent at once
// gives up when the timer is next due, so that no two of them wait.
func (h *Heartbeat) beat() {
	if h.below.silence() >= h.wait {
		h.conn.Close() // which ends the reading
		return
	}
	if due, next := h.again(); due {
		// No need to look at the error: what can't be sent is not answered.
		h.conn.WriteControl(websocket.PingMessage, nil, next)
	}
}

// again sets the timer to the next ping, or to the end of our patience if that
// comes first. It reports whether a ping is due now, and when the timer is.
func (h *Heartbeat) again() (due bool, next time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over {
		return false, next
	}
	now := time.Now()
	if due = !now.Before(h.ping); due {
		h.ping = now.Add(h.every)
	}
	in := min(h.ping.Sub(now), h.wait-h.below.silence())
	h.timer.Reset(in)
	return due, now.Add(in)
}

// endregion beat
