package check

import "strings"

// likely finds the cause of a failure: the script's own words first, then the
// built-in ones.
func (f *failure) cause(step *Step) string {
	for _, l := range step.Likely {
		if f.certain != "" && !strings.HasPrefix(l.Condition, "got ") {
			continue
		}
		if f.fits(l.Condition) {
			return l.Words
		}
	}
	if f.certain != "" {
		return f.certain
	}
	if f.likely != "" {
		return f.likely
	}
	builtIn := causes
	if step.serves {
		builtIn = programCauses
	}
	for _, tag := range f.tags {
		for _, key := range []string{f.awaiting + " " + tag, tag} {
			if words := builtIn[key]; words != "" {
				return words
			}
		}
	}
	return ""
}

// causes are the built-in causes by what was awaited and the condition, or by
// the condition alone.
var causes = map[string]string{
	"head timeout": "The handler has not written its answer, or it waits in a buffer: for a stream, write the head and flush it at once.",
	"head eof":     "The server closed the connection while it handled the request: look for a panic or an early return.",
	"head reset":   "The server reset the connection while it handled the request: look for a panic or an early return.",
	"status 200":   "The handler answers as plain HTTP and does not upgrade the connection.",
	"status 400":   "The server takes the request for malformed: look at which headers it demands.",
	"status 403":   "The server refuses the request, as an Origin check does: a request without Origin comes from no browser and may pass.",
	"status 404":   "No handler is registered for this path.",
	"status 405":   "The handler is registered for another method.",
	"status 426":   "The server did not see an upgrade: compare Upgrade and Connection as lists of tokens, whatever their case.",
	"status 500":   "The handler failed: look at what the server printed.",
	"status 503":   "The server refuses for now: a limit on connections, or a part of it that is not ready.",
	"status 301":   "The path is registered in another form, with or without its last slash: a WebSocket does not follow redirects.",
	"status 307":   "The path is registered in another form, with or without its last slash: a WebSocket does not follow redirects.",
	"status 308":   "The path is registered in another form, with or without its last slash: a WebSocket does not follow redirects.",
	"status 101":   "The server upgrades without looking at the headers of the request.",
	"status":       "The handler took another way than this request asks for: look at what it tests, and at what the server printed.",
	"header":       "The header is not set, is set after the status was written, or belongs to something that was not asked for.",
	"accept":       "It is the Base64 of the SHA-1 of the key and the fixed GUID, joined as text (RFC 6455 §4.2.2).",
	"content-type": "The handler does not set Content-Type to text/event-stream before the first write.",
	"garbage":      "Another kind of server listens at this port, or bytes were written before the answer's head.",

	"message timeout": "The handler is not reading, has not written what it read, or keeps it in a buffer.",
	"message eof":     "The handler returned, or the server panicked, before it answered.",
	"message reset":   "The handler returned, or the server panicked, before it answered.",
	"binary":          "The message type that was read is not the one that is written.",
	"text":            "The message type that was read is not the one that is written.",
	"close 1009":      "The server's read limit is smaller than the message.",
	"close 1002":      "The server takes what it got for a violation of the protocol.",
	"close 1007":      "The server takes the text for invalid UTF-8: judge the whole message, not a fragment or a buffer of it.",
	"close 1003":      "The server accepts only the other type of message.",
	"close 1011":      "The handler met an error: look at what the server printed.",
	"close":           "The server ended the conversation itself: look at what it printed, and at its limits.",
	"eof":             "The handler returned, or the server panicked: look at what it printed.",
	"reset":           "The handler returned, or the server panicked: look at what it printed.",
	"different":       "The bytes were changed on their way, or belong to something else.",
	"duplicate":       "Something is written twice, or registered twice.",
	"reordered":       "Messages are handled by goroutines of their own, which overtake each other.",
	"joined":          "Several messages are written into one frame.",
	"wrapped":         "The server adds words or a line ending of its own.",
	"partial":         "The server treats each fragment, or each buffer that it read, as a whole message.",

	"pong timeout": "Pings are answered only while the handler reads: it is not reading, or the pings are not handled.",
	"pong eof":     "The handler returned on a control frame.",

	"close eof":     "The handler returned before the closing handshake was finished.",
	"close reset":   "The handler returned before the closing handshake was finished.",
	"close timeout": "The handler does not read on, so nobody sees the Close frame and answers it.",
	"eof timeout":   "The handler did not return, or the TCP connection was not closed after the closing handshake.",
	"send timeout":  "The handler does not read, or it waits for something else before it reads on.",

	"room timeout":   "A message goes only to some members, or one slow member holds up the others.",
	"room missing":   "A message goes only to some members, or one slow member holds up the others.",
	"room extra":     "Words of the server's own are mixed in, or another client is connected and speaks.",
	"room disagree":  "Each sender's goroutine writes to the members itself: let one place order the messages.",
	"room reordered": "Each sender's goroutine writes to the members itself: let one place order the messages.",

	"event timeout":    "Events wait in a buffer: flush after each one.",
	"event unfinished": "Each event must end with a blank line: write two line endings after its last field.",
	"event eof":        "The handler returned, or a write deadline ended the stream.",
	"early":            "The answer was written before the request was complete.",
	"event early":      "The events come without the pause between them.",
	"event restart":    "Last-Event-ID of the request is not read.",
	"event duplicate":  "After Last-Event-ID n the stream goes on with the event after n.",
	"event missing":    "The stream goes on later than right after the last event that was seen, or readers share one counter.",
	"event id":         "The id field is missing or has another value.",
	"event type":       "A line event: gives the event a type, and onmessage does not hear it.",
	"event data":       "The data field has another value, or other words around it.",
	"unfinished":       "The last frame of a message must have FIN set.",
	"protocol":         "The frame was not written as RFC 6455 §5 says.",
	"extra":            "Something is written that nobody asked for.",
	"timeout":          "The server is still busy with something else, or waits for what does not come.",
	"disagree":         "Each sender's goroutine writes to the members itself: let one place order the messages.",
	"missing":          "Something was dropped on its way.",
	"stopped":          "Something ended the whole program: look at what it printed last.",
	"flood":            "A loop writes without waiting for anything.",
}

// fill words a result from a failure.
func (res *Result) fill(f *failure, step *Step, rerun string) {
	res.Verdict, res.Why = f.verdict, f.why
	res.Sent, res.Expected, res.Got = f.sent, f.expected, f.got
	if f.verdict == Error {
		res.Likely = "This is a defect of the checker, not of your " + map[bool]string{false: "server", true: "program"}[step.serves] + ": please report it with this output."
		res.Rerun = rerun
		return
	}
	res.Likely = strings.TrimSpace(f.cause(step))
	res.Rerun = rerun
}
