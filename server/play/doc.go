// Package play lets a check run a learner's client in a page.
//
// A script that plays the server (lessons/check) needs two things, and both
// come over the server that the page is from, so that the frame that runs the
// learner's code may connect to that server and to nothing else:
//
//   - a program to start and to stop: [Page] is the page's WebSocket, over which
//     the page is asked to run the program. It is a check.Client.
//   - a place to which the program connects: [Places] takes over the connections
//     of requests for /play/{exercise}/{token}/…, before they are answered, and
//     hands them to the script, as if it listened on a port of its own.
//
// The messages, each a JSON object. From the page, the first:
//
//	{"type":"check","step":""}                    check, that step only or all of them
//
// To the page, beside what the check finds:
//
//	{"type":"client","run":1,"step":"text","exercise":{"url":…},"random":null}
//	                                              start the program anew; run names this run of it
//	{"type":"input","run":1,"text":"hello"}       its user typed a line
//	{"type":"stop","run":1}                       end it
//
// From the page, about a run:
//
//	{"type":"started","run":1}                    the next thing that runs is the learner's code
//	{"type":"log","run":1,"level":"log","text":…} a line that it logged
//	{"type":"ended","run":1,"why":…}              what it threw
//	{"type":"stopped","run":1}                    it runs no longer
//
// What a page says of another run than the present one came too late, and is
// passed over. A page is never waited for without a limit.
package play
