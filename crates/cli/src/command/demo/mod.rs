//! `syndic demo`

mod clock;
mod mcp;
mod office;
mod play;
mod script;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use syndic_client::Client;
use syndic_gate::Gate;
use syndic_server::{Bound, Listen};

use crate::daemon::{self, Running};
use crate::directory;
use crate::exit::Exit;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};
use clock::ScriptedClock;
use play::Player;

const PORT: u16 = 7860;

/// Watch three agents being governed for an hour, in a moment
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  syndic demo                              play the hour, then keep serving until Ctrl-C
  syndic demo --exit                       play the hour and end
  syndic demo mcp                          a file tells an agent to send money, through an MCP server

Everything happens in a temporary directory through the HTTP API; it is removed at the end."
)]
pub(crate) struct DemoArgs {
    #[command(subcommand)]
    command: Option<DemoCommand>,
    /// End after the traffic
    #[arg(long)]
    exit: bool,
}

#[derive(Debug, clap::Subcommand)]
enum DemoCommand {
    Mcp(mcp::McpArgs),
    McpServer(office::ServerArgs),
}

pub(crate) async fn run(args: &DemoArgs, out: &Output) -> anyhow::Result<Exit> {
    if let Some(DemoCommand::McpServer(args)) = &args.command {
        return office::run(args);
    }
    let root = tempfile::Builder::new().prefix("syndic-demo-").tempdir()?;
    let dir = root.path().join("governance");
    syndic_governance::init(&dir)?;
    let stopped = daemon::stopped()?;
    let play = async {
        match args.command {
            Some(DemoCommand::Mcp(_)) => mcp::perform(&dir, out).await,
            Some(DemoCommand::McpServer(_)) | None => perform(&dir, args, out).await,
        }
    };
    tokio::select! {
        result = play => result?,
        () = stopped => out.note("stopped"),
    }
    root.close().context("cannot remove the demo's directory")?;
    Ok(Exit::Success)
}

/// A daemon for the demo, and the key that administers it.
struct Stage {
    daemon: Running,
    url: String,
    admin_key: String,
}

/// Serves `dir` by a clock on which people are at work.
async fn stage(dir: &Path, clock: &Arc<ScriptedClock>, out: &Output) -> anyhow::Result<Stage> {
    let governance = directory::load(dir, out)?;
    let socket = daemon::socket(&governance.settings.data_dir);
    let gate = daemon::open(governance, Arc::clone(clock) as _).await?;
    let bound = bind(&gate, &socket).await?;
    let address = bound.local_addr().context("the server has no address")?;
    let daemon = Running::start(bound);
    let admin_key = gate.bootstrap_key().await?.context("the ledger is not new")?;
    Ok(Stage { daemon, url: format!("http://{address}"), admin_key })
}

async fn perform(dir: &Path, args: &DemoArgs, out: &Output) -> anyhow::Result<()> {
    let clock = Arc::new(ScriptedClock::new());
    let Stage { daemon, url, admin_key } = stage(dir, &clock, out).await?;
    let player = Player::prepare(Client::tcp(&url, Some(admin_key))?, clock).await?;
    out.line(format!("syndic on {url}: an hour of three agents\n"))?;
    let tally = player.play(script::HOUR, out).await?;
    out.line(format!("\n{tally}"))?;
    if args.exit {
        return daemon.end().await;
    }
    say_where_to_look(&url, dir, player.auditor_key(), out)?;
    std::future::pending().await
}

/// Takes the usual port, or a free one when that is taken.
async fn bind(gate: &Arc<Gate>, socket: &Path) -> anyhow::Result<Bound> {
    let listen = |port| Listen {
        tcp: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
        unix: Some(socket.to_owned()),
        tls: None,
        behind_proxy: false,
    };
    match syndic_server::bind(Arc::clone(gate), listen(PORT)).await {
        Ok(bound) => Ok(bound),
        Err(_) => Ok(syndic_server::bind(Arc::clone(gate), listen(0)).await?),
    }
}

fn say_where_to_look(url: &str, dir: &Path, auditor_key: &str, out: &Output) -> anyhow::Result<()> {
    let program = std::env::args().next().unwrap_or_else(|| "syndic".to_owned());
    let dir = dir.display();
    let curl = r#"curl -sH "Authorization: Bearer $SYNDIC_KEY""#;
    out.line(out.paint(Tone::Strong, "\nWhere to look next"))?;
    let mut table = Table::without_header();
    for (what, command) in [
        ("an auditor's key", format!("export SYNDIC_KEY={auditor_key}")),
        ("the audit trail", format!("{curl} '{url}/v1/audit/events?limit=3'")),
        ("the same, readable", format!("{program} audit list --dir {dir}")),
        ("the counters", format!("{curl} {url}/metrics")),
        ("every rule in force", format!("{program} policy show --dir {dir}")),
        ("the files", format!("ls -R {dir}")),
    ] {
        table.push(vec![Cell::new(Tone::Quiet, what), Cell::from(command)]);
    }
    table.write(out)?;
    out.line(format!("\nServing {url} until Ctrl-C."))?;
    Ok(())
}
