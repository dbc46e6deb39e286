package bench

import "bytes"

// A stamp is what a message carries to be known again:
//
//	@ RRRRRRRR TTTTTTTTTTTTTTTT PPPPPPPP SSSSSSSSSSSS
//
// without the blanks: the run, when the message was due in nanoseconds since
// the run began, the publisher and its sequence number, all in hexadecimal
// digits. Neither JSON nor SSE needs to escape any of it.
type stamp struct {
	due       int64
	publisher int
	seq       uint64
}

const (
	stampSize = 1 + runDigits + dueDigits + publisherDigits + seqDigits

	runDigits       = 8
	dueDigits       = 16
	publisherDigits = 8
	seqDigits       = 12
)

// put writes the stamp to the first stampSize bytes of b.
func (s stamp) put(b []byte, run uint32) {
	b[0] = '@'
	b = putHex(b[1:], uint64(run), runDigits)
	b = putHex(b, uint64(s.due), dueDigits)
	b = putHex(b, uint64(s.publisher), publisherDigits)
	putHex(b, s.seq, seqDigits)
}

func putHex(b []byte, v uint64, digits int) []byte {
	for i := digits - 1; i >= 0; i-- {
		b[i] = "0123456789abcdef"[v&15]
		v >>= 4
	}
	return b[digits:]
}

// findStamp looks for the first stamp of the run in b, and returns where it is;
// -1 when there is none. What merely looks like one is passed over.
func findStamp(b []byte, run uint32) (s stamp, at int) {
	for at = 0; ; at++ {
		next := bytes.IndexByte(b[at:], '@')
		if next < 0 || len(b)-at-next < stampSize {
			return stamp{}, -1
		}
		at += next
		if s, ok := readStamp(b[at+1:], run); ok {
			return s, at
		}
	}
}

// readStamp reads what follows the "@".
func readStamp(b []byte, run uint32) (stamp, bool) {
	r, ok1 := readHex(b[:runDigits])
	if !ok1 || r != uint64(run) {
		return stamp{}, false
	}
	b = b[runDigits:]
	due, ok1 := readHex(b[:dueDigits])
	b = b[dueDigits:]
	publisher, ok2 := readHex(b[:publisherDigits])
	seq, ok3 := readHex(b[publisherDigits:][:seqDigits])
	return stamp{int64(due), int(publisher), seq}, ok1 && ok2 && ok3
}

// hexDigits is the value of each digit, and 0xff for what is none.
var hexDigits = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i, c := range []byte("0123456789abcdef") {
		t[c] = byte(i)
	}
	return t
}()

func readHex(b []byte) (v uint64, ok bool) {
	var all byte
	for _, c := range b {
		d := hexDigits[c]
		all |= d
		v = v<<4 | uint64(d&15)
	}
	return v, all < 16
}

// A text is what is sent, but for the stamp: the same for all messages.
type text struct {
	bytes []byte // with room for the stamp
	at    int    // where the stamp goes
}

// place stands for the message in Config.Send.
const place = "{message}"

// newText makes a text whose message has size bytes, wrapped as template says.
func newText(template string, size int) text {
	before, after, _ := bytes.Cut([]byte(template), []byte(place))
	message := bytes.Repeat([]byte("."), max(size, stampSize))
	return text{bytes.Join([][]byte{before, message, after}, nil), len(before)}
}

// same reports whether m, whose stamp is at the given place, is this text
// unchanged.
func (t text) same(m []byte, at int) bool {
	return at == t.at && len(m) == len(t.bytes) &&
		bytes.Equal(m[:at], t.bytes[:at]) && bytes.Equal(m[at+stampSize:], t.bytes[at+stampSize:])
}
