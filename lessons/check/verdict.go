package check

// A Verdict is the outcome of a step or of a whole check.
type Verdict string

const (
	Pass         Verdict = "pass"
	Fail         Verdict = "fail"
	NotStarted   Verdict = "not started"  // the server answers 501, or the program throws "not started"
	Inconclusive Verdict = "inconclusive" // the checker could not tell
	Error        Verdict = "error"        // the checker itself broke
)

// ExitCode is the exit status of a command that reports v.
func (v Verdict) ExitCode() int {
	switch v {
	case Pass:
		return 0
	case Fail, NotStarted:
		return 1
	case Inconclusive:
		return 2
	}
	return 3
}

// Worst is the verdict over steps. A mix of passed steps and steps not started
// fails: the exercise was begun and is not done. What is optional, and not
// there, counts for nothing; when all is, the check could not tell.
func Worst(steps []Result) Verdict {
	count, tried := map[Verdict]int{}, 0
	for _, s := range steps {
		if !s.Optional {
			count[s.Verdict]++
			tried++
		}
	}
	switch {
	case tried == 0 && len(steps) > 0:
		return Inconclusive
	case count[Error] > 0 || len(steps) == 0:
		return Error
	case count[Fail] > 0:
		return Fail
	case count[Inconclusive] > 0:
		return Inconclusive
	case count[NotStarted] == tried:
		return NotStarted
	case count[NotStarted] > 0:
		return Fail
	}
	return Pass
}
