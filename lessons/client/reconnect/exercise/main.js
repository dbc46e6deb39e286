// Here you do the exercise "reconnect": a client that keeps a connection.
//
// Check it with the Check button of the lesson, with "go test ." in this
// folder, or with "duplex check reconnect main.js".
//
// The program finds in the object "exercise"
//
//   exercise.url      the address to connect to
//   exercise.base     the limit of the first wait, in milliseconds
//   exercise.cap      what no limit exceeds, in milliseconds
//   exercise.held     how long a connection has to be open, in milliseconds,
//                     before the failures that came before it are forgotten
//   exercise.oninput  set it to a function: it gets each line that the user
//                     types
//
// The numbers differ from step to step, and are chosen so that you do not wait
// long; a page would take 1 s, 30 s and 5 s.
//
// The wait before a new connection is Math.random() times a limit. The limit is
// base after the first failure, and twice as much after each further one, but
// never more than cap.
//
// TODO(learner): begin here. As long as the last line throws, the exercise
// counts as not started: replace it by your program.
//
//  1. Write a function that connects, and call it.
//  2. When the connection closes, wait, and call it again. Begin with a fixed
//     wait, and make it grow when that works.
//  3. Some ends are final: a Close frame with the code 1000, and the user who
//     types "quit".

throw new Error("not started");
