package workbench

import (
	"sync"
	"time"

	"duplex/lessons"
)

// A Status is where a program is on its way.
type Status string

const (
	Idle     Status = "idle"
	Building Status = "building"
	Starting Status = "starting" // built, and not yet listening
	Running  Status = "running"
	Stopping Status = "stopping"
	Ended    Status = "ended"  // by itself, or beyond a limit
	Broken   Status = "failed" // it did not build, or never came to listen
)

// A Run is the state of an exercise's program.
type Run struct {
	State Status     `json:"state"`
	URL   string     `json:"url,omitempty"`
	Since *time.Time `json:"since,omitempty"` // of this state
	What  string     `json:"what,omitempty"`  // ended and failed: what happened,
	Why   string     `json:"why,omitempty"`   // why (also: why a build takes long),
	Next  string     `json:"next,omitempty"`  // and what to do
	Took  Took       `json:"took"`
}

// Took is how long the steps to a running program took, in milliseconds.
type Took struct {
	Build int64 `json:"build"`
	Start int64 `json:"start"`
}

// An exercise is what the bench knows of one of the course's exercises.
type exercise struct {
	bench   *Bench
	name    string
	dir     string            // in the workspace
	content *lessons.Exercise // guarded by bench.mu: the course may be loaded anew

	writing sync.Mutex       // held while files or versions are written
	pieces  map[string]piece // the sources at the last look; guarded by writing

	mu      sync.Mutex
	known   map[string]stamp // the files as they were at the last look; nil before the first
	job     *job             // the build of the present sources, or the last one
	session *session         // the program, or the last one
	wanted  bool             // the program is to run, and to be started anew when its sources change
	run     Run
	build   Build
	log     ring
	watches map[*Watch]bool
}

func (x *exercise) exercise() *lessons.Exercise {
	x.bench.mu.Lock()
	defer x.bench.mu.Unlock()
	return x.content
}

// isGo reports whether there is something to build.
func (x *exercise) isGo() bool { return x.exercise().Language == lessons.Go }

// Run returns the state of the program.
func (x *exercise) Run() Run {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.run
}

// A View is what GET /work/{exercise} answers.
type View struct {
	Exercise string `json:"exercise"`
	Language string `json:"language"`
	Folder   string `json:"folder"`
	Exists   bool   `json:"exists"`         // the workspace does; otherwise the files are the starter
	Gone     bool   `json:"gone,omitempty"` // it did before: the learner's files were others
	Files    []File `json:"files"`
	Run      Run    `json:"run"`
	Build    Build  `json:"build"`
}

// View returns all that is to be seen of an exercise. Where there is no
// workspace its files are those of the starter.
func (b *Bench) View(name string) (*View, error) {
	x, err := b.exercise(name)
	if err != nil {
		return nil, err
	}
	v := &View{Exercise: name, Language: x.exercise().Language, Folder: x.dir}
	v.Exists, v.Gone, _ = b.there()
	if !v.Exists {
		v.Files = starter(x.exercise())
	} else if v.Files, err = x.files(); err != nil {
		return nil, b.readError("The exercise can't be read", x.dir, err)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	v.Run, v.Build = x.run, x.build
	return v, nil
}
