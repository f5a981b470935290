//! Serving in the background, for whoever attaches.

use std::sync::Arc;

use anyhow::Context as _;
use syndic_gate::{Gate, OpenError, SystemClock};
use syndic_server::{BindError, Bound, Listen};

use super::{ServeArgs, announce_held};
use crate::args::Global;
use crate::background::{Log, detach, log_file};
use crate::exit::Exit;
use crate::output::Output;
use crate::{daemon, directory, log};

/// Serves until it is stopped; standard output and standard error are its log.
///
/// Nobody watches, so no key is made: a key that nobody was shown would be one that nobody keeps.
pub(super) async fn run(args: &ServeArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    detach();
    let governance = directory::load(&global.dir, out)?;
    let settings = governance.settings.clone();
    log::to(Log::new(log_file(&settings.data_dir)));
    daemon::make_room(out);
    let gate = match daemon::open(governance, Arc::new(SystemClock)).await {
        Ok(gate) => gate,
        Err(error) if lost_the_lock(&error) => return Ok(Exit::Taken),
        Err(error) => return Err(error),
    };
    let bound = bind(&gate, args.listen(&settings), out).await?;
    let stopped = daemon::stopped()?;
    let watch = tokio::spawn(Gate::watch(Arc::downgrade(&gate)));
    let at = bound.local_addr().map_or_else(String::new, |address| format!(" and {address}"));
    out.note(format!(
        "{} process {}, revision {}, on {}{at}",
        gate.now(),
        std::process::id(),
        gate.governance().revision,
        daemon::socket(&settings.data_dir).display(),
    ));
    announce_held(&gate.policy_standing(), out);
    let served = bound.run(stopped).await.context("the server stopped");
    watch.abort();
    served?;
    out.note("stopped");
    Ok(Exit::Success)
}

/// Listens on the socket alone where somebody has the address already, such as the daemon of another directory.
async fn bind(gate: &Arc<Gate>, listen: Listen, out: &Output) -> Result<Bound, BindError> {
    let alone = Listen { tcp: None, ..listen.clone() };
    match syndic_server::bind(Arc::clone(gate), listen).await {
        Err(BindError::Socket { place, source }) => {
            out.warning(format!(
                "cannot listen on `{place}`: {source}; only this user on this machine reaches this daemon, and people \
                 see no pages"
            ));
            syndic_server::bind(Arc::clone(gate), alone).await
        }
        bound => bound,
    }
}

fn lost_the_lock(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(OpenError::InUse { .. }))
}
