package server

import "sync"

// A gate lets so many in at a time, until it is shut for good.
type gate struct {
	most int

	mu    sync.Mutex
	in    int
	over  bool
	ended sync.WaitGroup
}

// enter counts somebody in, if there is room.
func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.over || g.in >= g.most {
		return false
	}
	g.in++
	g.ended.Add(1)
	return true
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.in--
	g.ended.Done()
}

// shut lets nobody in any more.
func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.over = true
}

// empty waits until all who are in have left. Shut the gate before.
func (g *gate) empty() { g.ended.Wait() }
