// Package check reads check scripts and runs them over real sockets, against a
// server, or against a client (see "The other part"). A script is the specification of an exercise: plain text that a
// learner can read and an author can write without Go. The Check button,
// "duplex check" and "go test" all run the same script through this package
// and show the same words.
//
//	script, err := check.Parse("check.txt", src) // err holds every defect, as Problems
//	report := script.Run(ctx, check.Options{Target: "http://localhost:3000"})
//	report.Write(os.Stdout, check.Style{Color: true, Width: 80})
//	os.Exit(report.Verdict.ExitCode())
//
// The rest of this comment is the manual of the language.
//
// # A whole script
//
//	# What a client may expect of an echo server.
//	exercise echo
//	  goal  Send every message back, unchanged.
//
//	step text
//	  says    A text message comes back unchanged, as text.
//	  hint    Pass the message type that you read to WriteMessage.
//	  see     RFC 6455 §5.6
//	  likely  binary  You answer with websocket.BinaryMessage whatever came in.
//	  dial /ws
//	  send text "hello, {random}"
//	  recv text same within 1s
//
//	step close
//	  says    A Close frame is answered with a Close frame of the same code, then TCP ends.
//	  hint    Return from the handler only after ReadMessage has returned an error.
//	  see     RFC 6455 §5.5.1
//	  dial /ws
//	  send close 1000 "bye"
//	  recv close 1000
//	  recv eof
//
//	step crowd
//	  says    A hundred clients are served at once.
//	  hint    One goroutine a connection: net/http starts it for you.
//	  see     RFC 6455 §4.2
//	  limit   10s
//	  crowd c 100
//	  each c: dial /ws
//	  reverse c: send text "I am {n}, {random}"
//	  reverse c: recv text same
//
// # Lines
//
// One command a line; indentation and the amount of white space between words
// carry no meaning (but for "likely header", see there); a line that begins with # is a comment, and so is what
// follows " # " (a # between blanks, outside of quotes) in a command. A line
// that ends in a blank and a backslash goes on in the next one.
//
// The first command is "exercise NAME", then "goal TEXT", then the steps.
// A step begins with "step NAME". Names are made of a–z, 0–9 and "-", and
// begin with a letter. Steps run in the order of the file, each on fresh
// connections; at the end of a step every connection of it is closed. Within a
// step come, in any order before its first command:
//
//	says TEXT               what the step settles, as one sentence. Required.
//	hint TEXT               help, opened one at a time. Repeatable; at least one.
//	see REFERENCE           repeatable: "RFC 6455 §5.5.1", "RFC 9110 §15.5.22",
//	                        "WHATWG HTML §9.2.6", "WHATWG WebSockets §3",
//	                        "Go net/http.ResponseController", or a URL with its
//	                        title behind it: https://… The title
//	likely CONDITION TEXT   what is probably wrong when the step fails like that;
//	                        repeatable, the first that fits is shown; see below
//	limit DURATION          of the whole step; default 5s, at most 60s
//	case NAME VALUE         repeatable; see below
//
// A step with cases is a table: it stands for a step a case, called STEP-NAME, in
// whose lines (says and hint too) {case} is the VALUE as written. A VALUE that is
// left out is the NAME.
//
//	step overlong
//	  says  A form longer than needed is not UTF-8 ({case}): Close 1007.
//	  hint  utf8.Valid knows.
//	  case  slash  hex c0 af
//	  case  nul    hex e0 80 80
//	  dial /ws
//	  send frame fin text {case}
//	  recv close 1007
//
// # Connections
//
// A command acts on the step's unnamed connection, or on the one that its
// prefix names:
//
//	dial /ws                the unnamed one
//	ada: dial /ws           the one called ada
//	crowd c 100             declares c.1 … c.100
//	c.7: drop               one member
//	each c: dial /ws        every member, first to last
//	reverse c: recv eof     every member, last to first
//
// A crowd is driven member by member; all its connections are open and read at
// the same time. "dial", "handshake", "request", "stream" and "connect" open a
// connection; on a name that is open already they close the old one first
// (as "drop" does) and begin anew. Every connection is read in the background
// from then on: pings of the server are answered and otherwise passed over, a
// Close frame is answered with the same code, fragments are joined, and each
// arrival is stamped, so that a script that is busy elsewhere loses nothing.
//
// # Payloads, strings, numbers
//
//	"text\n"                a string as in Go; {…} in it are filled in
//	hex 48 65 6c 6c 6f      bytes; blanks between them as you like. Ends the line
//	                        but for "within"
//	size 1MiB               that many random bytes; letters and digits where the
//	                        message is text. Only to send; expect it with "same"
//	same                    (recv, await) what this connection sent last: the
//	                        messages of its last "send" or "exchange"; after
//	                        "recv pong", its last ping
//	same as ada             what ada sent last
//	any                     (recv, await) whatever it is
//
//	{random}                a random word, drawn for each step and the same
//	                        throughout it
//	{n}                     the member's number in its crowd, from 1
//	{i}                     the message's number in "send COUNT", from 1
//	{accept}                the right Sec-WebSocket-Accept for the key that this
//	                        connection sent
//	{id}                    the id of the last event that came on this connection
//
// Other braces stand for themselves, so JSON needs no care. Durations are
// written as in Go (300ms, 1.5s), sizes as 125, 64KiB, 1MiB (16MiB at most).
// "within DURATION" ends every command that waits; the default is 2s, counted
// from when the command begins (for each member of a crowd anew). A step's
// limit ends it too.
//
// # WebSocket
//
// Opening:
//
//	dial PATH [OPTION…] [within D]
//	    The opening handshake of RFC 6455 §4.1. Fails unless the answer is 101
//	    with Upgrade, Connection and the right Sec-WebSocket-Accept, and with no
//	    extension or subprotocol that was not offered.
//	handshake PATH [OPTION…] [within D]
//	    Sends the same request, but only reads the answer's head and judges
//	    nothing: "status" and "header" do. For handshakes that are wrong on
//	    purpose. After a 101 the connection can be used as after dial.
//
//	OPTION is any of
//	    header "Name: value"    repeatable; the bytes of the name are sent as written; takes
//	                            the place of a header of that name that would be sent anyway
//	    without NAME            repeatable; leaves out a header that would be sent anyway
//	    subprotocol NAME        repeatable; offered in this order
//	    deflate ["PARAMETERS"]  dial only, repeatable: offers permessage-deflate (RFC 7692). A
//	                            server that does not take it up need not: the step is left
//	                            out. From one that does, the answer must fit an offer, and
//	                            messages go compressed
//
//	The headers of dial and handshake: Host, Upgrade: websocket, Connection: Upgrade,
//	Sec-WebSocket-Version: 13, Sec-WebSocket-Key (random).
//
// Sending (always masked, in one frame a message unless said otherwise):
//
//	send [COUNT] [plain] text|binary PAYLOAD [CUT]
//	                                      COUNT messages, without waiting in between. plain: not
//	                                      compressed, even if that was agreed on. CUT: "in
//	                                      fragments of SIZE", frames of so many bytes; "in writes
//	                                      of SIZE", so many bytes at a time on TCP; "cut
//	                                      everywhere", for each place between two of its bytes
//	                                      the message once, in two fragments cut there
//	send ping|pong PAYLOAD                PAYLOAD may be left out: empty
//	send close [CODE ["reason"]]
//	send frame [FLAG…] OPCODE [PAYLOAD]   one frame, however illegal. FLAG: fin, rsv1, rsv2,
//	                                      rsv3, unmasked. OPCODE: continuation, text, binary,
//	                                      close, ping, pong, or a number 0–15. Without fin it
//	                                      is not the last fragment. "announcing N" at the end:
//	                                      its header says N bytes, whatever follows it
//	send raw PAYLOAD                      bytes on the connection as they are
//	exchange COUNT text|binary PAYLOAD [within D]
//	                                      COUNT times: send one, receive the same before the
//	                                      next is sent; within is for each
//
// "same" after fragments sent by "send frame" is the message that they make up.
//
// Receiving:
//
//	recv text|binary EXPECTED [within D]
//	    The next message is of this type and content. "same" stands for all messages of the
//	    last "send COUNT", in order. Pings and pongs are passed over.
//	await text|binary EXPECTED [within D]
//	    As recv, but passes over messages that this step itself sent (on any connection).
//	    For rooms, where other members speak too.
//	recv pong [EXPECTED] [within D]
//	    Without EXPECTED: same. Pongs have a queue of their own, so it does not
//	    matter whether it comes before or after a message; other pongs are passed over
//	    (RFC 6455 §5.5.3 allows unasked ones).
//	recv ping [EXPECTED] [within D]       a ping of the server, answered already
//	recv close [CODE…] [or eof] [within D]
//	    A Close frame, of one of these codes ("none": a frame without a code). Without
//	    CODE: any that may stand in a frame. "or eof": it may also hang up without one, as
//	    RFC 6455 §7.1.7 allows after a violation. Messages that come before it are passed over.
//	recv eof [within D]
//	    The server ends the TCP connection.
//	silence D
//	    No message, no event and no end on this connection for D, nor any left unread.
//
// Whatever command is waiting, these always fail the step: a masked frame, a
// reserved bit (but RSV1 where it means compression) or opcode, what does not inflate, a control frame that is fragmented or longer than 125
// bytes, a length that is not minimal, a continuation without a beginning, text or
// a close reason that is not UTF-8, a close code that may not be sent, data after a Close frame.
//
// Rooms:
//
//	gather FROM… [within D]
//	    Receives every message that each FROM (a connection or a crowd) sent last, each
//	    exactly once, in whatever order of senders, but each sender's in the order of
//	    sending. Messages that this step sent before may come in between; anything else
//	    fails. "each c: gather c" wants everything from everybody.
//	agree NAME…
//	    All of these connections (and members of crowds) gathered the same messages in the
//	    same order.
//	stall
//	    Stops reading and makes the receive buffer small, as a frozen browser tab: the
//	    server's sends back up. Some 5 MiB fill the buffers of Linux on loopback.
//	drop
//	    Closes TCP without a Close frame.
//
// A server may register a client only after its 101: before others speak to it, let a member
// say something and await it.
//
//	each c: dial /ws
//	each c: send text "{n} is here, {random}"
//	each c: await text same
//	reverse c: send text "{n} says {random}"
//	each c: gather c within 3s
//	agree c
//
// # HTTP
//
//	request METHOD PATH [header "Name: value"]… [without NAME]… [within D]
//	    Sends a request with no other headers than Host and those given, reads the answer's
//	    head, and judges nothing. Redirects are never followed.
//	connect
//	    Opens TCP and sends nothing; for "send raw". The next "status" reads an answer.
//	status CODE…
//	    The answer's status is one of these; 4xx stands for a class.
//	header NAME is "value"         exactly (but for blanks around it)
//	header NAME has "token"        a comma-separated list with this token, case ignored
//	header NAME contains "part"    case ignored
//	header NAME present|absent
//
// They work after dial, handshake and stream as well:
//
//	handshake /ws header "Sec-WebSocket-Version: 8"
//	status 426 400
//	handshake /ws without Sec-WebSocket-Key
//	status 400
//	handshake /ws header "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" \
//	    header "connection: keep-alive, Upgrade" header "upgrade: WebSocket"
//	status 101
//	header Sec-WebSocket-Accept is "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
//	request GET /ws
//	status 426
//	header Upgrade has "websocket"
//
// # Server-sent events
//
//	stream PATH [last-event-id "5"] [header "Name: value"]… [without NAME]… [within D]
//	    GET as an EventSource does. Fails unless the head comes in time, with status 200 and
//	    Content-Type text/event-stream.
//	event [id "0"] [type "tick"] [data "Event 0"] [after D] [within D]
//	    The next event. What is not named is not judged, but the type, which is "message"
//	    unless named. "after" and "within" count from the arrival of the event before it, or
//	    of the head: it comes no sooner and no later.
//	recv eof, silence, drop, status, header
//	    as above
//
// The stream is read as WHATWG HTML §9.2.6 says: BOM, CR, LF and CRLF, comments, retry, several
// data lines, one leading blank, ids with NUL ignored, unknown fields ignored, an event without
// data not dispatched. Two readers, and one that comes back:
//
//	a: stream /events
//	a: event id "0" data "Event 0"
//	a: event id "1" data "Event 1" after 700ms within 1500ms
//	b: stream /events
//	b: event id "0" data "Event 0"
//	a: drop
//	a: stream /events last-event-id "1"
//	a: event id "2" data "Event 2" within 1500ms
//
// # Likely causes
//
// A failure has one or more of these conditions; the first "likely" line of the step that names
// one of them is shown, and one that is built in otherwise.
//
//	timeout       nothing more came in time
//	eof           the server ended TCP where more was expected (reset as well)
//	reset         the server reset TCP
//	close, close CODE      a Close frame came where something else was expected, or another code
//	status, status CODE    another HTTP status than expected
//	header        a header is missing or wrong
//	header NAME   that one; two blanks stand between NAME and the words
//	got "PART"    what came (a message, the value of a header, the id and data of an event)
//	              contains PART. A double quote at the end of PART, as in "xyz\"", also
//	              stands for the end of what came. Of a binary message, its bytes in
//	              hexadecimal ("01 02 00") are looked into as well
//	accept        Sec-WebSocket-Accept is missing or wrong
//	text, binary  a message of this type came where something else was expected
//	different     the type is right, the content is not
//	partial       what came is only a part of what was expected
//	joined        what was expected came together with another message in one
//	wrapped       what was expected came with something around it ("You said: …")
//	duplicate     what came had come before
//	reordered     what came was expected only later
//	missing       something was left out (events: skipped)
//	extra         something came that nobody sent or asked for
//	disagree      members gathered in different orders
//	id, data, type         that field of an event is different
//	restart       a resumed stream began at its beginning again
//	early         an event came too soon
//	unfinished    lines came, but no blank line ended the event; a message without its last
//	              fragment
//	content-type  the stream is not text/event-stream
//	protocol      a violation of RFC 6455 (masked frame, reserved bits, …)
//	garbage       what came is not HTTP
//	flood         far more came than was asked for
//	stopped       nothing listens any more, and it did before
//
// # Verdicts
//
// A step's verdict is pass or fail; "not started" when the first HTTP answer in it is 501,
// or when the learner's program throws new Error("not started");
// "inconclusive" when the checker could not tell: nothing listens there, the address is
// not allowed, it speaks TLS; "error" when the checker itself broke. After a step whose
// connection could not even be opened, the later ones are not tried and are inconclusive as
// well. So is, and counts for nothing, a step about what a server may do without. A server that answered before and is gone now has failed. The report's
// verdict is the worst of error, fail, inconclusive; "not started" when every step
// is; pass when all pass; fail otherwise.
//
// # Reports
//
// A failed step says what was sent, what was expected, what came and when (t=3ms is since
// the step began), the likely cause, and the command that runs it again; with Style.Verbose
// also the hints and the transcript. Of an answer that is neither a WebSocket's nor an event
// stream's nothing but the status line is shown. Options.Seed and Report.Stable make a report
// that is the same in every run, for golden files; Options.Loopback is for checks that a web
// page asks for; Options.Patience is for slow machines. Times that a report names as
// expected are the script's, however patient the check was.
//
// The target is a base URL (http://localhost:3000), or a full one (ws://host:port/other/path)
// whose path stands in for the path that the script uses first.
package check
