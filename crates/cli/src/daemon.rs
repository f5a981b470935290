//! A daemon inside this process.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use rustix::process::{Resource, getrlimit, setrlimit};
use syndic_gate::Gate;
use syndic_governance::Governance;
use syndic_model::Clock;
use syndic_server::Bound;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::compare;
use crate::output::Output;

/// Opens the data directory, which blocks until its ledger is replayed; the solver compares what loosens.
pub(crate) async fn open(
    governance: Governance,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<Arc<Gate>> {
    Ok(Gate::start_with(governance, clock, Arc::new(compare::compare)).await?)
}

/// Opens the data directory for one line of calls, whose decisions are written where they are waited for.
pub(crate) async fn open_in_place(
    governance: Governance,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<Arc<Gate>> {
    Ok(Gate::start_in_place(governance, clock, Arc::new(compare::compare)).await?)
}

/// A daemon that serves beside what this process does otherwise.
#[derive(Debug)]
pub(crate) struct Running {
    stop: oneshot::Sender<()>,
    served: JoinHandle<io::Result<()>>,
}

impl Running {
    /// Starts to serve.
    pub(crate) fn start(bound: Bound) -> Self {
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(bound.run(async move { drop(stopped.await) }));
        Self { stop, served }
    }

    /// Ends once every request that is under way is answered.
    pub(crate) async fn end(self) -> anyhow::Result<()> {
        drop(self.stop);
        self.served.await?.context("the server stopped")
    }
}

/// How many files and connections a daemon may have open: those who ask, those who watch, and what is on disk.
const MOST_OPEN: u64 = 8192;

/// Asks the system for room for as many connections as a daemon takes; many give 1,024 until somebody asks.
pub(crate) fn make_room(out: &Output) {
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(MOST_OPEN, |most| most.min(MOST_OPEN));
    if limit.current.is_some_and(|current| current < wanted) {
        limit.current = Some(wanted);
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            out.warning(format!(
                "fewer connections can be served than there are places for: {error}"
            ));
        }
    }
}

/// Returns the path of the socket that a daemon serves in its data directory.
pub(crate) fn socket(data_dir: &Path) -> PathBuf {
    data_dir.join("syndic.sock")
}

/// Ends at the first SIGINT or SIGTERM.
pub(crate) fn stopped() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
