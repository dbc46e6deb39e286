package demo

import (
	"errors"
	"sync"
	"time"

	"duplex/server/roomlog"
	"duplex/server/socket"
)

// errStreamGone is said to a reader whose stream has ended since.
var errStreamGone = errors.New("this stream is no longer kept, or the server has been restarted: it begins anew")

// A stream is the log of events that one reader reads. Its room's epoch, which
// stands in the ids, is its name.
type stream struct {
	room    *roomlog.Room
	stop    chan struct{}
	readers int       // the streams' lock guards it
	left    time.Time // when the last reader left
}

// streams are all streams, by the epoch of their room. The zero value must be
// given its limits.
type streams struct {
	limits Limits

	mu     sync.Mutex
	byName map[string]*stream
	closed bool
	tasks  sync.WaitGroup
}

// open begins a stream with the event that has this number, and counts a reader.
func (ss *streams) open(first uint64) *stream {
	s := &stream{
		room: roomlog.New(roomlog.Config{
			Keep:    roomlog.Keep{Messages: ss.limits.EventsKept},
			Formats: []roomlog.Format{roomlog.EventStream},
			First:   first,
		}),
		stop:    make(chan struct{}),
		readers: 1,
	}
	s.publish()
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if ss.closed {
		s.room.Close(0, "", 0, 0)
		return s
	}
	if len(ss.byName) >= ss.limits.Streams {
		ss.end(ss.oldest())
	}
	ss.byName[s.room.Head().Epoch] = s
	ss.tasks.Go(func() { ss.run(s) })
	return s
}

// region run

// run publishes event after event, until nobody has read for StreamGrace. A
// comment fills any silence of KeepAlive; at one event a second there is none.
func (ss *streams) run(s *stream) {
	tick, quiet := time.NewTicker(ss.limits.EventEvery), time.NewTicker(ss.limits.KeepAlive)
	defer tick.Stop()
	defer quiet.Stop()
	for {
		select {
		case <-tick.C:
			s.publish()
			quiet.Reset(ss.limits.KeepAlive)
			ss.forget(s)
		case <-quiet.C:
			for _, reader := range s.room.Readers() {
				reader.Write([]byte(socket.KeepAlive))
			}
		case <-s.stop:
			return
		}
	}
}

// endregion run

// resume finds the stream that an id is of, counts a reader, and says where in
// it to go on.
func (ss *streams) resume(id roomlog.ID) (*stream, uint64, error) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	s := ss.byName[id.Epoch]
	if s == nil {
		return nil, 0, errStreamGone
	}
	from, err := s.room.Resume(id)
	if err != nil {
		return nil, 0, err
	}
	s.readers++
	return s, from, nil
}

func (ss *streams) leave(s *stream) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	s.readers--
	s.left = time.Now()
}

// forget ends a stream that nobody has read for StreamGrace.
func (ss *streams) forget(s *stream) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if s.readers == 0 && time.Since(s.left) >= ss.limits.StreamGrace {
		ss.end(s)
	}
}

// oldest returns the stream that has been without a reader the longest, or nil.
func (ss *streams) oldest() (old *stream) {
	for _, s := range ss.byName {
		if s.readers == 0 && (old == nil || s.left.Before(old.left)) {
			old = s
		}
	}
	return old
}

func (ss *streams) end(s *stream) {
	if s != nil && ss.byName[s.room.Head().Epoch] == s {
		delete(ss.byName, s.room.Head().Epoch)
		close(s.stop)
	}
}

// close ends all streams: readers are told when to come back. It waits until
// nothing is published any more.
func (ss *streams) close() {
	ss.mu.Lock()
	ss.closed = true
	for _, s := range ss.byName {
		s.room.Close(0, "", ss.limits.Spread, ss.limits.Retry)
		ss.end(s)
	}
	ss.mu.Unlock()
	ss.tasks.Wait()
}
