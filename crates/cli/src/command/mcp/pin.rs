//! `syndic mcp pin`

mod drift;
mod show;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::Value;
use syndic_governance::{PINS_FILE, Pinned, Pins, pinned, pins_text};
use syndic_model::{ServerName, ToolName};
use tempfile::NamedTempFile;

use crate::args::Global;
use crate::command::actions::offered;
use crate::directory;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::finding;
use crate::mcp::{self, Started};
use crate::output::Output;
use crate::server_name::server_name;
use drift::Drift;

/// Pin the tools of a server as they are now: what changes later is blocked until people look at it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic mcp pin --dir governance -- npx -y @modelcontextprotocol/server-filesystem /data
  syndic mcp pin --dir governance --check -- ./tickets-mcp       for CI: exits 1 when a tool is not as it was pinned
  syndic mcp pin --dir governance --offered tickets --key-file auditor.key

Writes mcp.lock.yaml, shows what changed since it was last written, and what in a description reads like an
instruction to the model. The server is started without any SYNDIC_ variable. Exits 0 when it is written or as it was,
1 when --check finds a difference or the server does not work, 2 when what was typed cannot be used.")]
pub(crate) struct PinArgs {
    /// What the server is called; as `syndic mcp` calls it when left out
    #[arg(long, value_name = "NAME")]
    server: Option<ServerName>,
    /// Take what the daemon saw this server offer last, instead of asking it
    #[arg(long, value_name = "SERVER", conflicts_with_all = ["server", "command"])]
    offered: Option<ServerName>,
    /// Only compare, and write nothing
    #[arg(long)]
    check: bool,
    /// How long the server may take
    #[arg(long, value_name = "MS", default_value_t = 30_000)]
    timeout_ms: u64,
    /// The server's command
    #[arg(last = true, value_name = "COMMAND", required_unless_present = "offered")]
    command: Vec<OsString>,
}

pub(super) async fn run(args: PinArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    directory::known(&global.dir).map_err(Failure::into_usage)?;
    let mut pins = former(&global.dir, out)?;
    let (server, definitions) = match &args.offered {
        Some(server) => {
            let tools = offered(server, global, out).await?;
            (server.clone(), tools.into_iter().map(|tool| tool.definition).collect())
        }
        None => listed(&args).await?,
    };
    let new = pin(&server, definitions)?;
    let drift = Drift::between(pins.get(&server), &new);
    let drifted = drift.is_any();
    let differs = pins.get(&server) != Some(&new);
    pins.insert(server.clone(), new);
    let written = differs && !args.check;
    if written {
        write(&global.dir, &pins_text(&pins))
            .with_context(|| format!("cannot write `{}`", global.dir.join(PINS_FILE).display()))?;
    }
    let file = global.dir.join(PINS_FILE);
    show::show(
        &show::Told { server: &server, file: &file, drift: &drift, written, checked: args.check },
        out,
    )?;
    Ok(if args.check && drifted { Exit::Failure } else { Exit::Success })
}

/// Reads what is pinned. What does not read stays blocked when the file is written anew; a file that does not read at
/// all is not written, for nobody knows which servers are pinned in it.
fn former(dir: &Path, out: &Output) -> anyhow::Result<Pins> {
    let (pins, findings) = pinned(dir);
    let text = fs::read_to_string(dir.join(PINS_FILE)).unwrap_or_default();
    let sources = [(PINS_FILE.to_owned(), text)].into();
    for one in &findings {
        out.note(finding::render(one, &sources, out.colours_errors()));
    }
    pins.ok_or_else(|| {
        let message = format!("`{}` cannot be read", dir.join(PINS_FILE).display());
        Failure::new(
            message,
            "put it back from version control, or delete it and pin every server again",
        )
        .into()
    })
}

async fn listed(args: &PinArgs) -> anyhow::Result<(ServerName, Vec<Value>)> {
    let words: Vec<_> =
        args.command.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let server = match &args.server {
        Some(server) => server.clone(),
        None => server_name(&words).parse()?,
    };
    let (program, rest) = args.command.split_first().context("no command is named")?;
    let started = Started::by_words(program, rest);
    let listed = mcp::list(started, Duration::from_millis(args.timeout_ms)).await?;
    let tools = listed.tools.get("tools").and_then(Value::as_array).cloned();
    Ok((server, tools.unwrap_or_default()))
}

fn pin(server: &ServerName, definitions: Vec<Value>) -> anyhow::Result<BTreeMap<ToolName, Pinned>> {
    let mut tools = BTreeMap::new();
    for (at, definition) in definitions.into_iter().enumerate() {
        let name = definition.get("name").and_then(Value::as_str).unwrap_or_default();
        let name: ToolName = name
            .parse()
            .with_context(|| format!("tool {} of `{server}` cannot be pinned", at + 1))?;
        if tools.insert(name.clone(), Pinned::of(definition)).is_some() {
            let message = format!("`{server}` offers `{name}` twice");
            return Err(Failure::new(message, "no client knows which of them it calls").into());
        }
    }
    Ok(tools)
}

fn write(dir: &Path, text: &str) -> io::Result<()> {
    let target = dir.join(PINS_FILE);
    let mut file = NamedTempFile::new_in(dir)?;
    file.write_all(text.as_bytes())?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    let rights = target.metadata().map_or(mode, |file| file.permissions());
    file.as_file().set_permissions(rights)?;
    file.as_file().sync_all()?;
    file.persist(target)?;
    Ok(())
}
