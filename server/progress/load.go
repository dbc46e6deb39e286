package progress

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"
)

// load reads everything in one read transaction, so that it sees no change
// half made.
func load(db *bolt.DB) (Progress, error) {
	p := Progress{Lessons: map[string]Lesson{}, Exercises: map[string]Exercise{}}
	err := db.View(func(tx *bolt.Tx) error {
		for _, l := range []struct {
			bucket []byte
			add    func(key string, value []byte) error
		}{{sections, p.addSection}, {quizzes, p.addQuiz}, {exercises, p.addExercise}} {
			if err := each(tx.Bucket(l.bucket), l.add); err != nil {
				return fmt.Errorf("%w: %s: %v", errDamaged, l.bucket, err)
			}
		}
		return nil
	})
	return p, err
}

func each(b *bolt.Bucket, add func(string, []byte) error) error {
	if b == nil {
		return nil
	}
	return b.ForEach(func(k, v []byte) error { return add(string(k), v) })
}

func (p Progress) addSection(key string, value []byte) error {
	at, err := time.Parse(time.RFC3339Nano, string(value))
	if err != nil {
		return err
	}
	slug, id, _ := strings.Cut(key, "\x00")
	p.lesson(slug).Sections[id] = at
	return nil
}

func (p Progress) addQuiz(key string, value []byte) error {
	var q Quiz
	if err := json.Unmarshal(value, &q); err != nil {
		return err
	}
	slug, id, _ := strings.Cut(key, "\x00")
	p.lesson(slug).Quizzes[id] = q
	return nil
}

func (p Progress) addExercise(key string, value []byte) error {
	var e Exercise
	if err := json.Unmarshal(value, &e); err != nil {
		return err
	}
	p.Exercises[key] = e
	return nil
}

func (p Progress) lesson(slug string) Lesson {
	l, ok := p.Lessons[slug]
	if !ok {
		l = Lesson{Sections: map[string]time.Time{}, Quizzes: map[string]Quiz{}}
		p.Lessons[slug] = l
	}
	return l
}
