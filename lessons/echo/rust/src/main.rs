//! Echo: every message back, unchanged, text as text and binary as binary.
//! `cargo run`, then `duplex check echo http://localhost:3000`.

use std::{env, io, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
    serve::ListenerExt,
};
use tokio::{
    net::TcpListener,
    time::{self, Instant},
};

// region limits
/// The largest message that we take. axum alone would take 64 MiB.
const MAX_MESSAGE: usize = 16 << 20;
/// How often we ask whether the client is still there.
const PING_EVERY: Duration = Duration::from_secs(20);
/// How long a client may be silent: a ping, and time to answer it.
const MAX_SILENCE: Duration = Duration::from_secs(30);
/// How long one message may take to leave.
const WRITE_WAIT: Duration = Duration::from_secs(10);
// endregion limits

#[tokio::main]
async fn main() -> io::Result<()> {
    let port: u16 = env::var("PORT")
        .ok()
        .and_then(|p| p.parse().ok())
        .unwrap_or(3000);
    let app = Router::new().route("/ws", get(handler));
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    // axum leaves Nagle's algorithm on, which can hold back a small message.
    let listener = listener.tap_io(|tcp| {
        let _ = tcp.set_nodelay(true);
    });
    axum::serve(listener, app).await
}

// region handler
async fn handler(headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    if !same_origin(&headers) {
        return (StatusCode::FORBIDDEN, FOREIGN).into_response();
    }
    upgrade
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE)
        .on_upgrade(echo)
}
// endregion handler

// region origin
const FOREIGN: &str = "Another site's page may not connect here.\n";

/// Whether the page that connects came from this host. A client that is no
/// browser sends no Origin, and has no user's cookies to abuse.
fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(header::ORIGIN), text(header::HOST)) {
        (None, _) => !headers.contains_key(header::ORIGIN),
        (Some(origin), Some(host)) => origin
            .split_once("://")
            .is_some_and(|(_, from)| from.eq_ignore_ascii_case(host)),
        (Some(_), None) => false,
    }
}
// endregion origin

// region loop
async fn echo(mut socket: WebSocket) {
    let mut ping = time::interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    let mut heard = Instant::now();
    loop {
        let reply = tokio::select! {
            incoming = socket.recv() => {
                heard = Instant::now();
                match incoming {
                    Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => message,
                    // The library has the pong, or the answer to a Close, ready:
                    // the next recv sends it.
                    Some(Ok(_)) => continue,
                    Some(Err(error)) => return give_up(socket, &error).await,
                    None => return,
                }
            }
            _ = ping.tick() => {
                if heard.elapsed() > MAX_SILENCE {
                    return;
                }
                Message::Ping(Bytes::new())
            }
        };
        if !send(&mut socket, reply).await {
            return;
        }
    }
}

/// Sends one message; false when the client cannot or will not take it.
async fn send(socket: &mut WebSocket, message: Message) -> bool {
    matches!(
        time::timeout(WRITE_WAIT, socket.send(message)).await,
        Ok(Ok(()))
    )
}
// endregion loop

// region end
/// Says why, then hangs up.
async fn give_up(mut socket: WebSocket, error: &axum::Error) {
    let close = CloseFrame {
        code: code_for(error),
        reason: Utf8Bytes::from_static(""),
    };
    send(&mut socket, Message::Close(Some(close))).await;
}

/// The close code for a message that could not be read (RFC 6455 section 7.4.1).
/// axum hides the error's type, so this goes by its words.
fn code_for(error: &axum::Error) -> u16 {
    let words = error.to_string();
    if words.starts_with("UTF-8") {
        close_code::INVALID
    } else if words.starts_with("Space limit") {
        close_code::SIZE
    } else {
        close_code::PROTOCOL
    }
}
// endregion end
