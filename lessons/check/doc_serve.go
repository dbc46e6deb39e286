// # The other part
//
// A step whose first command is "serve" plays the server, and what is checked
// is a program of the learner's: a client in JavaScript, or in any language,
// which Options.Client runs. A script plays one part throughout. What is judged
// is what comes over the wire and what the program logs, never its text.
//
//	exercise reconnect
//	  goal  Come back when the connection drops, each time after a longer pause.
//
//	step comes-back
//	  says    After a drop the program connects again, and waits twice as long after each attempt that fails.
//	  hint    Connect again in the close event, from a timer.
//	  see     WHATWG WebSockets §3.1
//	  likely  early  You connect again at once: a thousand clients would do so together.
//	  serve /ws setting base 100ms random 0
//	  accept
//	  drop
//	  refuse 503 after 100ms within 200ms
//	  accept after 200ms within 400ms
//	  send close 1000 "bye"
//	  recv close 1000
//	  expect no connection 500ms
//
// Each step begins with a fresh run of the program:
//
//	serve [stream] PATH [many] [setting NAME VALUE]… [random NUMBER]
//	    Opens a place and starts the program, which finds in "exercise.url" where to connect:
//	    ws://…PATH, or http://…PATH for a stream. VALUE is a duration (which the program gets as
//	    a number of milliseconds), a number or a string, as exercise.NAME. With random,
//	    Math.random() is that number each time. PATH has no query; one that the program adds is
//	    passed over.
//	input "TEXT"
//	    Gives the program a line that its user typed.
//	expect log "TEXT" [within D]
//	    The program logs a line that contains TEXT. Lines before it are passed over, and each
//	    line counts once.
//	expect log is "TEXT" [within D]
//	    It logs a line that is TEXT and nothing else.
//	expect nothing logged D
//	    It logs nothing for D, nor anything since the last line that was expected.
//
// Its connections are taken in and their requests read from serve on; they wait for
// one of these commands, in the order of their coming:
//
//	accept [after D] [within D]
//	    The next connection. Fails unless it is a sound opening handshake for PATH
//	    (RFC 6455 §4.1, §4.2.1); answers it with 101. Of the subprotocols that it offers it gets
//	    the first, of extensions none.
//	accept stream [last-event-id "5" | without last-event-id] [after D] [within D]
//	    The next connection, which is to be as an EventSource makes it; answers it with 200 and
//	    Content-Type text/event-stream.
//	hold [within D]
//	    The next connection, without an answer: accept or refuse answer it later.
//	refuse STATUS [after D] [within D]
//	    Answers the next connection with this status and no body, and ends it. 204 ends an
//	    EventSource for good.
//	expect no connection D
//	    None comes for D, and none waits.
//
// "after" and "within" of a connection count from the end of the one before it (drop, refuse,
// the end of the closing handshake, or the program's own doing), or from the start of the program:
// it comes no sooner and no later. A timer's millisecond is forgiven. Without "within" the
// connection may come until 2s after the command begins. Options.Patience stretches "within",
// never "after": with both, the time between the two; a program that was slow to start gets
// two or three times as much of it (Client), so choose times that tell right from wrong then, too.
//
// A connection that the program gives up while it waits is noted and passed over. A second one while another
// is open, held or waiting fails the step, whatever it is at, unless serve says "many". So does, when
// something is waited for, a program that breaks: that throws what nothing catches, or whose process ends with
// a failure. One that throws an Error with the words "not started", as the starter of an exercise does, makes
// the step not started. After a time in which nothing was to come ("expect nothing logged", "expect no
// connection", "silence") the step looks once more when the program has dealt with all that reached it, where
// its runtime can tell (SettledRun): on a slow machine its mistake shows late. Let a step end with a silence,
// or with "expect no connection", where what comes too much should be found.
//
// On a connection that was accepted, "send", "exchange", "recv", "await", "silence", "stall" and "drop"
// do what they do in the other part, and are named in the same way, with the parts exchanged: what the
// program sends must be masked, what the script sends is not ("masked" is the flag of "send frame" that
// does it all the same). When the closing handshake is done, the script ends TCP, as a server does; "recv
// eof" holds then. On a stream:
//
//	send event [id "5"] [type "tick"] [data "Event 5"]…
//	                                      a data line for each data, and for each line in it
//	send retry D                          how long the program is to wait before it comes back
//	send comment "TEXT"
//	send raw PAYLOAD                      as elsewhere
//
// {id} is the id that was sent last on a connection of that name, before a drop as well.
//
// Failures have these conditions besides those above, as far as they apply; "extra" is a connection or a
// line that nothing asked for, too:
//
//	two           a second connection came while another one was there
//	early, late   a connection came too soon, too late; late is a timeout as well
//	timeout       it did not come at all
//	threw         the program broke
//	eof           the program ended its connection, also where a line was expected
//	log           a line was not logged, or one too many; "got" looks into what was logged
//	request       the request has another method, path or version, or is none
//	id            another Last-Event-ID than expected
//
// A step's time begins when the program does: for a SlowClient, at its first connection or line.
//
// Without Options.Client the steps are inconclusive, as they are when the program cannot be started.
package check
