//! What every request of every client shares.

use tokio::sync::watch;

use super::caller::Callers;
use super::guard::Guard;
use super::sessions::Sessions;
use super::upstream::Upstream;
use crate::Proxy;

/// What every request of every client shares.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) proxy: Proxy,
    pub(crate) server: Upstream,
    pub(crate) guard: Guard,
    pub(crate) callers: Callers,
    pub(crate) sessions: Sessions,
    /// Turns true when streams without an end must end.
    pub(crate) stopping: watch::Receiver<bool>,
}

impl Desk {
    /// Waits until the proxy is about to end.
    pub(crate) async fn stops(&self) {
        // An error means that it ends this instant.
        drop(self.stopping.clone().wait_for(|stopping| *stopping).await);
    }
}
