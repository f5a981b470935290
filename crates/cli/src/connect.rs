//! The daemon a command talks to: a remote one, the one of the governance directory, or one for the moment.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;

use syndic_client::Client;
use syndic_gate::SystemClock;
use syndic_server::Listen;

use crate::args::Global;
use crate::daemon::Running;
use crate::output::Output;
use crate::{daemon, directory, key};

/// Runs `command` against the daemon that the arguments name, with the key they name.
pub(crate) async fn with<T>(
    global: &Global,
    out: &Output,
    command: impl AsyncFnOnce(&Client) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let key = Some(key::required(global)?);
    if let Some(url) = &global.url {
        let client = Client::tcp(url, key)?;
        if client.is_in_clear() {
            out.warning(format!("the key goes to `{url}` unencrypted"));
        }
        return command(&client).await;
    }
    directory::known(&global.dir)?;
    // A running daemon can be talked to while its files are being edited and do not load.
    let socket = daemon::socket(&syndic_governance::data_dir(&global.dir));
    let client = Client::unix(&socket, key)?;
    if UnixStream::connect(&socket).is_ok() {
        return command(&client).await;
    }
    let running = start(&global.dir, &socket, out).await?;
    let answer = command(&client).await;
    running.end().await?;
    answer
}

/// Opens the data directory in this process, on the socket where a lasting daemon would be.
async fn start(dir: &Path, socket: &Path, out: &Output) -> anyhow::Result<Running> {
    let gate = daemon::open(directory::load(dir, out)?, Arc::new(SystemClock)).await?;
    let listen =
        Listen { tcp: None, unix: Some(socket.to_owned()), tls: None, behind_proxy: false };
    Ok(Running::start(syndic_server::bind(gate, listen).await?))
}
