package bench

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
)

// A receiver keeps the books on what one connection hears. Its fields are
// guarded by its tally's lock, which the reader of the connection takes once
// for all that came in one piece.
type receiver struct {
	*tally
	run *run

	first int          // the publisher of flows[0]
	flows []flow       // by publisher
	acks  []*publisher // those that wait for what this receiver hears, by publisher; may be nil

	heard    bool   // a message with the number 0, in the joining phase
	got      uint64 // messages that count, from the first to the last
	measured uint64 // those of them that came while it was measured
	changed  uint64 // Echo: came back other than they were sent
	declared uint64 // the server said that this receiver misses so many
	refused  uint64 // the server said so to what this connection published
	refusal  string // the words of the first of them
	stranger string // the first message that was not ours

	numbered bool   // Events: there was a number
	epoch    string // Events: what stood before the number in the id

	connected int64 // how long opening took, in nanoseconds

	end *ending // why the connection is over; nil while it is not, or because we ended it
}

// A tally is shared by some receivers, so that there is not a histogram for
// each of thousands.
type tally struct {
	mu      sync.Mutex
	latency histogram
}

// An ending is why a connection ended that should not have.
type ending struct {
	Code int    // of the Close frame; 0 without one
	Why  string // its reason, or what happened instead
}

// said reports whether the server announced the end.
func (e *ending) said() bool { return e != nil && e.Code != 0 }

// A moment is when something was read, and whether that is measured.
type moment struct {
	ns       int64 // since the run began
	measured bool
}

// message takes one message, which may hold several of ours: some servers join
// what waits into one.
func (r *receiver) message(m []byte, now moment) {
	s, at := findStamp(m, r.run.id)
	if at < 0 {
		r.notice(m)
		return
	}
	if r.run.cfg.Mode == Echo && s.seq > 0 && !r.run.text.same(m, at) {
		r.changed++
	}
	for at >= 0 {
		r.stamped(s, now)
		m = m[at+stampSize:]
		s, at = findStamp(m, r.run.id)
	}
}

func (r *receiver) stamped(s stamp, now moment) {
	if s.seq == 0 {
		if !r.heard {
			r.heard = true
			r.run.someoneHeard()
		}
		return
	}
	i := s.publisher - r.first
	if i < 0 || i >= len(r.flows) {
		return // Echo: somebody else's
	}
	r.flows[i].saw(s.seq)
	r.count(now)
	if now.measured {
		r.latency.add(now.ns - s.due)
	}
	if r.acks != nil && r.acks[i] != nil {
		r.acks[i].ack(s.seq)
	}
}

func (r *receiver) count(now moment) {
	r.got++
	if now.measured {
		r.measured++
	}
}

// notice takes a message that is not ours: the server may say that it left some
// out, or that it did not take one.
func (r *receiver) notice(m []byte) {
	if r.stranger == "" {
		r.stranger = excerpt(m)
	}
	if !bytes.Contains(m, []byte(`"lagged"`)) && !bytes.Contains(m, []byte(`"refused"`)) {
		return
	}
	var said struct {
		Type   string
		Missed uint64
		Why    string
	}
	if json.Unmarshal(m, &said) != nil {
		return
	}
	switch said.Type {
	case "lagged":
		r.declared += said.Missed
	case "refused":
		r.refused++
		orElse(&r.refusal, excerpt([]byte(said.Why)))
		r.run.tellNews()
	}
}

// event takes an event of a stream.
func (r *receiver) event(e event, now moment) {
	switch {
	case string(e.kind) == "lagged":
		var said struct{ Missed uint64 }
		if json.Unmarshal(e.data, &said) == nil {
			r.declared += said.Missed
		}
	case r.run.cfg.Mode == Fan:
		r.message(e.data, now)
	default:
		r.number(e)
		r.count(now)
	}
}

// number follows the numbers of a stream that speaks by itself. It may be
// joined in its middle, and a new epoch begins anew.
func (r *receiver) number(e event) {
	epoch, n, ok := eventNumber(e)
	if !ok {
		return
	}
	f := &r.flows[0]
	if !r.numbered || epoch != r.epoch {
		r.numbered, r.epoch = true, epoch
		f.begin(n)
	}
	f.saw(n)
}

// eventNumber finds an event's number: in an id that is a number or "epoch:number",
// and otherwise at the end of data like "Event 7". Numbers count from 1 here.
func eventNumber(e event) (epoch string, n uint64, ok bool) {
	digits := string(e.id)
	if i := strings.LastIndexByte(digits, ':'); i >= 0 {
		epoch, digits = digits[:i], digits[i+1:]
	}
	if n, err := strconv.ParseUint(digits, 10, 62); err == nil {
		return epoch, n + 1, true
	}
	data := string(e.data)
	n, err := strconv.ParseUint(data[strings.LastIndexByte(data, ' ')+1:], 10, 62)
	return "", n + 1, err == nil
}

// excerpt is the beginning of a message, in one line.
func excerpt(m []byte) string {
	const most = 120
	s := strings.Join(strings.Fields(strings.ToValidUTF8(string(m[:min(len(m), 4*most)]), "�")), " ")
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}
