package check

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"duplex/server/wire"
)

// Options say what to check and how.
type Options struct {
	// Target is the base URL of the server (http://host:port), or a full URL
	// (ws://host:port/path) whose path stands in for the script's. Where the
	// script plays the server, it names the learner's program in the report, and
	// may be empty.
	Target string

	// Step names the only steps to run, as Script.Named has it; "" runs all.
	Step string

	// AtOnce is how many steps may run at the same time; 0 means 1. A step with a
	// limit above the default counts as a quarter of them. Only for
	// scripts whose steps know nothing of each other: not for rooms. The first
	// step always runs alone, and finds out whether there is a server.
	AtOnce int

	// OnStep, when set, is called with each result, in the order of the script,
	// as soon as it and those before it are decided, from Run's goroutine.
	OnStep func(Result)

	// Loopback refuses to connect to anything but this computer's loopback
	// addresses, whatever name the target has. A page's door sets it.
	Loopback bool

	// Dial, when set, opens the connections instead of a net.Dialer; Loopback
	// has no effect then.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// Client runs the learner's program where the script plays the server. The
	// steps of such a script are inconclusive without it.
	Client Client

	// Listen, when set, opens the place where the script plays the server,
	// anew for each step, instead of a free port of 127.0.0.1.
	Listen func(ctx context.Context) (Place, error)

	// Rerun returns the command that runs a failed step again. By default it
	// is "duplex check EXERCISE TARGET --step STEP -v"; an empty Target is
	// main.js then.
	Rerun func(step string) string

	// Patience multiplies every limit and "within" of the script, for slow
	// machines (see BusyPatience); 0 means 1. What must not come too soon is not changed; of a
	// connection that has to come after one time and within another, the time
	// between the two is multiplied. A step whose program took long to start
	// multiplies them by more: see Client.
	Patience float64

	// Seed, when not 0, makes the random words, payloads and masks the same in
	// every run.
	Seed uint64
}

// Run checks the target and returns the report. It never returns nil and never
// panics; when ctx ends, the steps that are left are inconclusive. All its
// goroutines and connections have ended when it returns.
func (s *Script) Run(ctx context.Context, opt Options) *Report {
	began := time.Now()
	r := newRun(s, opt)
	report := &Report{Exercise: s.Exercise, Target: opt.Target, Steps: []Result{}}
	for result := range r.results(ctx, s.Named(opt.Step)) {
		report.Steps = append(report.Steps, result)
		if opt.OnStep != nil {
			opt.OnStep(result)
		}
	}
	report.Verdict = Worst(report.Steps)
	report.Took = wire.Millis(time.Since(began))
	return report
}

// A run is what the steps of one check share. Steps that run at the same time
// do so under its lock.
type run struct {
	script  *Script
	opt     Options
	target  target
	lost    error // why there is no target
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
	reached atomic.Bool // TCP was opened once
	noSign  bool        // a program that may start slowly was waited for in vain; only for scripts that play the server

	mu      sync.Mutex
	skip    string          // why the steps that are left are not tried
	earlier map[uint64]bool // messages that earlier steps sent
}

func newRun(s *Script, opt Options) *run {
	r := &run{script: s, opt: opt, dial: opt.Dial, earlier: map[uint64]bool{}}
	if s.PlaysServer() {
		r.opt.AtOnce, r.opt.Target = 1, cmp.Or(opt.Target, "main.js")
	} else {
		r.target, r.lost = parseTarget(opt.Target)
	}
	if r.dial == nil {
		r.dial = dialer(opt.Loopback)
	}
	if r.opt.Patience <= 0 {
		r.opt.Patience = 1
	}
	if r.opt.Rerun == nil {
		r.opt.Rerun = func(step string) string {
			return fmt.Sprintf("duplex check %s %s --step %s -v", s.Exercise, shellWord(r.opt.Target), step)
		}
	}
	return r
}

// shellWord quotes a URL that a shell would take apart.
func shellWord(s string) string {
	if s == "" || strings.ContainsAny(s, " \t\n\"'`\\$&|;<>()*?[]#~!{}") {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}

// step runs one step and words its result.
func (r *run) step(ctx context.Context, step *Step) (result Result) {
	result = Result{Step: step.Name, Says: step.Says, Line: step.Line, See: step.references(), Hints: step.Hints, Exercise: r.script.Exercise}
	if ctx.Err() != nil {
		r.skipRest("the check was stopped")
	}
	if why := r.skipped(); why != "" {
		result.Verdict, result.Why, result.Skipped = Inconclusive, "not tried: "+why, true
		return result
	}
	sr := r.begin(ctx, step)
	defer func() {
		sr.end()
		result.Took = wire.Millis(sr.tape.now())
		result.Transcript = sr.tape.events()
	}()
	cmd, f := sr.play()
	if f == nil {
		result.Verdict = Pass
		return result
	}
	if f.awaiting == "connect" || f.awaiting == "target" {
		r.skipRest(f.why)
	}
	result.Line, result.Command = cmd.Line, cmd.Text
	if f.optional {
		result.Verdict, result.Why, result.Skipped, result.Optional = f.verdict, f.why, true, true
		return result
	}
	result.fill(f, step, r.opt.Rerun(step.Name))
	return result
}

// A stepRun is one step under way. Only its own goroutine uses it; the
// connections' readers share the tape and the budget.
type stepRun struct {
	*run
	spec   *Step
	ctx    context.Context
	cancel context.CancelFunc
	until  time.Time
	tape   *tape
	// patience is by what the script's times are multiplied. It changes once, under
	// the service's lock.
	patience float64
	rng      *rand.Rand
	word     string // {random}
	conns    map[string]*conn
	order    []string // names in the order of opening
	crowds   map[string]int
	own      map[uint64]bool // messages that this step sent
	heads    int             // answers read
	last     *conn           // that sent last
	at       int             // the command that is under way
	budget   atomic.Int64
	served   *service // where the script plays the server
}

func (r *run) begin(ctx context.Context, step *Step) *stepRun {
	sr := &stepRun{run: r, spec: step, tape: newTape(), patience: r.opt.Patience, rng: r.random(step.Name),
		conns: map[string]*conn{}, crowds: map[string]int{}, own: map[uint64]bool{}}
	sr.until = sr.tape.start.Add(sr.limit())
	if step.serves {
		sr.ctx, sr.cancel = context.WithCancel(ctx) // the service ends it
	} else {
		sr.ctx, sr.cancel = context.WithDeadline(ctx, sr.until)
	}
	sr.word = randomWord(sr.rng, 8)
	sr.budget.Store(stepBudget)
	return sr
}

// limit is that of the step, for a patient check.
func (r *stepRun) limit() time.Duration {
	return r.stretched(r.spec.Limit)
}

// random is the source of a step, the same whichever steps ran before.
func (r *run) random(step string) *rand.Rand {
	seed := r.opt.Seed
	if seed == 0 {
		seed = rand.Uint64()
	}
	var name uint64 = 14695981039346656037 // FNV-1a
	for _, b := range []byte(step) {
		name = (name ^ uint64(b)) * 1099511628211
	}
	return rand.New(rand.NewPCG(seed, name))
}

// play runs the commands until one fails.
func (r *stepRun) play() (cmd Command, f *failure) {
	defer func() {
		if v := recover(); v != nil {
			f = &failure{verdict: Error, why: fmt.Sprintf("the checker itself broke: %v", v)}
		}
	}()
	if r.lost != nil {
		return cmd, &failure{verdict: Inconclusive, awaiting: "target", why: r.lost.Error()}
	}
	for r.at, cmd = range r.spec.Commands {
		for _, at := range r.members(cmd.who) {
			f := r.served.settled()
			if f == nil {
				f = r.do(cmd.act, at)
			}
			if r.ctx.Err() != nil && (f == nil || r.stopped()) {
				f = r.overdue(at)
			}
			if f != nil {
				return cmd, r.hungUp(f)
			}
		}
	}
	return cmd, r.served.over(cmd.act)
}

// do does a command. Where it expected nothing and nothing came, it looks once
// more when the program has caught up.
func (r *stepRun) do(act action, at member) *failure {
	f := act.do(r, at)
	if still, nothing := act.(quiet); nothing && f == nil && r.served != nil && !r.served.hasBroken() {
		var late time.Duration
		if r.served.catchUp() {
			late = readTime
		}
		f = still.look(r, at, late)
	}
	return r.served.overrule(act, f)
}

// stopped reports whether the check was stopped before the step's limit.
func (r *stepRun) stopped() bool { return time.Now().Before(r.until) }

// overdue is the failure of a step that ran into its limit, or was stopped,
// between two commands.
func (r *stepRun) overdue(at member) *failure {
	if r.stopped() {
		return &failure{verdict: Inconclusive, why: "the check was stopped before this step was decided"}
	}
	f := fail("the step was not done within its limit of "+showDuration(r.spec.Limit), "timeout")
	if c := r.conns[at.name]; c != nil {
		f.evidence(c)
	}
	return f
}

// members are the connections that a command acts on, in order.
func (r *stepRun) members(w whom) []member {
	if !w.all {
		return []member{memberOf(w.name)}
	}
	size := r.crowds[w.name]
	out := make([]member, size)
	for i := range out {
		n := i + 1
		if w.reverse {
			n = size - i
		}
		out[i] = member{fmt.Sprintf("%s.%d", w.name, n), n}
	}
	return out
}

// end closes every connection of the step, and remembers what it sent.
func (r *stepRun) end() {
	r.served.end()
	until := time.Now().Add(farewellTime)
	for _, name := range r.order {
		r.conns[name].leave(until)
	}
	r.cancel()
	r.mu.Lock()
	defer r.mu.Unlock()
	for sum := range r.own {
		r.earlier[sum] = true
	}
}
