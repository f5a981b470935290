//! Taking connections, as many as there are places for.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;

use crate::connection::{Peer, serve};

const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);

pub(super) async fn accept_tcp(
    listener: Option<&TcpListener>,
    tls: Option<&TlsAcceptor>,
    router: &Router,
    graceful: &GracefulShutdown,
    places: &Arc<Semaphore>,
) {
    let Some(listener) = listener else { return std::future::pending().await };
    loop {
        let place = take_place(places).await;
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                pause(&error).await;
                continue;
            }
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "answers may be delayed");
        }
        let (router, watcher) = (router.clone(), graceful.watcher());
        match tls.cloned() {
            None => serve(stream, Peer::Remote, router, watcher, place),
            Some(tls) => drop(tokio::spawn(shake_hands(tls, stream, router, watcher, place))),
        }
    }
}

async fn shake_hands(
    tls: TlsAcceptor,
    stream: TcpStream,
    router: Router,
    watcher: Watcher,
    place: OwnedSemaphorePermit,
) {
    match tokio::time::timeout(HANDSHAKE_WITHIN, tls.accept(stream)).await {
        Ok(Ok(stream)) => serve(stream, Peer::Remote, router, watcher, place),
        Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
        Err(_) => tracing::debug!("a TLS handshake took too long"),
    }
}

pub(super) async fn accept_unix(
    listener: Option<&UnixListener>,
    router: &Router,
    graceful: &GracefulShutdown,
    places: &Arc<Semaphore>,
) {
    let Some(listener) = listener else { return std::future::pending().await };
    loop {
        let place = take_place(places).await;
        match listener.accept().await {
            Ok((stream, _)) => {
                let peer = peer(&stream);
                serve(stream, peer, router.clone(), graceful.watcher(), place);
            }
            Err(error) => pause(&error).await,
        }
    }
}

/// Tells whether the other end runs as our own user (`SO_PEERCRED`).
fn peer(stream: &UnixStream) -> Peer {
    let own = std::fs::metadata("/proc/self")
        .map(|process| std::os::unix::fs::MetadataExt::uid(&process));
    match (stream.peer_cred(), own) {
        (Ok(peer), Ok(own)) if peer.uid() == own => Peer::Own,
        _ => Peer::Remote,
    }
}

async fn take_place(places: &Arc<Semaphore>) -> OwnedSemaphorePermit {
    match Arc::clone(places).acquire_owned().await {
        Ok(place) => place,
        // The semaphore is never closed.
        Err(_) => std::future::pending().await,
    }
}

/// Waits out a passing failure to accept, such as too many open files.
async fn pause(error: &io::Error) {
    tracing::warn!(%error, "cannot accept a connection");
    tokio::time::sleep(Duration::from_millis(100)).await;
}
