package check

import (
	"strings"
	"time"
)

// A Script is a parsed check script: an exercise, its goal and its steps. It is
// immutable after Parse; Run may be called by several goroutines at once.
type Script struct {
	File     string // as given to Parse
	Exercise string
	Goal     string
	Steps    []*Step
}

// A Step is one named thing that the script settles.
type Step struct {
	Name     string
	Says     string        // what it settles, as a sentence
	Hints    []string      // help, to be opened one at a time
	See      []string      // references as written; see Reference
	Likely   []Likely      // the author's causes, first that fits wins
	Limit    time.Duration // of the whole step
	Commands []Command
	Line     int
	serves   bool   // plays the server
	Of       string // the table that it is a case of; "" for a step of its own
}

// Likely is an author's cause for a failure of one condition.
type Likely struct {
	Condition string // as in the manual, such as "binary" or "close 1011"
	Words     string
}

// A Command is one line of a step.
type Command struct {
	Line int
	Text string // the line, without indentation or comment

	who whom
	act action
}

// An action does what a command says, for one connection. A nil failure means
// that all was as expected.
type action interface {
	do(r *stepRun, at member) *failure
}

// whom says which connections a command acts on.
type whom struct {
	name    string // "" is the unnamed one
	all     bool   // every member of the crowd called name
	reverse bool   // last to first
}

// A member is one connection's name, with its number where it is of a crowd.
type member struct {
	name string
	n    int
}

// Join makes one script of several, called name: their steps in order, each
// under the name CHAPTER/STEP, where a chapter is the exercise of its script.
func Join(name, goal string, chapters ...*Script) *Script {
	all := &Script{File: name, Exercise: name, Goal: goal}
	for _, chapter := range chapters {
		for _, step := range chapter.Steps {
			joined := *step
			joined.Name = chapter.Exercise + "/" + step.Name
			if step.Of != "" {
				joined.Of = chapter.Exercise + "/" + step.Of
			}
			all.Steps = append(all.Steps, &joined)
		}
	}
	return all
}

// Named returns the steps that a name stands for: a step, all cases of a table,
// or a chapter of a joined script. The empty name stands for all.
func (s *Script) Named(name string) []*Step {
	var steps []*Step
	for _, step := range s.Steps {
		if name == "" || step.Name == name || step.Of == name || strings.HasPrefix(step.Name, name+"/") {
			steps = append(steps, step)
		}
	}
	return steps
}

// PlaysServer reports whether the script plays the server, and is run against
// the learner's client: Options.Client then says how that is run.
func (s *Script) PlaysServer() bool { return len(s.Steps) > 0 && s.Steps[0].serves }

// Step returns the step of that name, or nil.
func (s *Script) Step(name string) *Step {
	for _, step := range s.Steps {
		if step.Name == name {
			return step
		}
	}
	return nil
}

// Defaults and bounds of the language.
const (
	DefaultLimit  = 5 * time.Second  // of a step
	MaxLimit      = 60 * time.Second // so that a page's check always comes to an end
	DefaultWithin = 2 * time.Second  // of a command that waits
	MaxSize       = 16 << 20         // bytes of a payload
	MaxCount      = 10_000           // messages of a send, members of a crowd
)
