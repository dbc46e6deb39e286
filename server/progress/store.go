package progress

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"

	"duplex/lessons/check"
)

// File is the store's name in the data directory.
const File = "progress.db"

// lockWait is how long Open waits for another process to let go of the file:
// enough for one that is just ending, and well below a second, so that a
// person who starts a second server is told at once.
const lockWait = 500 * time.Millisecond

// Buckets. Keys of sections and quizzes are the lesson's slug, a zero byte and
// the id; keys of exercises are names. Values of sections are RFC 3339 times,
// the others JSON.
var (
	sections  = []byte("sections")
	quizzes   = []byte("quizzes")
	exercises = []byte("exercises")
	buckets   = [][]byte{sections, quizzes, exercises}
)

// A Store is a learner's progress on disk. Its methods may be called from any
// number of goroutines.
type Store struct {
	db  *bolt.DB
	now func() time.Time

	mu          sync.Mutex
	subscribers map[chan struct{}]bool
}

// Open opens the store in dir, which is made when it is missing. Its error is
// an *Error. now is the clock that dates entries.
func Open(dir string, now func() time.Time) (*Store, error) {
	file := filepath.Join(dir, File)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, openError(file, err)
	}
	db, err := open(file)
	if err != nil {
		return nil, openError(file, err)
	}
	return &Store{db: db, now: now, subscribers: map[chan struct{}]bool{}}, nil
}

// open opens the database and reads all of it once: bbolt finds damage only
// on the pages that it touches, and then panics, or faults where the file is
// too short.
func open(file string) (db *bolt.DB, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			db, err = nil, fmt.Errorf("%w: %v", errDamaged, p)
		}
	}()
	db, err = bolt.Open(file, 0o600, &bolt.Options{Timeout: lockWait, FreelistType: bolt.FreelistMapType})
	if err != nil {
		return nil, err
	}
	if _, err := load(db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Close lets go of the file. It waits for writes under way.
func (s *Store) Close() error { return s.db.Close() }

// Read notes that a section was read. Only the first time counts.
func (s *Store) Read(lesson, section string) error {
	key := entry(lesson, section)
	if s.has(sections, key) {
		return nil
	}
	return s.put(sections, key, []byte(s.now().UTC().Format(time.RFC3339Nano)))
}

// Answer notes a quiz's answer in place of an earlier one.
func (s *Store) Answer(lesson, quiz string, right bool, answer []string) error {
	value, err := json.Marshal(Quiz{Right: right, Answer: answer, At: s.now().UTC()})
	if err != nil {
		return err
	}
	return s.put(quizzes, entry(lesson, quiz), value)
}

// Checked notes a report's verdicts. steps names the exercise's steps, in
// case that the report holds only some of them, or is of an older script;
// nil when they are not known. A verdict of pass or fail stays until another
// check passes or fails that step.
func (s *Store) Checked(r *check.Report, steps []string) error {
	return s.update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(exercises)
		if err != nil {
			return err
		}
		var known Exercise
		if v := b.Get([]byte(r.Exercise)); v != nil {
			if err := json.Unmarshal(v, &known); err != nil {
				return err
			}
		}
		value, err := json.Marshal(known.merge(r, steps, s.now().UTC()))
		if err != nil {
			return err
		}
		return b.Put([]byte(r.Exercise), value)
	})
}

// Reset forgets everything.
func (s *Store) Reset() error {
	return s.update(func(tx *bolt.Tx) error {
		for _, name := range buckets {
			if tx.Bucket(name) == nil {
				continue
			}
			if err := tx.DeleteBucket(name); err != nil {
				return err
			}
		}
		return nil
	})
}

// ResetLesson forgets one lesson and the exercises named.
func (s *Store) ResetLesson(lesson string, names ...string) error {
	return s.update(func(tx *bolt.Tx) error {
		for _, bucket := range [][]byte{sections, quizzes} {
			if err := deletePrefix(tx.Bucket(bucket), entry(lesson, "")); err != nil {
				return err
			}
		}
		b := tx.Bucket(exercises)
		for _, name := range names {
			if b == nil {
				break
			}
			if err := b.Delete([]byte(name)); err != nil {
				return err
			}
		}
		return nil
	})
}

func deletePrefix(b *bolt.Bucket, prefix []byte) error {
	if b == nil {
		return nil
	}
	var keys [][]byte // deleting while a cursor walks would skip some
	c := b.Cursor()
	for k, _ := c.Seek(prefix); k != nil && strings.HasPrefix(string(k), string(prefix)); k, _ = c.Next() {
		keys = append(keys, k)
	}
	for _, k := range keys {
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// Progress reads all of it.
func (s *Store) Progress() (Progress, error) { return load(s.db) }

// Subscribe returns a channel that receives after each change. Changes in
// quick succession come as one. stop ends it; the channel is never closed.
func (s *Store) Subscribe() (changed <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.subscribers[c] = true
	return c, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.subscribers, c)
	}
}

func (s *Store) notify() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.subscribers {
		select {
		case c <- struct{}{}:
		default: // it has yet to see the last change, and will see this one with it
		}
	}
}

func (s *Store) has(bucket, key []byte) (found bool) {
	_ = s.db.View(func(tx *bolt.Tx) error { // a closed store holds nothing; put will say so
		b := tx.Bucket(bucket)
		found = b != nil && b.Get(key) != nil
		return nil
	})
	return found
}

func (s *Store) put(bucket, key, value []byte) error {
	return s.update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(bucket)
		if err != nil {
			return err
		}
		return b.Put(key, value)
	})
}

// update commits one change and then tells the subscribers.
func (s *Store) update(change func(*bolt.Tx) error) error {
	if err := s.db.Update(change); err != nil {
		return fmt.Errorf("progress was not saved: %w", err)
	}
	s.notify()
	return nil
}

func entry(lesson, id string) []byte { return []byte(lesson + "\x00" + id) }
