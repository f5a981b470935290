//! One connection: who is at the other end, and its requests.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Notify, OwnedSemaphorePermit};
use tower::ServiceExt as _;

const HEADERS_WITHIN: Duration = Duration::from_secs(10);

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Peer {
    /// A process of our own user, on the Unix socket.
    Own,
    /// Anybody else.
    Remote,
}

/// What a request may do with the connection it came by.
#[derive(Debug)]
pub(crate) struct Connection {
    place: Mutex<Option<OwnedSemaphorePermit>>,
    hang_up: Notify,
}

impl Connection {
    /// Gives the connection's place to others: what it is used for from now on is counted elsewhere.
    pub(crate) fn leave(&self) {
        drop(self.place.lock().take());
    }

    /// Ends the connection where it is, for who does not read what is sent.
    pub(crate) fn hang_up(&self) {
        self.hang_up.notify_one();
    }
}

/// Serves one connection in the background; `place` is given back when it ends.
pub(crate) fn serve<S>(
    stream: S,
    peer: Peer,
    router: Router,
    watcher: Watcher,
    place: OwnedSemaphorePermit,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let here = Arc::new(Connection { place: Mutex::new(Some(place)), hang_up: Notify::new() });
    let given = Arc::clone(&here);
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(Arc::clone(&given));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .serve_connection(TokioIo::new(stream), service);
    let watched = watcher.watch(connection);
    tokio::spawn(async move {
        tokio::select! {
            ended = watched => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended early");
                }
            }
            () = here.hang_up.notified() => {}
        }
        here.leave();
    });
}
