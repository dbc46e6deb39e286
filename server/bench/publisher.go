package bench

import (
	"sync/atomic"
	"time"
)

const (
	maxBatch   = 64                     // messages in one write
	stallAfter = 500 * time.Millisecond // without a sign of its messages a publisher takes them for lost, and goes on
)

// An outlet is where a publisher's messages go.
type outlet interface {
	// send sends messages of one size that stand one behind the other in
	// batch, and returns how many went out whole.
	send(batch []byte, size int) (int, error)
	// hurry makes a send that is under way end soon.
	hurry()
}

// A publisher sends messages as fast as the window, and the rate if there is
// one, allow. Its receiver acks; all else is its own goroutine's until that has
// ended.
type publisher struct {
	run  *run
	id   int
	out  outlet
	over <-chan struct{} // closed when its connection has ended

	acked atomic.Uint64
	wake  chan struct{} // room for one: something was acked

	begin    int64 // when the first message is due
	sent     uint64
	measured uint64 // of them, in the time that is measured
	forgiven uint64 // up to this number, nothing is waited for
	stalls   int
	unsent   uint64 // due, but not sent because the window was full
	end      *ending
	batch    []byte
}

// ack tells that the message seq was heard, and all before it were or won't be.
func (p *publisher) ack(seq uint64) {
	if seq <= p.acked.Load() {
		return
	}
	p.acked.Store(seq) // by one receiver alone
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// publish sends messages until stop is closed or the connection ends.
func (p *publisher) publish(stop <-chan struct{}) {
	p.begin = p.run.now().ns + p.offset()
	timer := time.NewTimer(stallAfter)
	defer timer.Stop()
	for {
		now := p.run.now()
		n := p.allowed(now.ns)
		if n > 0 {
			if err := p.send(n, now); err != nil {
				p.end = &ending{Why: lostConnection(err)}
				return
			}
		}
		select {
		case <-stop:
			p.unsent = p.due(p.run.now().ns) - p.sent
			return
		case <-p.over:
			return
		default:
		}
		if n > 0 {
			continue
		}
		timer.Reset(p.pause(now.ns))
		select {
		case <-stop:
		case <-p.over:
		case <-p.wake:
		case <-timer.C:
			p.forgive(now.ns)
		}
	}
}

// credit is how many messages the window has room for.
func (p *publisher) credit() uint64 {
	waiting := p.sent - max(p.acked.Load(), p.forgiven)
	return uint64(p.run.cfg.Window) - min(waiting, uint64(p.run.cfg.Window))
}

// due is how many messages were due by now, from the first; without a rate, as
// many as were sent.
func (p *publisher) due(now int64) uint64 {
	if p.run.cfg.Rate == 0 || now < p.begin {
		return p.sent
	}
	return max(p.sent, uint64(float64(now-p.begin)/p.interval())+1)
}

// allowed is how many messages to send now.
func (p *publisher) allowed(now int64) int {
	n := min(p.credit(), maxBatch)
	if p.run.cfg.Rate > 0 {
		n = min(n, p.due(now)-p.sent)
	}
	return int(n)
}

// pause is how long nothing is to be done unless something is acked.
func (p *publisher) pause(now int64) time.Duration {
	if p.run.cfg.Rate == 0 || p.credit() == 0 {
		return stallAfter
	}
	return time.Duration(p.dueAt(p.sent+1) - now)
}

// forgive takes what was not heard for stallAfter for lost.
func (p *publisher) forgive(since int64) {
	if p.credit() > 0 || p.run.now().ns-since < int64(stallAfter) {
		return
	}
	p.stalls++
	p.forgiven = p.sent
}

// interval is the time between two messages of a publisher, in nanoseconds.
func (p *publisher) interval() float64 {
	return 1e9 * float64(p.run.cfg.Publishers) / p.run.cfg.Rate
}

// offset spreads the publishers over the interval.
func (p *publisher) offset() int64 {
	if p.run.cfg.Rate == 0 {
		return 0
	}
	return int64(p.interval() * float64(p.id) / float64(p.run.cfg.Publishers))
}

// dueAt is when the message seq is due.
func (p *publisher) dueAt(seq uint64) int64 {
	return p.begin + int64(p.interval()*float64(seq-1))
}

// send sends the next n messages.
func (p *publisher) send(n int, now moment) error {
	p.batch = p.batch[:0]
	for i := range n {
		s := stamp{now.ns, p.id, p.sent + uint64(i) + 1}
		if p.run.cfg.Rate > 0 {
			s.due = p.dueAt(s.seq)
		}
		p.append(s)
	}
	sent, err := p.out.send(p.batch, len(p.run.text.bytes))
	p.sent += uint64(sent)
	if now.measured {
		p.measured += uint64(sent)
	}
	return err
}

func (p *publisher) append(s stamp) {
	at := len(p.batch) + p.run.text.at
	p.batch = append(p.batch, p.run.text.bytes...)
	s.put(p.batch[at:], p.run.id)
}

// hello sends a message that does not count.
func (p *publisher) hello() error {
	p.batch = p.batch[:0]
	p.append(stamp{publisher: p.id})
	_, err := p.out.send(p.batch, len(p.batch))
	return err
}
