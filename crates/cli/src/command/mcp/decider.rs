//! Who decides for the proxy.

use std::fs;
use std::sync::Arc;

use syndic_client::Client;
use syndic_gate::{Gate, OpenError, SystemClock};
use syndic_mcp::{Daemon, Standalone};
use syndic_model::{AgentId, Caller, EnforcementGrade};

use super::identity;
use crate::args::Global;
use crate::attach::{IfNone, attach};
use crate::failure::{self, Failure};
use crate::holder::holder;
use crate::output::Output;
use crate::{daemon, directory, key};

/// The daemon of the governance directory. It is sought, and started, while the server starts; one that may not be
/// started must be there.
pub(super) async fn daemon(
    agent: &AgentId,
    global: &Global,
    no_start: bool,
) -> anyhow::Result<Daemon> {
    with_key(key::given(global)?, agent, global, no_start).await
}

/// The same, for keys that clients present.
pub(super) async fn daemon_for_keys(
    agent: &AgentId,
    global: &Global,
    no_start: bool,
) -> anyhow::Result<Daemon> {
    with_key(None, agent, global, no_start).await
}

async fn with_key(
    key: Option<String>,
    agent: &AgentId,
    global: &Global,
    no_start: bool,
) -> anyhow::Result<Daemon> {
    directory::known(&global.dir).map_err(Failure::into_usage)?;
    let if_none = if no_start { IfNone::Refuse } else { IfNone::Start };
    let dir = fs::canonicalize(&global.dir)?;
    if no_start {
        attach(&dir, if_none).await?;
    }
    let socket = daemon::socket(&syndic_governance::data_dir(&dir));
    let client = Client::unix(&socket, key)?;
    let seek = move || -> std::pin::Pin<Box<dyn Future<Output = Result<(), String>> + Send>> {
        let dir = dir.clone();
        Box::pin(async move { seek(&dir, if_none).await })
    };
    let daemon = Daemon::new(client, Arc::new(seek));
    // That nobody answers shows at the first call.
    drop(tokio::spawn(identity::check(daemon.clone(), agent.clone())));
    Ok(daemon)
}

/// Whoever reads the log of the client is told everything, the model only that nobody decides.
async fn seek(dir: &std::path::Path, if_none: IfNone) -> Result<(), String> {
    match attach(dir, if_none).await {
        Ok(_) => Ok(()),
        Err(failure) => {
            failure::report(&failure.into(), &Output::new(false));
            Err(format!("no daemon answers for `{}`", dir.display()))
        }
    }
}

/// A daemon elsewhere, which knows an agent by its key alone.
pub(super) fn remote(
    url: &str,
    agent: &AgentId,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Client> {
    let client = Client::tcp(url, Some(key::required(global)?))?;
    if client.is_in_clear() {
        out.warning(format!("the key goes to `{url}` unencrypted"));
    }
    drop(tokio::spawn(identity::check(client.clone(), agent.clone())));
    Ok(client)
}

/// A gate in this process.
pub(super) async fn standalone(
    agent: &AgentId,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Standalone> {
    directory::known(&global.dir).map_err(Failure::into_usage)?;
    let governance = directory::load(&global.dir, out)?;
    if !governance.agents.contains_key(agent) {
        identity::warn(&format!("agent `{agent}` is not registered"));
    }
    let data_dir = governance.settings.data_dir.clone();
    let gate = match daemon::open_in_place(governance, Arc::new(SystemClock)).await {
        Ok(gate) => gate,
        Err(error) if matches!(error.downcast_ref(), Some(OpenError::InUse { .. })) => {
            return Err(taken(&data_dir).into());
        }
        Err(error) => return Err(error),
    };
    drop(tokio::spawn(Gate::keep_time(Arc::downgrade(&gate))));
    drop(tokio::spawn(Gate::watch(Arc::downgrade(&gate))));
    let Some(key) = key::given(global)? else {
        return Ok(Standalone::new(gate, EnforcementGrade::Cooperative));
    };
    match gate.authenticate(&key)? {
        Caller::Agent { key, agent: Some(own), grade } if own == *agent => {
            Ok(Standalone::of(gate, key, own, grade))
        }
        Caller::Agent { .. }
        | Caller::Approver { .. }
        | Caller::Auditor { .. }
        | Caller::Admin { .. } => {
            let message = format!("the key is not one of agent `{agent}`");
            Err(Failure::new(message, "an admin makes one with `syndic keys create --role agent`")
                .into())
        }
    }
}

fn taken(data_dir: &std::path::Path) -> Failure {
    let who =
        holder(data_dir).map_or_else(|| "another process".to_owned(), |id| format!("process {id}"));
    Failure::new(
        format!(
            "{who} has the data directory `{}`, so this one cannot decide alone",
            data_dir.display()
        ),
        "leave --standalone out to ask that process, or end it, a daemon with `syndic serve --stop`",
    )
}
