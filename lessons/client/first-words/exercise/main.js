// Here you do the exercise "first-words": a client that says hello, sends what
// its user types, and logs what it hears.
//
// Check it with the Check button of the lesson, with "go test ." in this
// folder, or with "duplex check first-words main.js".
//
// The program finds in the object "exercise"
//
//   exercise.url      the address to connect to
//   exercise.oninput  set it to a function: it gets each line that the user
//                     types. Lines typed before that are kept for it.
//
// and shows what it has to show with console.log.
//
// TODO(learner): begin here. As long as the last line throws, the exercise
// counts as not started: replace it by your program.
//
//  1. Connect. The constructor of WebSocket returns before the connection is
//     there; the event "open" says when it is.
//  2. Say "hello" then, and from then on send what is typed.
//  3. Log the data of each message.
//  4. At the end log "closed" and the code, such as: closed 1000.

throw new Error("not started");
