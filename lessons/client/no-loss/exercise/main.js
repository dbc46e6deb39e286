// Here you do the exercise "no-loss": a member of a room who loses no word.
//
// Check it with the Check button of the lesson, with "go test ." in this
// folder, or with "duplex check no-loss main.js".
//
// The program finds in the object "exercise"
//
//   exercise.url      the address to connect to
//   exercise.base     how long a wait may be, in milliseconds
//   exercise.oninput  set it to a function: it gets each line that the user
//                     types
//
// Every message is a line of text.
//
//   you say      after 17    the first words on each connection: the number of
//                            the last message that you have seen, 0 for none
//                say 3 text  the third line that your user typed
//   you hear     18 text     message 18 of the room: log its text
//                ok 3        the room has your third line
//
// Coming back is done below, in the simplest way. TODO(learner): begin where
// the program throws. As long as it does, the exercise counts as not started.
//
//  1. Say "after 0" when the connection opens; log what comes.
//  2. Number what is typed, and keep it. Send it now, if the connection is
//     open, and in any case when the next one opens.
//  3. Take a line out of what you keep when the room confirms it.
//  4. Keep the number of the last message, and pass over what is not newer.

throw new Error("not started");

function connect() {
  const ws = new WebSocket(exercise.url);
  ws.onclose = () => setTimeout(connect, exercise.base * Math.random());
}

connect();
