//! Where the proxy listens, for how many, and how it ends.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::ServiceExt as _;

use super::caller::Callers;
use super::desk::Desk;
use super::guard::{Guard, NotAnOrigin};
use super::routes::{ENDPOINT, router};
use super::sessions::Sessions;
use super::upstream::{Upstream, UpstreamError, UpstreamSettings};
use crate::{Daemon, Proxy, Settings};

/// The most connections at once; further ones wait in the system's backlog.
const MOST_CONNECTIONS: usize = 1024;
/// Also how long a connection may be idle; longer than clients keep one, so that none is closed under a request.
const HEADERS_WITHIN: Duration = Duration::from_secs(120);
const DRAIN_WITHIN: Duration = Duration::from_secs(10);
const REPORTED_WITHIN: Duration = Duration::from_secs(10);

/// How a proxy is reached over HTTP, and which server it stands in front of.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Something in front ends TLS, so an address of the network may be served in clear.
    pub behind_proxy: bool,
    /// Names the proxy has beside loopback's.
    pub allow_hosts: Vec<String>,
    /// Web pages that may use the proxy beside those of this machine, as `https://host`.
    pub allow_origins: Vec<String>,
    /// The server behind the proxy.
    pub upstream: UpstreamSettings,
}

/// Says why the proxy does not listen.
#[derive(Debug, Error)]
pub enum ServeError {
    /// Keys would travel in clear.
    #[error("`{0}` is not a loopback address: pass --behind-proxy if something in front ends TLS")]
    InClear(SocketAddr),
    /// The address cannot be had.
    #[error("cannot listen on `{address}`")]
    Socket {
        /// Where.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A page cannot be allowed.
    #[error(transparent)]
    Origin(#[from] NotAnOrigin),
    /// The server behind it cannot be set up.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
}

/// A proxy that listens and does not answer yet.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    desk: Arc<Desk>,
    stop: watch::Sender<bool>,
}

/// Listens, for clients whose keys `daemon` knows; it has none itself.
///
/// # Errors
/// When the address cannot be had, keys would travel in clear, or the server behind it cannot be set up. Whether that
/// server answers shows with the first request.
pub async fn bind(
    settings: Settings,
    http: HttpSettings,
    daemon: Daemon,
) -> Result<Bound, ServeError> {
    let HttpSettings { listen, behind_proxy, allow_hosts, allow_origins, upstream } = http;
    if !listen.ip().is_loopback() && !behind_proxy {
        return Err(ServeError::InClear(listen));
    }
    let guard = Guard::new(&allow_hosts, &allow_origins)?;
    let server = Upstream::new(&upstream)?;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|source| ServeError::Socket { address: listen, source })?;
    let (stop, stopping) = watch::channel(false);
    let callers = Callers::new(daemon, settings.agent.clone());
    let desk = Desk {
        proxy: Proxy::new(settings),
        server,
        guard,
        callers,
        sessions: Sessions::default(),
        stopping,
    };
    Ok(Bound { listener, desk: Arc::new(desk), stop })
}

impl Bound {
    /// Returns the address, with its port.
    #[must_use]
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// Returns the URL that clients use.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.local_addr().map(|address| format!("http://{address}{ENDPOINT}")).unwrap_or_default()
    }

    /// Returns the address of the server behind it.
    #[must_use]
    pub fn upstream(&self) -> String {
        self.desk.server.at()
    }

    /// Tells whether what opens the server would cross a network unencrypted.
    #[must_use]
    pub fn upstream_is_in_clear(&self) -> bool {
        self.desk.server.is_in_clear()
    }

    /// Answers until `shutdown`, then lets open requests end for up to ten seconds, and waits until what became of them
    /// is reported.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let Self { listener, desk, stop } = self;
        let graceful = GracefulShutdown::new();
        let router = router(Arc::clone(&desk));
        tokio::select! {
            () = accept(&listener, &router, &graceful) => {}
            () = shutdown => {}
        }
        drop(listener);
        // Streams that nobody ends would keep their connections open.
        stop.send_replace(true);
        if tokio::time::timeout(DRAIN_WITHIN, graceful.shutdown()).await.is_err() {
            tracing::warn!("some requests were still open at shutdown");
        }
        desk.proxy.finish(REPORTED_WITHIN).await;
    }
}

async fn accept(listener: &TcpListener, router: &Router, graceful: &GracefulShutdown) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => serve(stream, router.clone(), graceful.watcher(), place),
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Serves one connection in the background; `place` is given back when it ends.
fn serve(stream: TcpStream, router: Router, watcher: Watcher, place: OwnedSemaphorePermit) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "answers may be delayed");
    }
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .serve_connection(TokioIo::new(stream), service);
    let watched = watcher.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = watched.await {
            tracing::debug!(%error, "a connection ended early");
        }
        drop(place);
    });
}
