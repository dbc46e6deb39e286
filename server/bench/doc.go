// Package bench loads a WebSocket or an event stream and says what became of
// every message: how many came, how fast, how late, and which were lost,
// repeated or out of order.
//
// To use it, describe the load and run it:
//
//	report, err := bench.Run(ctx, bench.Config{URL: "ws://localhost:3000/ws", Connections: 100})
//	report.Write(os.Stdout, bench.Style{Width: 80})
//
// Any server will do; nothing of it needs to be of this module. There are four
// modes, and without one Run finds out which fits:
//
//	echo    each connection gets back what it sends
//	chat    everybody gets what anybody sends, the sender included
//	events  an event stream that speaks by itself; its ids tell what is missing
//	fan     an event stream that repeats what is posted to another URL
//
// # How it knows
//
// Each message carries a stamp: the run, the publisher, the publisher's
// sequence number and the time at which the message was due (stamp.go). Every
// receiver follows every publisher's numbers (flow.go). A server may wrap the
// message in whatever it likes, JSON for one: the stamp is looked for anywhere.
// Before anything is measured, messages with the number 0 are published until
// every receiver has heard one; only then is it sure that the server has all of
// them in its list.
//
// With a rate, latency counts from the moment when a message was due, not from
// when it could be sent: a server that stalls can't hide it by slowing the
// sender down (this mistake is known as coordinated omission).
//
// # What is lost, and what is declared
//
// A message that a receiver never got is lost. The loss is declared when the
// server said so to whom it concerns: a notice {"type":"lagged","missed":n} or an
// SSE event of the type lagged, a refusal {"type":"refused"} or an HTTP status
// of 400 or more to the publisher, or a Close frame. Report.Lost counts only
// what was lost without a word.
//
// # What it costs
//
// One goroutine reads a connection, in pieces as large as the network gives
// them, and allocates nothing for a message; one goroutine writes a publisher's.
// BenchmarkReceive measures the reading.
package bench
