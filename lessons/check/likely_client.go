package check

import "strings"

// programCauses are the built-in causes where the script plays the server, as
// causes has them for the other part.
var programCauses = map[string]string{
	"connection timeout":   "No connection came. Is there a new WebSocket(exercise.url), or for a stream a new EventSource(exercise.url)? If there is, look for a loop that waits for it to open: while the loop runs, your program can do nothing else. Wait for the event \"open\" instead.",
	"connection early":     "The program connects before it was asked to.",
	"connection extra":     "The program opens a connection on its own here: look at what calls for one.",
	"return timeout":       "Nothing connects again: a WebSocket does not do so by itself. Open a new one in its close event, after a pause.",
	"return open":          "The program takes no notice that the time has come: look at what is to end its connection.",
	"return early":         "The pause before the next attempt is missing or too short: it begins at the close event, and setTimeout takes milliseconds.",
	"return late":          "The pause is too long: look at how it grows, at where it begins anew, and that setTimeout takes milliseconds.",
	"return extra":         "It connects again whatever the end was: look at the close event's code, and at what the exercise says of it.",
	"two":                  "Two places connect, or one does twice: an error event is always followed by close, so connect again only there, and keep one timer.",
	"threw":                "The message says what went wrong, and where: look at that line.",
	"request":              "Connect to exercise.url as it is.",
	"request garbage":      "Connect to exercise.url as it is.",
	"header":               "The request was not made by a WebSocket or an EventSource: look at what connects.",
	"id":                   "The id of the last event was lost: an EventSource keeps it, but a new one begins without. Let the one that you have come back by itself.",
	"header last-event-id": "A new EventSource knows of no last event; one that comes back by itself does.",
	"answer eof":           "The program does not wait for its connection to open: look for a timer that closes it.",
	"input eof":            "The program has come to its end.",

	"log timeout":   "Nothing was logged: is the event listened for, and does the listener call console.log?",
	"log different": "Something else was logged: compare it with what was expected, letter by letter.",
	"log wrapped":   "The line has other words around it: log what came, and nothing more.",
	"log partial":   "Only a part of it was logged.",
	"log reordered": "It was logged before its turn, or only once.",
	"log duplicate": "Something is listened for twice, or handled twice.",
	"log extra":     "Something is logged that nobody asked for.",

	"message timeout": "Nothing was sent: send may only be called once the open event has come, and each socket needs its own listeners.",
	"message eof":     "The program closed the connection, or came to its end, before it sent that.",
	"message reset":   "The program closed the connection, or came to its end, before it sent that.",
	"binary":          "A string goes out as text, an ArrayBuffer or a typed array as binary.",
	"text":            "A string goes out as text, an ArrayBuffer or a typed array as binary.",
	"different":       "The program sends other bytes than the exercise asks for.",
	"duplicate":       "Something is sent twice: what was sent must leave the queue, and each listener be added once.",
	"reordered":       "What was to be sent first must leave the queue first.",
	"joined":          "Several messages went out as one: call send for each.",
	"wrapped":         "The program adds words or a line ending of its own.",
	"partial":         "A part of the message is missing: look at where it is cut.",
	"extra":           "Something is sent that nobody asked for.",

	"pong timeout":  "A client answers pings by itself, as long as the program lets it: look for a loop that never ends.",
	"close timeout": "The program does not close the connection: call close where the exercise says so.",
	"close eof":     "The program dropped the connection: close() says goodbye with a Close frame.",
	"close 1005":    "close() without a code says nothing: the code is its first argument.",
	"close":         "The program closes the connection: look at what calls close.",
	"eof timeout":   "The program keeps the connection: call close where the exercise says so.",
	"eof":           "The program closed the connection, or came to its end.",
	"reset":         "The program closed the connection, or came to its end.",
	"send timeout":  "The program does not read: look for a loop that never ends.",
	"protocol":      "The frame was not written as RFC 6455 §5 says.",
	"unfinished":    "The last frame of a message must have FIN set.",
	"flood":         "A loop runs without waiting for anything.",
	"early":         "It came before its time: look at what it is to wait for.",
	"late":          "It came after its time: look at what it waits for.",
	"timeout":       "The program waits for something that does not come, or a loop in it never ends.",
}

// A mistake is known by what a program logs or throws.
type mistake struct{ part, words string }

// shownMistakes are sure, where they are logged in the place of a message: they
// are what consoles make of objects.
var shownMistakes = []mistake{
	{"[object MessageEvent]", "The event itself was logged: the message is in its property data."},
	{"MessageEvent {", "The event itself was logged: the message is in its property data."},
	{"[object Blob]", "Binary messages come as a Blob unless you set binaryType to \"arraybuffer\" first."},
	{"Blob(", "Binary messages come as a Blob unless you set binaryType to \"arraybuffer\" first."},
	{"Blob {", "Binary messages come as a Blob unless you set binaryType to \"arraybuffer\" first."},
	{"[object ArrayBuffer]", "The message is an ArrayBuffer: read it with a DataView or a Uint8Array."},
	{"ArrayBuffer(", "The message is an ArrayBuffer: read it with a DataView or a Uint8Array."},
	{"ArrayBuffer {", "The message is an ArrayBuffer: read it with a DataView or a Uint8Array."},
	{"[object Promise]", "A promise was logged: await it first."},
	{"Promise {", "A promise was logged: await it first."},
	{"[object Object]", "An object became a string: log its properties, or JSON.stringify(it)."},
}

// logMistakes are likely there.
var logMistakes = []mistake{
	{"undefined", "What was logged is not there: look at the name of the property. A message is in event.data."},
	{"NaN", "A number was made of what is none."},
}

// breakages are known by what is thrown.
var breakages = []mistake{
	{"not valid JSON", "JSON.parse was given what is no JSON: look at what came."},
	{"in JSON", "JSON.parse was given what is no JSON: look at what came."},
	{"Sent before connected", "send was called before the connection was open: wait for the open event."},
	{"must be of type function", "A function was called where it should have been handed over: setTimeout(f, 100), not setTimeout(f(), 100)."},
	{"CONNECTING", "send was called before the connection was open: wait for the open event."},
	{"InvalidStateError", "send was called before the connection was open: wait for the open event."},
	{"CLOSING or CLOSED", "send was called on a socket that is closed: ask readyState first, and keep what cannot be sent yet."},
	{"is not a function", "What is called there is no function: look at its name, and at what it belongs to."},
	{"is not defined", "Nothing has that name there: look for a typing error, or for where it was declared."},
	{"Cannot read properties of undefined", "The value before the dot is not there yet, or has another name."},
	{"Cannot read properties of null", "The value before the dot is null there."},
	{"Assignment to constant", "A const cannot be given another value: declare it with let."},
	{"before initialization", "The variable is used above the line that declares it."},
	{"SyntaxError", "The program cannot be read: look at the line, and for a bracket or quote that is missing."},
	{"Unexpected token", "The text there is not what was expected: look for a bracket or quote that is missing."},
	{"Maximum call stack", "A function calls itself without an end."},
	{"ffset is outside", "A DataView was read or written beyond its end: look at its length."},
	{"is out of range", "An index or a length lies outside of what there is."},
}

// mistakeIn returns what a known mistake means, or "".
func mistakeIn(text string, mistakes []mistake) string {
	for _, m := range mistakes {
		if strings.Contains(text, m.part) {
			return m.words
		}
	}
	return ""
}
