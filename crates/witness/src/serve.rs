//! The witness over HTTP: `add-checkpoint`, its key, and what it cosigned last for monitors.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use syndic_ledger::{MAX_REQUEST_BYTES, Refusal, SIZE_CONTENT_TYPE};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

use crate::{AddError, Witness};

/// The most connections at once, of which each asks one thing at a time; further ones wait in the system's backlog.
const MOST_CONNECTIONS: usize = 256;
const HEADERS_WITHIN: Duration = Duration::from_secs(10);
const REQUEST_WITHIN: Duration = Duration::from_secs(20);
const DRAIN_WITHIN: Duration = Duration::from_secs(10);
const TEXT: &str = "text/plain; charset=utf-8";

/// What every handler gets.
#[derive(Clone)]
struct App {
    witness: Arc<Witness>,
    now: Arc<dyn Fn() -> u64 + Send + Sync>,
}

/// Answers on `listener` until `shutdown`, then lets open requests end for up to ten seconds. `now` tells the time in
/// Unix seconds.
pub async fn serve(
    witness: Arc<Witness>,
    now: Arc<dyn Fn() -> u64 + Send + Sync>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) {
    let router = router(App { witness, now });
    let graceful = GracefulShutdown::new();
    tokio::select! {
        () = accept(&listener, &router, &graceful) => {}
        () = shutdown => {}
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_WITHIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("some connections were still busy at shutdown");
    }
}

fn router(app: App) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/vkey", get(verifier_key))
        .route("/healthz", get(health))
        .route("/{origin_hash}/checkpoint", get(checkpoint))
        .with_state(app)
        .layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES))
        .layer(axum::middleware::from_fn(in_time))
}

async fn add_checkpoint(State(App { witness, now }): State<App>, body: Bytes) -> Response {
    // A client that goes away does not stop it between keeping and answering, and it need not: both are whole.
    let answered = tokio::task::spawn_blocking(move || witness.add_checkpoint(&body, now())).await;
    match answered {
        Ok(Ok(line)) => ([(CONTENT_TYPE, TEXT)], line).into_response(),
        Ok(Err(AddError::Refused(refusal))) => refused(&refusal),
        Ok(Err(error @ (AddError::Keep(_) | AddError::Unsure(_)))) => {
            tracing::error!(error = &error as &dyn std::error::Error, "nothing is cosigned");
            (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response()
        }
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "nothing was cosigned\n").into_response(),
    }
}

fn refused(refusal: &Refusal) -> Response {
    let status =
        StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match refusal {
        Refusal::Conflict(size) => {
            (status, [(CONTENT_TYPE, SIZE_CONTENT_TYPE)], format!("{size}\n")).into_response()
        }
        Refusal::Unprocessable(reason) => {
            tracing::error!(
                reason,
                "a log signed what does not follow from what was cosigned of it"
            );
            (status, format!("{refusal}\n")).into_response()
        }
        Refusal::Malformed(_) | Refusal::Unknown(_) | Refusal::Forbidden(_) => {
            (status, format!("{refusal}\n")).into_response()
        }
    }
}

async fn verifier_key(State(App { witness, .. }): State<App>) -> Response {
    ([(CONTENT_TYPE, TEXT)], format!("{}\n", witness.verifier())).into_response()
}

async fn health(State(App { witness, .. }): State<App>) -> Response {
    if witness.is_writable() {
        return "ok\n".into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, "the last checkpoint of a log could not be kept\n")
        .into_response()
}

async fn checkpoint(State(App { witness, .. }): State<App>, Path(hash): Path<String>) -> Response {
    let read = tokio::task::spawn_blocking(move || witness.checkpoint(&hash)).await;
    match read.ok().flatten() {
        Some(text) => ([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-cache")], text).into_response(),
        None => {
            (StatusCode::NOT_FOUND, "no checkpoint of such a log was cosigned\n").into_response()
        }
    }
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_WITHIN, next.run(request)).await {
        Ok(response) => response,
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "it took too long\n").into_response(),
    }
}

async fn accept(listener: &TcpListener, router: &Router, graceful: &GracefulShutdown) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => answer(stream, router.clone(), graceful, place),
            Err(error) => pause(&error).await,
        }
    }
}

/// Serves one connection in the background; `place` is given back when it ends.
fn answer(
    stream: TcpStream,
    router: Router,
    graceful: &GracefulShutdown,
    place: OwnedSemaphorePermit,
) {
    drop(stream.set_nodelay(true));
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .serve_connection(TokioIo::new(stream), service);
    let watched = graceful.watcher().watch(connection);
    tokio::spawn(async move {
        if let Err(error) = watched.await {
            tracing::debug!(%error, "a connection ended early");
        }
        drop(place);
    });
}

/// Waits out a passing failure to accept, such as too many open files.
async fn pause(error: &io::Error) {
    tracing::warn!(%error, "cannot accept a connection");
    tokio::time::sleep(Duration::from_millis(100)).await;
}
