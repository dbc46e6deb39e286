package grade

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"duplex/lessons"
	"duplex/lessons/check"
	"duplex/lessons/check/attempt"
	"duplex/lessons/workspace"
	"duplex/lessons/workspace/sources"
)

// spare is how many programs are kept that nobody needs at the moment: the
// next learner may have the same, such as the starter. Each takes some megabytes
// of what may be memory.
const spare = 8

// A builder builds each program once for those who have the same at about the
// same time.
type builder struct {
	scratch string
	module  string      // what the packages of a workspace are imported by
	modules chan string // folders of workspaces without exercises, each for one build at a time

	mu    sync.Mutex
	built map[string]*build // by keyOf
	idle  []string          // keys of those without users, oldest first
}

// A build is one program.
type build struct {
	once    sync.Once
	exe     string
	program *attempt.Program
	err     error
	users   int // guarded by builder.mu
}

// newBuilder makes n workspaces below scratch, for n builds at once.
func newBuilder(scratch string, n int) (*builder, error) {
	b := &builder{scratch: scratch, modules: make(chan string, n), built: map[string]*build{}}
	for range n {
		dir, err := os.MkdirTemp(scratch, "build-*")
		if err != nil {
			return nil, err
		}
		if _, err := workspace.Write(dir, &lessons.Course{}); err != nil {
			return nil, err
		}
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err != nil {
			return nil, err
		}
		b.module = sources.RefsOf("go.mod", mod).Module
		b.modules <- dir
	}
	return b, nil
}

// get returns the program that is built from the files. It is there until done
// is called, which is not nil.
func (b *builder) get(ctx context.Context, exercise string, files map[string][]byte) (p *attempt.Program, done func(), err error) {
	key := keyOf(exercise, files)
	one := b.claim(key)
	one.once.Do(func() {
		one.exe = filepath.Join(b.scratch, key+".exe")
		one.program, one.err = b.build(ctx, exercise, files, one.exe)
	})
	return one.program, func() { b.release(key, one) }, one.err
}

func (b *builder) claim(key string) *build {
	b.mu.Lock()
	defer b.mu.Unlock()
	one := b.built[key]
	if one == nil {
		one = &build{}
		b.built[key] = one
	}
	one.users++
	b.idle = slices.DeleteFunc(b.idle, func(other string) bool { return other == key })
	return one
}

// release keeps a program without users as a spare, and removes the oldest of
// those. What this machine could not build is forgotten, and tried again for
// who has it next.
func (b *builder) release(key string, one *build) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if one.users--; one.users > 0 {
		return
	}
	if o := (attempt.Outcome{Err: one.err}); one.err != nil && o.Verdict() != check.Fail {
		b.drop(key, one)
		return
	}
	b.idle = append(b.idle, key)
	if len(b.idle) > spare {
		b.drop(b.idle[0], b.built[b.idle[0]])
		b.idle = b.idle[1:]
	}
}

// drop forgets a program. b.mu is held.
func (b *builder) drop(key string, one *build) {
	delete(b.built, key)
	os.Remove(one.exe)
}

func (b *builder) build(ctx context.Context, exercise string, files map[string][]byte, exe string) (*attempt.Program, error) {
	var dir string
	select {
	case dir = <-b.modules:
		defer func() { b.modules <- dir }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer remove(dir, files)
	if err := put(dir, files); err != nil {
		return nil, &attempt.MachineError{Err: err}
	}
	return attempt.Prepare(ctx, attempt.Source{Dir: filepath.Join(dir, exercise), Exe: exe})
}
