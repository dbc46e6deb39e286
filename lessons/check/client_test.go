package check

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"
)

// A program is a learner's client for tests.
type program func(p *programRun)

// A programRun is a run of it.
type programRun struct {
	ClientStart
	ctx    context.Context
	inputs chan string
	stop   context.CancelFunc
	all    sync.WaitGroup
	dial   func() (net.Conn, error)
}

// inMemory is a Client and a Place without TCP, for virtual time.
type inMemory struct {
	do    program
	conns chan net.Conn
	once  sync.Once
	over  chan struct{}
}

func newInMemory(do program) *inMemory {
	return &inMemory{do: do, conns: make(chan net.Conn), over: make(chan struct{})}
}

func (m *inMemory) Accept() (net.Conn, error) {
	select {
	case c := <-m.conns:
		return c, nil
	case <-m.over:
		return nil, net.ErrClosed
	}
}

func (m *inMemory) Close() error {
	m.once.Do(func() { close(m.over) })
	return nil
}

func (m *inMemory) Addr() net.Addr { return &net.TCPAddr{} }

func (m *inMemory) dial() (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case m.conns <- far:
		return near, nil
	case <-m.over:
		return nil, net.ErrClosed
	}
}

func (m *inMemory) Start(ctx context.Context, with ClientStart) (ClientRun, error) {
	return start(ctx, with, m.do, m.dial), nil
}

// Start runs the program against a place on TCP.
func (do program) Start(ctx context.Context, with ClientStart) (ClientRun, error) {
	_, rest, _ := strings.Cut(with.Settings["url"].(string), "://")
	address, _, _ := strings.Cut(rest, "/")
	return start(ctx, with, do, func() (net.Conn, error) { return net.Dial("tcp", address) }), nil
}

func start(ctx context.Context, with ClientStart, do program, dial func() (net.Conn, error)) ClientRun {
	p := &programRun{ClientStart: with, inputs: make(chan string, 10), dial: dial}
	p.ctx, p.stop = context.WithCancel(ctx)
	p.all.Go(func() { do(p) })
	return p
}

func (p *programRun) Input(text string) error {
	if p.ctx.Err() != nil {
		return errors.New("stopped")
	}
	p.inputs <- text
	return nil
}

func (p *programRun) Stop() {
	p.stop()
	p.all.Wait()
}

func (p *programRun) log(words ...any) { p.Output("log", fmt.Sprint(words...)) }

// input waits for a line.
func (p *programRun) input() string {
	select {
	case text := <-p.inputs:
		return text
	case <-p.ctx.Done():
		return ""
	}
}

// rest waits until the program is stopped.
func (p *programRun) rest() { <-p.ctx.Done() }

// sleep waits, or is stopped.
func (p *programRun) sleep(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.ctx.Done():
	}
}

// open opens TCP, which ends with the run.
func (p *programRun) open() *peer {
	raw, err := p.dial()
	if err != nil {
		raw, _ = net.Pipe()
		raw.Close()
	}
	stop := context.AfterFunc(p.ctx, func() { raw.Close() })
	return &peer{Conn: closing{raw, stop}, br: bufio.NewReader(raw)}
}

// closing forgets its watch when it is closed.
type closing struct {
	net.Conn
	stop func() bool
}

func (c closing) Close() error {
	c.stop()
	return c.Conn.Close()
}

// path is that of the url.
func (p *programRun) path() string {
	_, rest, _ := strings.Cut(p.Settings["url"].(string), "://")
	return rest[strings.Index(rest, "/"):]
}

const handshakeFields = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

// ask sends a request and reads the head of the answer; it is nil when none came.
func (p *programRun) ask(c *peer, fields string) *http.Response {
	io.WriteString(c, "GET "+p.path()+" HTTP/1.1\r\nHost: place\r\n"+fields+"\r\n")
	return p.answered(c)
}

// answered reads the head of an answer.
func (p *programRun) answered(c *peer) *http.Response {
	resp, err := http.ReadResponse(c.br, nil)
	if err != nil {
		return nil
	}
	return resp
}

// websocket connects. It is over at once where that is refused.
func (p *programRun) websocket() *peer {
	c := p.open()
	if resp := p.ask(c, handshakeFields); resp == nil || resp.StatusCode != http.StatusSwitchingProtocols {
		c.Close()
		c.n = -1
	}
	return c
}

// tell sends a text message as a client does.
func (p *peer) tell(text string) { p.masked(ws.NewTextFrame([]byte(text))) }

func (p *peer) masked(f ws.Frame) { ws.WriteFrame(p, ws.MaskFrame(f)) }

// hear returns the next text message, or "" when the connection ended; it
// answers a Close frame, and tells its code.
func (p *peer) hear() (text string, code int) {
	for {
		f, ok := p.frame()
		switch {
		case !ok:
			return "", 1006
		case f.Header.OpCode == ws.OpClose:
			p.masked(ws.NewCloseFrame(f.Payload))
			code, _ := ws.ParseCloseFrameData(f.Payload)
			io.Copy(io.Discard, p.br)
			return "", int(code)
		case f.Header.OpCode == ws.OpPing:
			p.masked(ws.NewPongFrame(f.Payload))
		default:
			return string(f.Payload), 0
		}
	}
}

// against runs commands of a step that serves against a program, over TCP.
func against(t *testing.T, commands string, do program) Result {
	t.Helper()
	return script(t, commands).Run(t.Context(), Options{Client: do, Seed: 1, Patience: 10}).Steps[0]
}

// inVirtualTime does so in memory, in a bubble of synctest.
func inVirtualTime(t *testing.T, commands string, do program) Result {
	t.Helper()
	var res Result
	s := script(t, commands)
	synctest.Test(t, func(t *testing.T) {
		m := newInMemory(do)
		listen := func(context.Context) (Place, error) { return Place{m, "http://place"}, nil }
		res = s.Run(t.Context(), Options{Client: m, Listen: listen, Seed: 1}).Steps[0]
	})
	return res
}

// A trial holds a program against the commands of a step.
type trial struct {
	name     string
	commands string
	program  program
	verdict  Verdict
	parts    []string
}

// runTrials does so in virtual time.
func runTrials(t *testing.T, trials []trial) {
	t.Helper()
	for _, c := range trials {
		t.Run(c.name, func(t *testing.T) {
			inVirtualTime(t, c.commands, c.program).wants(t, c.verdict, c.parts...)
		})
	}
}

// echoes logs and sends back what comes, once.
func echoes(p *programRun) {
	c := p.websocket()
	defer c.Close()
	for {
		text, code := c.hear()
		if code != 0 {
			p.log("closed ", code)
			return
		}
		p.log(text)
		c.tell(text)
	}
}

// reconnects comes back after a pause that doubles, until it is told to go.
func reconnects(p *programRun) {
	pause := time.Duration(p.Settings["base"].(float64)) * time.Millisecond
	for wait := pause; p.ctx.Err() == nil; {
		if c := p.websocket(); c.n == 0 {
			wait = pause
			_, code := c.hear()
			for code == 0 {
				_, code = c.hear()
			}
			if c.Close(); code == 1000 {
				p.rest()
				return
			}
		}
		p.sleep(wait)
		wait *= 2
	}
}
