//! `syndic serve --stop`

use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tokio::net::UnixStream;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::holder::holder;
use crate::output::Output;
use crate::{daemon, directory};

/// How long a daemon may take to end; it lets open requests end first.
const WITHIN: Duration = Duration::from_secs(20);
const PACE: Duration = Duration::from_millis(20);

/// Ends the daemon that answers on the socket of `dir`, and waits until its data directory is free.
pub(super) async fn run(dir: &Path, out: &Output) -> anyhow::Result<Exit> {
    directory::known(dir)?;
    let data_dir = syndic_governance::data_dir(dir);
    let Some(id) = listener(&daemon::socket(&data_dir)).await else {
        return none_runs(dir, &data_dir, out);
    };
    kill_process(id, Signal::TERM)?;
    let until = Instant::now() + WITHIN;
    while holder(&data_dir).is_some() {
        if Instant::now() > until {
            let message = format!("process {id} was asked to end and did not within {WITHIN:?}");
            return Err(Failure::new(message, "it lets open requests end; ask again").into());
        }
        tokio::time::sleep(PACE).await;
    }
    if out.is_json() {
        out.document(&json!({ "stopped": true, "process": id.as_raw_nonzero() }))?;
    } else {
        out.line(format!("stopped the daemon of {} (process {id})", dir.display()))?;
    }
    Ok(Exit::Success)
}

fn none_runs(dir: &Path, data_dir: &Path, out: &Output) -> anyhow::Result<Exit> {
    if let Some(id) = holder(data_dir) {
        let message = format!("process {id} has `{}`, and is no daemon", data_dir.display());
        return Err(Failure::new(message, "end it by itself").into());
    }
    if out.is_json() {
        out.document(&json!({ "stopped": false, "process": null }))?;
    } else {
        out.line(format!("no daemon runs for {}", dir.display()))?;
    }
    Ok(Exit::Success)
}

/// Returns the process that listens on a socket, as the kernel tells whoever connects.
async fn listener(socket: &Path) -> Option<Pid> {
    let stream = UnixStream::connect(socket).await.ok()?;
    Pid::from_raw(stream.peer_cred().ok()?.pid()?)
}
