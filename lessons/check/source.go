package check

import "embed"

// Source is this package's own code, which a learner's workspace carries with
// it, so that its exercises are graded offline and by the same checker.
//
//go:embed accept.go args.go atonce.go client.go condition.go conn.go deflate.go dial.go doc.go doc_serve.go errno_other.go errno_windows.go extension.go head.go inbox.go judge.go lex.go likely.go likely_client.go pace.go
//go:embed parse.go parse_command.go parse_serve.go payload.go pieces.go problem.go reference.go report.go run.go script.go serve.go serve_log.go serve_queue.go serve_request.go serve_settle.go
//go:embed source.go sse.go table.go tape.go target.go text.go text_event.go verb_event.go verb_http.go
//go:embed verb_accept.go verb_expect.go verb_send_event.go verb_serve.go
//go:embed verb_open.go verb_recv.go verb_recv_control.go verb_room.go verb_send.go verb_send_frame.go verb_silence.go verbs.go verdict.go wait.go websocket.go write.go
var Source embed.FS
