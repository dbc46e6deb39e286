// Package keeper is the small process that stands between this program and one
// that a learner wrote, so that nothing of the latter survives the former, even
// when that is killed with SIGKILL.
//
// It is this very binary, started again under the name Name. The keeper starts
// the learner's program in a process group of its own, and holds two pipes to
// its parent. On the first, a byte asks for a polite end of the program
// (SIGTERM to its group), and the end of the pipe, which also comes when the
// parent dies, for an end at once. On the second the keeper reports, a line
// each: that the program started or why not, and how it ended. It ends itself
// when nothing is left of the program: on Linux it is the foster parent of all
// orphans, so that a process that left its group is found too.
//
// All of this happens in init, before the packages of the rest of the binary
// are made ready: those take ten times as long as the keeper does. For the same
// reason this package imports next to nothing. It has no place where it is not
// needed: on Windows a job object does the same.
package keeper

// Name is the keeper's argv[0]. What follows it is how many processes there may
// be, how many bytes of memory they may hold (0 means any), how nice they are
// (nice(2)), the program's path, and its arguments, its own name first.
const Name = "duplex keeper"

// The keeper's files besides the standard ones, which are the program's.
const (
	Commands = 3
	Reports  = 4
)

// What a report begins with. After Started comes the process id; after Refused
// the number of the error; after Ended the exit code, the number of the signal,
// and why the keeper killed the program, if it did.
const (
	Started = "started"
	Refused = "refused"
	Ended   = "ended"
)

// Why the keeper kills a program.
const (
	Processes = "processes"
	Memory    = "memory"
)
