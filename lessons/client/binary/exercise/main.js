// Here you do the exercise "binary": a client that speaks in bytes.
//
// Check it with the Check button of the lesson, with "go test ." in this
// folder, or with "duplex check binary main.js".
//
// The program finds in the object "exercise"
//
//   exercise.url      the address to connect to
//   exercise.oninput  set it to a function: it gets each line that the user
//                     types. Lines typed before that are kept for it.
//
// A binary message holds one record or several, one behind the other:
//
//   1 byte   type: 1 a text in UTF-8, 2 a number, a signed one of 32 bits
//   2 bytes  length of what follows, the high byte first
//   …        that many bytes; those of a number have the high byte first, too
//
// Log the text or the number of each record, and send what is typed as a record
// of type 1, one in a message.
//
// TODO(learner): begin here. As long as the last line throws, the exercise
// counts as not started: replace it by your program.
//
//  1. Connect, and ask for an ArrayBuffer: ws.binaryType = "arraybuffer".
//  2. A DataView reads numbers at any place, the high byte first; a TextDecoder
//     makes text of bytes, a TextEncoder bytes of text.
//  3. Think of what else may come: several records, a type that you do not
//     know, a record that is cut off.

throw new Error("not started");
