// Here you do the exercise "event-source": a page that reads a stream of events.
//
// Check it with the Check button of the lesson, with "go test ." in this
// folder, or with "duplex check event-source main.js".
//
// The program finds the address of the stream in exercise.url, and shows what
// it has to show with console.log.
//
// TODO(learner): begin here. As long as the last line throws, the exercise
// counts as not started: replace it by your program.
//
//  1. Make an EventSource, and log the data of each event.
//  2. Events with the name "weather" are logged as: weather: rain
//  3. When the server has ended the stream for good, with 204, log "ended". A
//     break is not the end.
//  4. An event with the name "bye" says that nothing more will come: close.

throw new Error("not started");
