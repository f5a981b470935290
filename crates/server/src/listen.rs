//! Where the server listens, and for how many.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use syndic_api::SignInCode;
use syndic_gate::{AuthenticationError, Gate};
use syndic_model::Caller;
use syndic_relay::{Notifier, SinkControl, Sinks, Traces, Witnesses};
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;

use crate::app::router;
use crate::connection::{Peer, serve};
use crate::pages::browsers::Browsers;
use crate::routes::sign_in;
use crate::streams::Streams;

/// The most connections at once on each listener, so that a flood on one leaves the stop button on the other; further
/// ones wait in the system's backlog.
const MOST_CONNECTIONS: usize = 1024;
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
const DRAIN_WITHIN: Duration = Duration::from_secs(10);
/// How long a collector may take for the last spans.
const FLUSH_WITHIN: Duration = Duration::from_secs(3);

/// Where to listen.
#[derive(Debug, Clone, Default)]
pub struct Listen {
    /// A TCP address.
    pub tcp: Option<SocketAddr>,
    /// A Unix socket, made readable by its owner alone.
    pub unix: Option<PathBuf>,
    /// TLS for the TCP address.
    pub tls: Option<Tls>,
    /// A proxy in front ends TLS, so a non-loopback address may be served without.
    pub behind_proxy: bool,
}

/// A certificate and its key, as PEM files.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The certificate chain.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Says why the server does not listen.
#[derive(Debug, Error)]
pub enum BindError {
    /// Keys would travel in clear.
    #[error(
        "`{0}` is not a loopback address: set `server.tls`, or pass --behind-proxy if a proxy ends TLS"
    )]
    InClear(SocketAddr),
    /// The certificate or key is unusable.
    #[error("cannot use the TLS certificate `{}`: {reason}", cert.display())]
    Tls {
        /// Its file.
        cert: PathBuf,
        /// Why.
        reason: String,
    },
    /// The address cannot be had.
    #[error("cannot listen on `{place}`")]
    Socket {
        /// Where.
        place: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// A server that listens and does not answer yet.
pub struct Bound {
    gate: Arc<Gate>,
    tcp: Option<TcpListener>,
    unix: Option<(UnixListener, PathBuf)>,
    tls: Option<TlsAcceptor>,
    browsers: Arc<Browsers>,
}

/// Listens for a gate.
///
/// # Errors
/// When an address cannot be had, or keys would travel in clear.
pub async fn bind(gate: Arc<Gate>, listen: Listen) -> Result<Bound, BindError> {
    if let Some(address) = listen.tcp
        && !address.ip().is_loopback()
        && listen.tls.is_none()
        && !listen.behind_proxy
    {
        return Err(BindError::InClear(address));
    }
    #[cfg(feature = "archive")]
    archive(&gate);
    let tls = listen.tls.map(|tls| {
        crate::tls::acceptor(&tls.cert, &tls.key)
            .map_err(|error| BindError::Tls { cert: tls.cert.clone(), reason: error.to_string() })
    });
    let tls = tls.transpose()?;
    let tcp = match listen.tcp {
        Some(address) => Some(
            TcpListener::bind(address)
                .await
                .map_err(|source| BindError::Socket { place: address.to_string(), source })?,
        ),
        None => None,
    };
    let unix = listen.unix.map(|path| {
        let listener = bind_unix(&path)
            .map_err(|source| BindError::Socket { place: path.display().to_string(), source })?;
        Ok((listener, path))
    });
    let address = tcp.as_ref().and_then(|listener| listener.local_addr().ok());
    let browsers = Arc::new(Browsers::new(&gate, tls.is_some(), address));
    Ok(Bound { gate, tcp, unix: unix.transpose()?, tls, browsers })
}

#[cfg(feature = "archive")]
fn archive(gate: &Arc<Gate>) {
    let governed = Arc::downgrade(gate);
    let governance = move || Some(governed.upgrade()?.governance());
    gate.archive_with(syndic_relay::archiver(Arc::downgrade(&gate.store()), governance));
    drop(tokio::spawn(syndic_relay::probe_archive(gate.governance())));
}

/// Binds the socket in place of one that a dead process left; the data directory's lock says that it is dead.
fn bind_unix(path: &Path) -> io::Result<UnixListener> {
    remove(path)?;
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bound")
            .field("tcp", &self.tcp)
            .field("unix", &self.unix)
            .finish_non_exhaustive()
    }
}

impl Bound {
    /// Returns the TCP address, with its port.
    #[must_use]
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.tcp.as_ref().and_then(|listener| listener.local_addr().ok())
    }

    /// Makes a code that signs one browser in, once and within ten minutes, as whoever has this key; an agent's key signs
    /// nobody in.
    ///
    /// # Errors
    /// When the key opens nothing.
    pub fn sign_in_code(&self, key: &str) -> Result<Option<SignInCode>, AuthenticationError> {
        let Some(base) = self.browsers.base(&self.gate) else { return Ok(None) };
        match self.gate.authenticate(key)? {
            Caller::Agent { .. } => Ok(None),
            Caller::Approver { key, .. } | Caller::Auditor { key } | Caller::Admin { key } => {
                Ok(Some(sign_in::code(&self.gate, &self.browsers, &key, &base)))
            }
        }
    }

    /// Answers until `shutdown`, then lets open requests end for up to ten seconds.
    ///
    /// # Errors
    /// When a listener fails for good.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> io::Result<()> {
        let Self { gate, tcp, unix, tls, browsers } = self;
        let streams = Arc::new(Streams::default());
        let sinks = sinks(&gate);
        let control = sinks.control();
        let router = router(Arc::clone(&gate), browsers, Arc::clone(&streams), control.clone());
        let graceful = GracefulShutdown::new();
        let places = || Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let (tcp_places, unix_places) = (places(), places());
        let notifier = notifier(&gate);
        let witnesses = witnesses(&gate);
        let mut traced = tokio::spawn(traces(&gate).run());
        gate.knock_with(Arc::new(|url| Box::pin(async move { syndic_relay::knock(&url).await })));
        let idle = [notifier.idle.clone(), witnesses.idle.clone(), sinks.idle.clone()];
        let answer = async {
            tokio::select! {
                () = accept_tcp(tcp.as_ref(), tls.as_ref(), &router, &graceful, &tcp_places) => {}
                () = accept_unix(unix.as_ref().map(|(listener, _)| listener), &router, &graceful, &unix_places) => {}
                () = Gate::keep_time(Arc::downgrade(&gate)) => {}
                () = follow(&gate) => {}
                () = tell(notifier, witnesses, sinks) => {}
                () = reopen(control.clone()) => {}
                // Sinks are carried to until they have kept where they are.
                () = async { shutdown.await; control.stop().await; } => {}
            }
        };
        answer.await;
        streams.close().await;
        for idle in idle {
            idle.wait().await;
        }
        gate.follow_idle().wait().await;
        drop(tcp);
        if let Some((_, path)) = unix {
            remove(&path)?;
        }
        if tokio::time::timeout(DRAIN_WITHIN, graceful.shutdown()).await.is_err() {
            tracing::warn!("some connections were still busy at shutdown");
        }
        if let Err(error) = gate.count_calls().await {
            tracing::warn!(%error, "what was counted of actions could not be recorded");
        }
        gate.end_spans();
        if tokio::time::timeout(FLUSH_WITHIN, &mut traced).await.is_err() {
            traced.abort();
        }
        Ok(())
    }
}

/// Tells people about requests for approval, witnesses about checkpoints, and sinks about actions. That this ends ends
/// nothing else.
async fn tell(notifier: Notifier, witnesses: Witnesses, sinks: Sinks) {
    tokio::join!(notifier.run(), witnesses.run(), sinks.run());
    std::future::pending::<()>().await;
}

/// Has files opened anew at every SIGHUP, as who puts them aside asks for.
async fn reopen(sinks: SinkControl) {
    match signal(SignalKind::hangup()) {
        Ok(mut hangup) => {
            while hangup.recv().await.is_some() {
                sinks.reopen();
            }
        }
        Err(error) => tracing::warn!(%error, "SIGHUP will not have files opened anew"),
    }
    std::future::pending::<()>().await;
}

/// Shows what happens. That this ends ends nothing else.
async fn follow(gate: &Arc<Gate>) {
    Gate::follow(Arc::downgrade(gate)).await;
    std::future::pending::<()>().await;
}

fn notifier(gate: &Arc<Gate>) -> Notifier {
    let [governed, counted, reached] = [(); 3].map(|()| Arc::downgrade(gate));
    Notifier::new(
        Arc::downgrade(&gate.store()),
        &gate.governance().settings.data_dir,
        gate.clock(),
        move || Some(governed.upgrade()?.governance()),
        move |channel| {
            if let Some(gate) = counted.upgrade() {
                gate.notification_failed(channel);
            }
        },
        move |next| {
            if let Some(gate) = reached.upgrade() {
                gate.relay_reads_next("notifications", next);
            }
        },
    )
}

fn witnesses(gate: &Arc<Gate>) -> Witnesses {
    let (governed, told) = (Arc::downgrade(gate), Arc::downgrade(gate));
    Witnesses::new(
        Arc::downgrade(&gate.store()),
        gate.clock(),
        move || Some(governed.upgrade()?.governance()),
        move |states| {
            if let Some(gate) = told.upgrade() {
                gate.witnesses_are(states);
            }
        },
    )
}

/// Carries the audit trail to sinks, where there are any.
fn sinks(gate: &Arc<Gate>) -> Sinks {
    let (governed, told) = (Arc::downgrade(gate), Arc::downgrade(gate));
    Sinks::new(
        Arc::downgrade(&gate.store()),
        &gate.governance().settings.data_dir,
        gate.clock(),
        move || Some(governed.upgrade()?.governance()),
        move |states| {
            if let Some(gate) = told.upgrade() {
                gate.sinks_are(states);
            }
        },
    )
}

/// Tells a collector of actions, where one is set.
fn traces(gate: &Arc<Gate>) -> Traces {
    let (governed, counted) = (Arc::downgrade(gate), Arc::downgrade(gate));
    Traces::new(
        gate.spans(),
        gate.clock(),
        move || Some(governed.upgrade()?.governance()),
        move |count| {
            if let Some(gate) = counted.upgrade() {
                gate.spans_dropped(count);
            }
        },
    )
}

async fn accept_tcp(
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

async fn accept_unix(
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
