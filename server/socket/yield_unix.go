//go:build unix

package socket

import (
	"os"
	"runtime"
	"sync"
	"syscall"
)

// Yield lets goroutines run whose connections have become ready. It is for one
// that goes through many sockets: runtime.Gosched gives way only to goroutines
// that are runnable already, and as long as there is one of them the scheduler
// does not look at the network, but every 10 ms. So Yield waits for the network
// itself: for a byte that it sends to itself. That costs about as much as one
// write to a socket. When somebody else is doing it, it is Gosched.
func Yield() {
	y := yielding()
	if y == nil || !y.mu.TryLock() {
		runtime.Gosched()
		return
	}
	defer y.mu.Unlock()
	y.sent = false
	y.raw.Read(y.step)
}

// A yielder is a pipe that the scheduler watches.
type yielder struct {
	mu   sync.Mutex
	in   *os.File
	out  *os.File
	raw  syscall.RawConn // of in
	step func(fd uintptr) bool
	sent bool
	byte [1]byte
}

// yielding returns the one of this process, or nil if there is none to be had.
var yielding = sync.OnceValue(func() *yielder {
	in, out, err := os.Pipe()
	if err != nil {
		return nil
	}
	y := &yielder{in: in, out: out}
	if y.raw, err = in.SyscallConn(); err != nil {
		return nil
	}
	y.step = y.again
	return y
})

// again sends the byte the first time, and reports false: RawConn waits then
// until the scheduler has looked at the network and found it. The second time
// it takes the byte.
func (y *yielder) again(fd uintptr) bool {
	if !y.sent {
		y.sent = true
		_, err := y.out.Write(y.byte[:])
		return err != nil
	}
	syscall.Read(int(fd), y.byte[:])
	return true
}
