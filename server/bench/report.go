package bench

import (
	"cmp"
	"slices"
)

// A Report is what became of the messages. Its JSON is what machines read.
// Counts are over the whole run, those a second over the time that was
// measured.
type Report struct {
	URL         string  `json:"url"`
	Mode        Mode    `json:"mode"`
	Connections int     `json:"connections"`
	Publishers  int     `json:"publishers,omitempty"`
	Size        int     `json:"size,omitempty"` // bytes of a message, what it was wrapped in aside
	Rate        float64 `json:"rate,omitempty"` // that was asked for, a second
	Window      int     `json:"window,omitempty"`
	Seconds     float64 `json:"seconds"`               // that were measured
	EndedEarly  bool    `json:"endedEarly,omitempty"`  // interrupted, or nobody was left
	Verdict     Verdict `json:"verdict"`               //
	Why         string  `json:"why"`                   // of the verdict, in words
	Connect     Times   `json:"connect"`               // opening a connection, its handshake included
	Published   Flux    `json:"published"`             //
	Delivered   Flux    `json:"delivered"`             // a message to three receivers counts three times
	Latency     *Times  `json:"latency,omitempty"`     // from when a message was due to its receipt; none in the mode events
	Readers     *Spread `json:"readers,omitempty"`     // events a second of one reader; only in the mode events
	Lost        uint64  `json:"lost"`                  // deliveries that never came, without a word
	Declared    uint64  `json:"declared"`              // deliveries that never came, as the server said
	Repeated    uint64  `json:"repeated"`              // deliveries that had come before
	OutOfOrder  uint64  `json:"outOfOrder"`            // deliveries after a later message of the same publisher
	Changed     uint64  `json:"changed"`               // Echo: came back other than they were sent
	Refused     uint64  `json:"refused"`               // messages that the server did not take, as it said to their publisher
	Refusal     string  `json:"refusal,omitempty"`     // the words of one refusal
	Stalls      int     `json:"stalls"`                // times that a publisher heard nothing of its messages for 500 ms
	Unsent      uint64  `json:"unsent"`                // messages that were due, but the window was full to the end
	Disconnects []Drop  `json:"disconnects,omitempty"` // the most frequent first
}

// A Verdict is what a run comes to.
type Verdict string

const (
	OK   Verdict = "ok"   // all that was sent came once and in order, or the server said what would not
	Fail Verdict = "fail" // it did not
)

// Times are quantiles of durations, in milliseconds; at most 1/64 too low, the
// maximum exact.
type Times struct {
	P50 float64 `json:"p50Ms"`
	P90 float64 `json:"p90Ms"`
	P99 float64 `json:"p99Ms"`
	Max float64 `json:"maxMs"`
}

// A Flux is how many messages there were, and how many a second.
type Flux struct {
	Total     uint64  `json:"total"`
	PerSecond float64 `json:"perSecond"`
}

// A Spread is the slowest and the fastest of several rates.
type Spread struct {
	Min float64 `json:"minPerSecond"`
	Max float64 `json:"maxPerSecond"`
}

// A Drop is how many connections ended for one reason before the load did.
type Drop struct {
	Connections int    `json:"connections"`
	Code        int    `json:"code,omitempty"` // of the Close frame; 0 without one
	Why         string `json:"why"`
}

func (r *run) report() *Report {
	rep := &Report{
		URL: r.cfg.URL, Mode: r.cfg.Mode, Connections: r.cfg.Connections, Publishers: r.cfg.Publishers,
		Size: max(r.cfg.Size, MinSize), Rate: r.cfg.Rate, Window: r.cfg.Window, Seconds: r.seconds, EndedEarly: r.broken,
	}
	var connect, latency histogram
	for _, t := range r.tallies {
		latency.merge(&t.latency)
	}
	measured := r.countPublished(rep)
	rep.Published.PerSecond = perSecond(measured, r.seconds)
	measured = 0
	accepted := r.accepted()
	for _, rx := range r.receivers {
		connect.add(rx.connected)
		rx.tell(rep, accepted)
		measured += rx.measured
	}
	rep.Delivered.PerSecond = perSecond(measured, r.seconds)
	rep.Connect = times(&connect)
	if r.cfg.Mode == Events {
		rep.Size, rep.Window = 0, 0
		rep.Readers = r.spread()
	} else {
		t := times(&latency)
		rep.Latency = &t
	}
	rep.Disconnects = r.drops()
	rep.judge()
	return rep
}

// countPublished adds up the publishers' counts, and returns how many messages
// were sent while it was measured.
func (r *run) countPublished(rep *Report) (measured uint64) {
	for _, p := range r.publishers {
		rep.Published.Total += p.sent
		rep.Stalls += p.stalls
		rep.Unsent += p.unsent
		measured += p.measured
		refused, why := r.refused(p)
		rep.Refused += refused
		orElse(&rep.Refusal, why)
	}
	return measured
}

// refused is how many of a publisher's messages the server refused, as it told
// the publisher.
func (r *run) refused(p *publisher) (uint64, string) {
	if post, ok := p.out.(*poster); ok {
		return post.refused, post.refusal
	}
	rx := r.receivers[p.id]
	return rx.refused, rx.refusal
}

// accepted is how many messages of each publisher the server can be held to:
// all, unless it took leave of the publisher; then, those that anybody got.
func (r *run) accepted() []uint64 {
	all := make([]uint64, len(r.publishers))
	for i, p := range r.publishers {
		all[i] = p.sent
		if r.cfg.Mode == Fan || !r.receivers[i].end.said() {
			continue
		}
		all[i] = 0
		for _, rx := range r.receivers {
			if j := i - rx.first; j >= 0 && j < len(rx.flows) {
				all[i] = max(all[i], rx.flows[j].last)
			}
		}
	}
	return all
}

// tell adds a receiver's books to the report.
func (rx *receiver) tell(rep *Report, accepted []uint64) {
	rep.Delivered.Total += rx.got
	rep.Changed += rx.changed
	silent := uint64(0)
	for i := range rx.flows {
		f := &rx.flows[i]
		rep.Repeated += f.repeated
		rep.OutOfOrder += f.late
		lost, declared := f.lost, uint64(0)
		if len(accepted) > 0 {
			lost, declared = rx.missing(f, rx.first+i, accepted[rx.first+i])
		}
		rep.Declared += declared
		silent += lost
	}
	noticed := min(silent, rx.declared)
	rep.Declared += noticed
	rep.Lost += silent - noticed
}

// missing is what a receiver lacks of a publisher: without a word, and as the
// server declared it, by a Close frame to either or by refusing it.
func (rx *receiver) missing(f *flow, publisher int, accepted uint64) (lost, declared uint64) {
	p := rx.run.publishers[publisher]
	declared = p.sent - min(p.sent, max(accepted, f.last))
	tail := accepted - min(accepted, f.last)
	if rx.end.said() {
		declared += tail
		tail = 0
	}
	lost = f.lost + tail
	refused, _ := rx.run.refused(p)
	refused = min(refused, lost)
	return lost - refused, declared + refused
}

func (r *run) spread() *Spread {
	least, most := r.receivers[0].measured, uint64(0)
	for _, rx := range r.receivers {
		least, most = min(least, rx.measured), max(most, rx.measured)
	}
	return &Spread{perSecond(least, r.seconds), perSecond(most, r.seconds)}
}

func (r *run) drops() []Drop {
	var all []Drop
	count := func(end *ending) {
		if end == nil {
			return
		}
		i := slices.IndexFunc(all, func(d Drop) bool { return d.Code == end.Code && d.Why == end.Why })
		if i < 0 {
			i = len(all)
			all = append(all, Drop{Code: end.Code, Why: end.Why})
		}
		all[i].Connections++
	}
	for _, rx := range r.receivers {
		count(rx.end)
	}
	for _, p := range r.publishers {
		if r.cfg.Mode == Fan {
			count(p.end)
		}
	}
	slices.SortStableFunc(all, func(a, b Drop) int { return cmp.Compare(b.Connections, a.Connections) })
	return all
}

// judge comes to the verdict.
func (rep *Report) judge() {
	rep.Verdict = Fail
	switch {
	case rep.Delivered.Total == 0:
		rep.Why = "nothing was received"
	case rep.Lost+rep.Repeated+rep.OutOfOrder+rep.Changed > 0:
		rep.Why = "messages were " + rep.defects()
	default:
		rep.Verdict = OK
		rep.Why = "nothing was lost, repeated or out of order"
		if rep.Declared > 0 {
			rep.Why = "nothing was lost without a word, repeated or out of order"
		}
	}
}

func times(h *histogram) Times {
	ms := func(q float64) float64 { return float64(h.quantile(q)) / 1e6 }
	return Times{ms(.5), ms(.9), ms(.99), ms(1)}
}

func perSecond(n uint64, seconds float64) float64 {
	if seconds <= 0 {
		return 0
	}
	return float64(n) / seconds
}
