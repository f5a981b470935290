//! Where the server listens, and for how many.

mod accept;
mod beside;

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hyper_util::server::graceful::GracefulShutdown;
use syndic_api::SignInCode;
use syndic_gate::{AuthenticationError, Gate};
use syndic_model::Caller;
use thiserror::Error;
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use self::accept::{accept_tcp, accept_unix};
use self::beside::{follow, notifier, reopen, sinks, tell, traces, witnesses};
use crate::app::router;
use crate::pages::browsers::Browsers;
use crate::routes::sign_in;
use crate::streams::Streams;

/// The most connections at once on each listener, so that a flood on one leaves the stop button on the other; further
/// ones wait in the system's backlog.
const MOST_CONNECTIONS: usize = 1024;
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
