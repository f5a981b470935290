//! Standard input and output: one client, and one server that is this process's child.

mod carry;
mod child;
mod frames;
mod standard;
mod wire;

use std::ffi::OsString;
use std::io;
use std::process::ExitStatus;
use std::sync::Arc;

use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::{ClientSession, Decider, Proxy, Settings};

pub use carry::carry;

/// Starts `command`, carries messages between it and this process's standard input and output until it ends, and
/// returns how it ended. The child has no variable that begins with `SYNDIC_`.
///
/// It runs on a thread with a runtime of its own, whatever the caller's is: a message then wakes one thread, not two.
///
/// # Errors
/// When it cannot be started, or not be waited for.
pub async fn run<D: Decider>(
    settings: Settings,
    decider: D,
    command: &[OsString],
) -> io::Result<ExitStatus> {
    let (tell, told) = oneshot::channel();
    let command = command.to_vec();
    let thread = std::thread::Builder::new().name("mcp".to_owned());
    let running = thread.spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build();
        let ended =
            runtime.and_then(|runtime| runtime.block_on(stand(settings, decider, &command)));
        // Whoever does not wait for the end any more need not know it.
        drop(tell.send(ended));
    })?;
    drop(running);
    told.await.map_err(|_| io::Error::other("the proxy ended before the server did"))?
}

async fn stand<D: Decider>(
    settings: Settings,
    decider: D,
    command: &[OsString],
) -> io::Result<ExitStatus> {
    let mut child = child::Child::start(command)?;
    let server = child.ends()?;
    let proxy = Arc::new(Proxy::new(settings));
    let session = Arc::new(ClientSession::new(decider));
    let client = (standard::input(), standard::output());
    let ended = child.accompany(carry(Arc::clone(&proxy), session, client, server)).await;
    proxy.finish(child::LAST_REPORTS).await;
    ended
}
