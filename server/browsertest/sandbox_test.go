package browsertest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// sandboxed runs a program in a page's sandbox as a check does, and returns what
// it says, up to the line "done" or to what it throws. The lines are typed as
// soon as it is there.
func (p *page) sandboxed(random string, typed []string, program ...string) []string {
	p.t.Helper()
	lines, err := json.Marshal(typed)
	if err != nil {
		p.t.Fatal(err)
	}
	return eval[[]string](p, fmt.Sprintf(`(async () => {
		const { Sandbox } = await import("/static/lib/sandbox.js")
		const said = []
		let done
		const end = new Promise((resolve) => { done = resolve })
		const box = new Sandbox(document.body, ({ type, level, text, line }) => {
			if (text === "done") return done()
			said.push([level ?? type, line, text].filter((v) => v !== undefined).join(" "))
			if (type === "error") done()
		})
		await box.run({ code: %s, exercise: { url: "ws://" + location.host + "/play/echo/none/ws", base: 100 }, random: %s })
		for (const line of %s ?? []) box.input(line)
		await end
		await box.stop()
		box.remove()
		return said
	})()`, quoted(strings.Join(program, "\n")), random, lines))
}

// TestProgram: what a learner's program finds around it when it is checked, and
// the lines of what it throws.
func TestProgram(t *testing.T) {
	t.Parallel()
	p := start(t).open(wide, light)
	p.visit("/lessons/client")
	const done, listens = `console.log("done")`, `exercise.oninput = (text) => { console.log("typed", text); if (text === "b") console.log("done") }`
	for _, tc := range []struct {
		settles string
		random  string
		typed   []string
		program []string
		want    []string
	}{
		{"settings", "null", nil, []string{`console.log(Object.keys(exercise), exercise.base, exercise.oninput, typeof demo)`, done},
			[]string{`log ["url", "base", "oninput"] 100 null undefined`}},
		{"settings can't be changed", "null", nil, []string{``, `exercise.url = 1`}, []string{`error 2 Uncaught TypeError: Cannot assign to read only property 'url' of object '#<Object>'`}},
		{"await", "null", nil, []string{`console.log(await Promise.resolve(1))`, done}, []string{"log 1"}},
		{"what is random is not", "0.99", nil, []string{`console.log(Math.random(), Math.random())`, done}, []string{"log 0.99 0.99"}},
		{"typed", "null", []string{"a", "b"}, []string{listens}, []string{"log typed a", "log typed b"}},
		{"typed before it listens", "null", []string{"a", "b"},
			[]string{`let n = 0`, `addEventListener("message", () => { if (++n === 2) {`, listens, `console.log("now")`, `}})`},
			[]string{"log now", "log typed a", "log typed b"}},
		{"throws", "null", nil, []string{``, `null.x`}, []string{`error 2 Uncaught TypeError: Cannot read properties of null (reading 'x')`}},
		{"throws in a handler", "null", nil, []string{`setTimeout(() => {`, ``, `  throw new Error("late")`, `})`}, []string{`error 3 Uncaught Error: late`}},
		{"throws no error", "null", nil, []string{``, `setTimeout(() => { throw "words" })`}, []string{`error 2 Uncaught words`}},
		{"rejects", "null", nil, []string{``, `Promise.reject(new Error("later"))`}, []string{`error 2 Uncaught Error: later`}},
		{"unknown", "null", nil, []string{``, ``, `nothing()`}, []string{`error 3 Uncaught ReferenceError: nothing is not defined`}},
		{"syntax", "null", nil, []string{``, `const a =`, `}`}, []string{`error 3 Uncaught SyntaxError: Unexpected token '}'`}},
		{"not closed", "null", nil, []string{``, `if (true) {`, ``}, []string{`error 3 Uncaught SyntaxError: the code ends too early: a brace, a bracket or a quotation mark is not closed`}},
		{"sends too early", "null", nil, []string{`const ws = new WebSocket(exercise.url)`, `ws.send("x")`}, []string{`error 2 Uncaught InvalidStateError: Failed to execute 'send' on 'WebSocket': Still in CONNECTING state.`}},
		{"input throws", "null", []string{"x"}, []string{`exercise.oninput = () => {`, `  null.x`, `}`}, []string{`error 2 Uncaught TypeError: Cannot read properties of null (reading 'x')`}},
	} {
		got := p.sandboxed(tc.random, tc.typed, tc.program...)
		if want := append([]string{"started"}, tc.want...); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", tc.settles, got, want)
		}
	}
}
