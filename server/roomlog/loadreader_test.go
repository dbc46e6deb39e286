package roomlog

import (
	"bytes"
	"fmt"
	"math"
	"math/bits"
	"net"
	"strconv"
	"testing"
	"time"
)

// A stamp is the beginning of a message: @, when it was published, and its
// number. A notice has no time, and in place of the number how many are missed.
// Readers find it in frames as in events.
const stampSize = 1 + 16 + 16

func stamp(at time.Duration, number uint64, size int) []byte {
	return bytes.Join([][]byte{fmt.Appendf(nil, "@%016x%016x", uint64(at), number), bytes.Repeat([]byte("x"), size-stampSize)}, nil)
}

func noticeStamp(missed uint64) []byte { return stamp(0, missed, stampSize) }

// unstamp returns the stamps in b, and what may be the beginning of one more.
func unstamp(b []byte, each func(at time.Duration, number uint64)) (rest []byte) {
	for {
		i := bytes.IndexByte(b, '@')
		switch {
		case i < 0:
			return nil
		case len(b)-i < stampSize:
			return b[i:]
		}
		each(time.Duration(hex(b[i+1:])), hex(b[i+17:]))
		b = b[i+stampSize:]
	}
}

// hex reads 16 digits.
func hex(b []byte) (n uint64) {
	for _, c := range b[:16] {
		n = n<<4 | uint64(c&0xf+c>>6*9)
	}
	return n
}

// A loadReader is one reader of the load, and what it got.
type loadReader struct {
	load   *load
	conn   *net.TCPConn
	buffer []byte

	next                      uint64
	reached                   uint64 // the last target that it has come to
	got, declared, undeclared uint64
	delays                    delays
}

func (c *loadReader) reset() {
	c.got, c.declared, c.undeclared, c.delays = 0, 0, 0, delays{}
}

// read reads until the load is over, and comes back when it is cut off.
func (c *loadReader) read() {
	held := 0
	for {
		n, err := c.conn.Read(c.buffer[held:])
		if err != nil {
			if c.load.over.Load() {
				return
			}
			held, c.conn = 0, c.load.dial()
			continue
		}
		now := time.Since(c.load.began)
		c.load.reads.Add(1)
		rest := unstamp(c.buffer[:held+n], func(at time.Duration, number uint64) { c.take(now, at, number) })
		held = copy(c.buffer, rest)
		if target := c.load.target.Load(); c.next > target && c.reached < target {
			c.reached = target
			c.load.reached()
		}
	}
}

func (c *loadReader) take(now, at time.Duration, number uint64) {
	if at == 0 {
		c.declared += number
		c.next += number
		return
	}
	if c.next > 0 {
		c.undeclared += number - c.next
	}
	c.got++
	c.next = number + 1
	c.delays.add(now - at)
}

func (c *loadReader) add(other *loadReader) {
	c.got += other.got
	c.declared += other.declared
	c.undeclared += other.undeclared
	for i, n := range other.delays {
		c.delays[i] += n
	}
}

// Delays counts durations, to an eighth of their size.
type delays [64 * 8]uint32

func (d *delays) add(t time.Duration) {
	n := uint64(max(t, 8))
	top := bits.Len64(n) - 1
	d[top*8+int(n>>(top-3)&7)]++
}

func (d *delays) quantile(q float64) time.Duration {
	total := 0.0
	for _, n := range d {
		total += float64(n)
	}
	seen := 0.0
	for i, n := range d {
		if seen += float64(n); n > 0 && seen >= q*total {
			return time.Duration(math.Ldexp(8+float64(i%8)+0.5, i/8-3))
		}
	}
	return 0
}

// The tools of the benchmarks are tested too.
func TestLoadTools(t *testing.T) {
	b := append(stamp(12345, 0xfedcba9876543210, 100), noticeStamp(7)...)
	var got []string
	rest := unstamp(append(b, "x@00"...), func(at time.Duration, n uint64) {
		got = append(got, strconv.Itoa(int(at))+" "+strconv.FormatUint(n, 16))
	})
	if fmt.Sprint(got) != "[12345 fedcba9876543210 0 7]" || string(rest) != "@00" {
		t.Errorf("got %v, and %q is left", got, rest)
	}
	var d delays
	for i := range 1000 {
		d.add(time.Duration(i+1) * time.Millisecond)
	}
	for q, want := range map[float64]float64{0.5: 500, 0.99: 990, 1: 1000} {
		if got := d.quantile(q).Seconds() * 1e3; math.Abs(got-want) > want/8 {
			t.Errorf("quantile %v of 1 to 1000 ms: got %v", q, got)
		}
	}
}
