//! A chat room: every text message to everybody, in one order for all.
//! `cargo run`, then `duplex check chat http://localhost:3000`.

use std::{env, io, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{
        State,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
    serve::ListenerExt,
};
use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use tokio::{
    net::TcpListener,
    sync::broadcast::{self, error::RecvError},
    time::{self, Instant},
};

// region room
/// What was said, for everybody who has subscribed. A Sender is already a
/// handle that clones cheaply: it needs no Arc around it.
type Room = broadcast::Sender<Utf8Bytes>;

/// How many messages the room keeps for a member who has not read them yet.
/// tokio rounds up to a power of two: it keeps the last 128.
const KEPT: usize = 100;
// endregion room

// region limits
/// The largest message that we take: far more than anybody says at once.
const MAX_MESSAGE: usize = 2 << 20;
/// How often we ask whether a member is still there.
const PING_EVERY: Duration = Duration::from_secs(20);
/// How long a member may be silent: a ping, and time to answer it.
const MAX_SILENCE: Duration = Duration::from_secs(30);
/// How long one message may take to leave.
const WRITE_WAIT: Duration = Duration::from_secs(10);
/// How long we wait for the answer to our Close.
const CLOSE_WAIT: Duration = Duration::from_secs(2);
// endregion limits

#[tokio::main]
async fn main() -> io::Result<()> {
    let port: u16 = env::var("PORT")
        .ok()
        .and_then(|p| p.parse().ok())
        .unwrap_or(3000);
    let (room, _) = broadcast::channel::<Utf8Bytes>(KEPT);
    let app = Router::new().route("/ws", get(handler)).with_state(room);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    // axum leaves Nagle's algorithm on, which can hold back a small message.
    let listener = listener.tap_io(|tcp| {
        let _ = tcp.set_nodelay(true);
    });
    axum::serve(listener, app).await
}

// region join
async fn handler(
    State(room): State<Room>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !same_origin(&headers) {
        return (StatusCode::FORBIDDEN, FOREIGN).into_response();
    }
    // Subscribed before the client hears of its success: a message said from
    // now on reaches it.
    let said = room.subscribe();
    upgrade
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE)
        .on_upgrade(move |socket| member(socket, room, said))
}
// endregion join

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

// region together
/// Runs both loops of one member. The first to end ends the other, and then
/// the member is told why.
async fn member(socket: WebSocket, room: Room, said: broadcast::Receiver<Utf8Bytes>) {
    let (mut sink, mut stream) = socket.split();
    let farewell = tokio::select! {
        close = write(&mut sink, said) => close,
        close = read(&mut stream, &room) => close,
    };
    // select! has dropped the other loop, so that both halves are ours again.
    let Some(close) = farewell else { return };
    let goodbye = async {
        if sink.send(Message::Close(Some(close))).await.is_ok() {
            while let Some(Ok(_)) = stream.next().await {}
        }
    };
    let _ = time::timeout(CLOSE_WAIT, goodbye).await;
}

fn close(code: u16, reason: &str) -> Option<CloseFrame> {
    Some(CloseFrame {
        code,
        reason: reason.into(),
    })
}
// endregion together

// region reader
/// From the member to the room. Some: how to close. None: the member has gone.
async fn read(stream: &mut SplitStream<WebSocket>, room: &Room) -> Option<CloseFrame> {
    loop {
        match time::timeout(MAX_SILENCE, stream.next()).await {
            Ok(Some(Ok(Message::Text(text)))) => {
                // An error would mean that nobody is subscribed; we are.
                let _ = room.send(text);
            }
            Ok(Some(Ok(Message::Binary(_)))) => return close(close_code::UNSUPPORTED, "text only"),
            // Ping, pong, Close: the library answers them at the next read.
            Ok(Some(Ok(_))) => {}
            Ok(Some(Err(error))) => return close(code_for(&error), ""),
            Ok(None) | Err(_) => return None,
        }
    }
}
// endregion reader

// region writer
/// From the room to the member. Some: how to close. None: the member has gone.
async fn write(
    sink: &mut SplitSink<WebSocket, Message>,
    mut said: broadcast::Receiver<Utf8Bytes>,
) -> Option<CloseFrame> {
    let mut ping = time::interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    loop {
        let message = tokio::select! {
            next = said.recv() => match next {
                Ok(text) => Message::Text(text),
                Err(RecvError::Lagged(missed)) => {
                    return close(close_code::AGAIN, &format!("too slow: missed {missed} messages"));
                }
                Err(RecvError::Closed) => return close(close_code::AWAY, "the room has closed"),
            },
            _ = ping.tick() => Message::Ping(Bytes::new()),
        };
        match time::timeout(WRITE_WAIT, sink.send(message)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return None,
        }
    }
}
// endregion writer

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
