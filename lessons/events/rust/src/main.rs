//! Server-sent events: "Event 0", "Event 1", … once a second, resuming after
//! Last-Event-ID. `cargo run`, then `duplex check events http://localhost:3000`.

use std::{convert::Infallible, env, io, time::Duration};

use axum::{
    Router,
    http::HeaderMap,
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
    routing::get,
    serve::ListenerExt,
};
use tokio::net::TcpListener;
use tokio_stream::StreamExt;

#[tokio::main]
async fn main() -> io::Result<()> {
    let port: u16 = env::var("PORT")
        .ok()
        .and_then(|p| p.parse().ok())
        .unwrap_or(3000);
    let app = Router::new().route("/events", get(handler));
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    // axum leaves Nagle's algorithm on, which can hold back a small event.
    let listener = listener.tap_io(|tcp| {
        let _ = tcp.set_nodelay(true);
    });
    axum::serve(listener, app).await
}

// region handler
async fn handler(headers: HeaderMap) -> impl IntoResponse {
    // A reader that loses its connection waits two seconds before the next try.
    let opening = tokio_stream::once(Event::default().retry(Duration::from_secs(2)));
    let events = tokio_stream::iter(first(&headers)..=u64::MAX)
        .map(event)
        .throttle(Duration::from_secs(1));
    let stream = opening.chain(events).map(Ok::<Event, Infallible>);
    (
        [("x-accel-buffering", "no")],
        // A comment after 15 s without an event, so that no proxy hangs up.
        Sse::new(stream).keep_alive(KeepAlive::default()),
    )
}
// endregion handler

// region format
fn event(i: u64) -> Event {
    Event::default()
        .id(i.to_string())
        .data(format!("Event {i}"))
}
// endregion format

// region resume
/// The first event that this reader has not seen. A browser that reconnects
/// says in Last-Event-ID which one it saw last; anybody else begins at 0.
fn first(headers: &HeaderMap) -> u64 {
    headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok())
        .and_then(|id| id.parse::<u64>().ok())
        .and_then(|last| last.checked_add(1))
        .unwrap_or(0)
}
// endregion resume
