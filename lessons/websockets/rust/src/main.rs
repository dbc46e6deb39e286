//! The opening handshake, and nothing after it: a WebSocket at /ws that only
//! waits for its end. `cargo run`, then `duplex check handshake http://localhost:3000`.

use std::{env, io};

use axum::{
    Router,
    extract::ws::{WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection as Rejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
    serve::ListenerExt,
};
use tokio::net::TcpListener;

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
async fn handler(upgrade: Result<WebSocketUpgrade, Rejection>) -> Response {
    match upgrade {
        Ok(upgrade) => upgrade.on_upgrade(wait_for_the_end),
        Err(rejection) => refuse(rejection),
    }
}
// endregion handler

// region refuse
/// Tells a client that did not ask for a WebSocket, or asked for another
/// version of it, what to ask for (RFC 9110 section 15.5.22, RFC 6455 section 4.4).
fn refuse(rejection: Rejection) -> Response {
    match rejection {
        Rejection::InvalidConnectionHeader(_)
        | Rejection::InvalidUpgradeHeader(_)
        | Rejection::InvalidWebSocketVersionHeader(_) => (
            StatusCode::UPGRADE_REQUIRED,
            [
                (header::CONNECTION, "Upgrade"),
                (header::UPGRADE, "websocket"),
                (header::SEC_WEBSOCKET_VERSION, "13"),
            ],
            "This is a WebSocket: send an upgrade request.\n",
        )
            .into_response(),
        other => other.into_response(),
    }
}
// endregion refuse

// region wait
/// Reads until the client closes. The library answers a ping and a Close by
/// itself, but only while somebody reads.
async fn wait_for_the_end(mut socket: WebSocket) {
    while let Some(Ok(_)) = socket.recv().await {}
}
// endregion wait
