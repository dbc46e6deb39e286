package program

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

// The ports that programs get. They lie below those that systems give to
// outgoing connections (from 32768 on Linux, 49152 elsewhere), so that no
// connection of a check takes one between the moment it is found free and the
// moment the program listens on it.
const (
	firstPort = 20000
	lastPort  = 32767
)

// ports are those that this process has handed out and not got back: two
// programs that start at the same time must not get the same one, for each
// would then be taken for the other.
var ports = struct {
	sync.Mutex
	taken map[int]bool
}{taken: map[int]bool{}}

// takePort finds a free port and keeps it from other callers until givePort.
func takePort() (int, error) {
	ports.Lock()
	defer ports.Unlock()
	for range 100 {
		port := firstPort + rand.IntN(lastPort-firstPort+1)
		if !ports.taken[port] && isFree(port) {
			ports.taken[port] = true
			return port, nil
		}
	}
	return 0, fmt.Errorf("no free port found on 127.0.0.1 between %d and %d", firstPort, lastPort)
}

func givePort(port int) {
	ports.Lock()
	defer ports.Unlock()
	delete(ports.taken, port)
}

// isFree reports whether nobody listens on the port. It does not listen there
// itself to find out: when another goroutine starts a program meanwhile, the
// listener lives on in the child until its exec, and would be taken for the
// program that is waited for.
func isFree(port int) bool {
	c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return true
	}
	c.Close()
	return false
}
