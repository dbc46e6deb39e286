package wire

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const id = "0123456789abcdef"

// texts are the texts of the events in batches.
func texts(batches ...[]Event) (all []string) {
	for _, b := range batches {
		for _, e := range b {
			all = append(all, e.Text)
		}
	}
	return all
}

func line(i int) Event { return Event{Kind: KindLine, Text: fmt.Sprint(i)} }

func TestTapsKeepWhatWasRecordedBeforeTheWatcherCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		taps := NewTaps()
		rec := taps.Recorder(id)
		rec.Record(line(0))
		time.Sleep(1500 * time.Microsecond)
		rec.Record(line(1))
		rec.Close()
		rec.Record(line(2)) // after the end: ignored

		events, stop, err := taps.Watch(id)
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		got := <-events
		if s := fmt.Sprint(texts(got)); s != "[0 1]" || got[1].At != Millis(1500*time.Microsecond) || got[1].End != Server {
			t.Errorf("got %+v", got)
		}
		again := taps.Recorder(id)
		again.Record(line(3))
		if got := <-events; got[0].Text != "3" || got[0].Conn != "2" {
			t.Errorf("the second connection: %+v", got)
		}
		again.Close()
	})
}

func TestTapsWatchFirst(t *testing.T) {
	taps := NewTaps()
	events, stop, err := taps.Watch(id)
	if err != nil {
		t.Fatal(err)
	}
	rec := taps.Recorder(id)
	var recording sync.WaitGroup
	recording.Go(func() {
		for i := range 500 {
			rec.Record(line(i))
		}
		stop()
		stop() // twice is once
	})
	n := 0
	for batch := range events {
		for _, e := range batch {
			if e.Text != fmt.Sprint(n) {
				t.Fatalf("event %d is %q", n, e.Text)
			}
			n++
		}
	}
	recording.Wait()
	if n == 0 {
		t.Error("nothing came")
	}
	rec.Close()
}

// A watcher that takes nothing blocks nobody, costs bounded memory, and finds
// out how many events it has missed.
func TestTapsSlowWatcher(t *testing.T) {
	taps := NewTaps()
	slow, stop, _ := taps.Watch(id)
	defer stop()
	rec := taps.Recorder(id)
	defer rec.Close()
	for i := range 3000 {
		rec.Record(line(i))
	}
	got := texts(<-slow)
	if len(got) != maxBatch+1 || !strings.HasPrefix(got[maxBatch], "2000 events were left out") {
		t.Errorf("%d events, the last is %q", len(got), got[len(got)-1])
	}
	rec.Record(line(3000))
	if got := texts(<-slow); !slices.Equal(got, []string{"3000"}) {
		t.Errorf("after the hole: %q", got)
	}
}

func TestTapsBacklogIsBounded(t *testing.T) {
	taps := NewTaps()
	rec := taps.Recorder(id)
	defer rec.Close()
	for range 100 {
		e := Event{Kind: KindLine}
		e.Show(make([]byte, MaxShown))
		rec.Record(e)
	}
	events, stop, _ := taps.Watch(id)
	defer stop()
	got := <-events
	want := backlogBytes / (MaxShown + eventBytes)
	if len(got) != want+1 || got[want].Kind != KindNote || !strings.HasPrefix(got[want].Text, fmt.Sprint(100-want)) {
		t.Errorf("%d events, the last %q", len(got), got[len(got)-1].Text)
	}
}

func TestTapsIDs(t *testing.T) {
	taps := NewTaps()
	for _, id := range []string{"", "short", strings.Repeat("x", 65), "0123456789abcde/", "0123456789abcdeé", "0123456789abcd[]"} {
		if taps.Recorder(id) != nil {
			t.Errorf("%q: recorded", id)
		}
		if _, _, err := taps.Watch(id); err == nil {
			t.Errorf("%q: watched", id)
		}
	}
	if !ValidID("abcXYZ019_-abcXYZ") {
		t.Error("a valid id was refused")
	}
	var none *Taps
	none.Recorder(id).Record(line(0)) // taps that are nil record nothing
	none.Recorder(id).Close()
	if _, _, err := none.Watch(id); err == nil {
		t.Error("nil taps were watched")
	}
}

// There is an end to how many ids can be asked for, and it is not for ever.
func TestTapsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		taps := NewTaps()
		name := func(i int) string { return fmt.Sprintf("connection-%05d", i) }
		for i := range maxTaps {
			rec := taps.Recorder(name(i))
			rec.Record(line(i))
			rec.Close()
		}
		if taps.Recorder(id) != nil {
			t.Error("more than maxTaps")
		}
		if _, _, err := taps.Watch(id); err == nil {
			t.Error("a watcher of more than maxTaps")
		}
		time.Sleep(unwatched)
		rec := taps.Recorder(id)
		if rec == nil || len(taps.taps) != 1 {
			t.Errorf("%d taps after their time", len(taps.taps))
		}
		rec.Close()
		if len(taps.taps) != 0 {
			t.Error("a tap that nobody uses and that holds nothing is kept")
		}
	})
}

func TestTapsWatchersAreBounded(t *testing.T) {
	taps := NewTaps()
	rec := taps.Recorder(id)
	var all []<-chan []Event
	for range maxWatchers {
		events, stop, err := taps.Watch(id)
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		all = append(all, events)
	}
	if _, _, err := taps.Watch(id); err == nil {
		t.Error("one watcher too many")
	}
	rec.Record(line(7))
	rec.Close()
	for _, events := range all {
		if got := texts(<-events); !slices.Equal(got, []string{"7"}) {
			t.Errorf("a watcher got %q", got)
		}
	}
}

func BenchmarkRecord(b *testing.B) {
	taps := NewTaps()
	rec := taps.Recorder(id)
	_, stop, _ := taps.Watch(id)
	defer stop()
	e := line(1)
	b.ReportAllocs()
	for b.Loop() {
		rec.Record(e)
	}
}
