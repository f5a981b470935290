//! `syndic mcp`

mod decider;
mod http;
mod identity;
mod install;
mod pin;
mod run;
mod session;

use std::ffi::OsString;
use std::time::Duration;

use clap::Subcommand;
use syndic_model::{AgentId, ServerName, SessionId};

use crate::args::Global;
use crate::exit::Exit;
use crate::output::Output;
use crate::when::{NotDuration, duration};

/// Stand in front of an MCP server: every call is decided and recorded before the server sees it
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
Examples:
  syndic mcp --agent customer-support --dir governance -- npx -y @modelcontextprotocol/server-filesystem /data
  syndic mcp --agent customer-support --url https://syndic.example.com --key-file support.key -- uvx mcp-server-git
  syndic mcp --agent customer-support --dir governance --standalone -- ./tickets-mcp
  syndic mcp --agent customer-support --dir governance --listen 127.0.0.1:7900 --upstream https://mcp.example.com/mcp
  syndic mcp install claude-code --agent customer-support --dir governance --dry-run
  syndic mcp pin --dir governance -- npx -y @modelcontextprotocol/server-filesystem /data

Attaches to the daemon of DIR and starts one in the background where none runs. Where nobody decides, nothing is
allowed. Standard output carries the protocol and nothing else; standard error, the exit code and signals are the
server's, which gets no variable that begins with SYNDIC_. A key of the agent with the grade `in-path` (--key-file)
makes its records say that no call can go around. docs/mcp.md tells more.

Exits 1 when it cannot start, 2 when what was typed cannot be used, else as the server does."
)]
pub(crate) struct McpArgs {
    #[command(subcommand)]
    command: Option<McpCommand>,
    #[command(flatten)]
    run: RunArgs,
}

#[derive(Debug, Subcommand)]
enum McpCommand {
    Install(install::InstallArgs),
    Uninstall(install::UninstallArgs),
    Pin(pin::PinArgs),
}

/// What the proxy is told.
#[derive(Debug, clap::Args)]
struct RunArgs {
    /// The agent that acts through the server
    #[arg(long, value_name = "ID", required = true)]
    agent: Option<AgentId>,
    /// What the server is called in records, pins and action ids; named like the package when left out
    #[arg(long, value_name = "NAME")]
    server: Option<ServerName>,
    /// How long a call that is held waits for people before the client is told to try again
    #[arg(long, value_name = "TIME", default_value = "45s", value_parser = wait)]
    wait: Duration,
    /// The session that labels hold in; that of the process that started this one when left out
    #[arg(long, value_name = "ID")]
    session: Option<SessionId>,
    /// Refuse to start where no daemon runs
    #[arg(long, conflicts_with_all = ["standalone", "url"])]
    no_start: bool,
    /// Decide in this process, which then holds the data directory: what needs people is denied
    #[arg(long, conflicts_with = "url")]
    standalone: bool,
    /// The server's command
    #[arg(last = true, value_name = "COMMAND", required_unless_present = "listen")]
    command: Vec<OsString>,
    #[command(flatten)]
    http: http::HttpArgs,
}

impl McpArgs {
    /// Tells whether it stands between one server and one client.
    pub(crate) const fn is_one_line(&self) -> bool {
        self.command.is_none() && !self.run.command.is_empty()
    }
}

pub(crate) async fn run(args: McpArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    match args.command {
        None => match args.run.http.listen {
            Some(listen) => http::run(args.run, listen, global, out).await,
            None => run::run(args.run, global, out).await,
        },
        Some(McpCommand::Install(args)) => install::run_install(&args, global, out),
        Some(McpCommand::Uninstall(args)) => install::run_uninstall(&args, out),
        Some(McpCommand::Pin(args)) => pin::run(args, global, out).await,
    }
}

/// Reads how long to wait; a client gives up on a call long before an hour.
fn wait(text: &str) -> Result<Duration, NotDuration> {
    duration(text).filter(|wait| *wait <= Duration::from_secs(3600)).ok_or(NotDuration)
}
