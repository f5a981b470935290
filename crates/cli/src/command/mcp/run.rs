//! `syndic mcp -- COMMAND`

use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use anyhow::Context as _;
use syndic_mcp::{Decider, Settings, stdio};
use syndic_model::AgentId;

use super::{RunArgs, decider, session};
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::server_name::server_name;

pub(super) async fn run(args: RunArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    crate::log::to_stderr();
    let agent = args.agent.clone().context("no agent is named")?;
    if args.standalone {
        let standalone = decider::standalone(&agent, global, out).await?;
        return carry(args, &agent, standalone).await;
    }
    if let Some(url) = &global.url {
        let remote = decider::remote(url, &agent, global, out)?;
        return carry(args, &agent, remote).await;
    }
    let daemon = decider::daemon(&agent, global, args.no_start).await?;
    carry(args, &agent, daemon).await
}

async fn carry(args: RunArgs, agent: &AgentId, decider: impl Decider) -> anyhow::Result<Exit> {
    let words: Vec<_> =
        args.command.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let server = args.server.map_or_else(|| server_name(&words), |name| name.to_string());
    let session = args.session.map(|session| session.to_string());
    let mut settings = Settings::new(agent.to_string(), server);
    settings.session = session.or_else(|| session::of_parent(agent));
    settings.wait = args.wait;
    let ended = stdio::run(settings, decider, &args.command).await;
    ended.map(exit).map_err(|error| not_started(&args.command, &error))
}

fn not_started(command: &[OsString], error: &io::Error) -> anyhow::Error {
    let program = command.first().cloned().unwrap_or_default();
    let message = format!("cannot start the server `{}`: {error}", program.display());
    Failure::new(message, "the command after `--` is run as it stands, without a shell").into()
}

/// Ends as the server did: a signal is told as a shell tells it.
fn exit(status: ExitStatus) -> Exit {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    Exit::Server(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
