//! `syndic mcp --listen ADDR --upstream URL`

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::json;
use syndic_client::Client;
use syndic_mcp::http::{Bound, HttpSettings, UpstreamSettings, bind};
use syndic_mcp::{Daemon, Settings};
use syndic_model::AgentId;

use super::{RunArgs, decider};
use crate::args::Global;
use crate::daemon;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::server_name::plain;

/// Where clients reach the proxy, and it the server.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Over HTTP")]
pub(super) struct HttpArgs {
    /// Listen for clients at this address; each presents a key of the agent as its bearer token
    #[arg(long, value_name = "ADDR", requires = "upstream", conflicts_with_all = ["command", "standalone"])]
    pub(super) listen: Option<SocketAddr>,
    /// The MCP endpoint of the server
    #[arg(long, value_name = "URL", requires = "listen", conflicts_with = "command")]
    upstream: Option<String>,
    /// Lines `Name: value` that open the server; a file that only you may read
    #[arg(long, value_name = "FILE", requires = "listen", conflicts_with = "command")]
    upstream_header_file: Option<PathBuf>,
    /// Trust these certificates (PEM) of the server instead of the system's
    #[arg(long, value_name = "FILE", requires = "listen", conflicts_with = "command")]
    upstream_ca: Option<PathBuf>,
    /// Let web pages of this origin use the proxy, beside those of this machine
    #[arg(long, value_name = "ORIGIN", requires = "listen", conflicts_with = "command")]
    allow_origin: Vec<String>,
    /// Answer under this name too, beside `localhost` and addresses
    #[arg(long, value_name = "NAME", requires = "listen", conflicts_with = "command")]
    allow_host: Vec<String>,
    /// Something in front ends TLS, so an address of the network may be served in clear
    #[arg(long, requires = "listen", conflicts_with = "command")]
    behind_proxy: bool,
}

pub(super) async fn run(
    args: RunArgs,
    listen: SocketAddr,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Exit> {
    if global.key_file.is_some() {
        let message = "`--key-file` does nothing with --listen";
        let hint = "every client presents a key of its own, as `Authorization: Bearer syndic_…`";
        return Err(Failure::new(message, hint).into_usage().into());
    }
    let agent = args.agent.context("no agent is named")?;
    let upstream = args.http.upstream.context("no upstream is named")?;
    let daemon = match &global.url {
        Some(url) => elsewhere(url, out)?,
        None => decider::daemon_for_keys(&agent, global, args.no_start).await?,
    };
    let server = args.server.map_or_else(|| name(&upstream), |name| name.to_string());
    let mut settings = Settings::new(agent.to_string(), server);
    settings.session = args.session.map(|session| session.to_string());
    settings.wait = args.wait;
    let http = HttpSettings {
        listen,
        behind_proxy: args.http.behind_proxy,
        allow_hosts: args.http.allow_host,
        allow_origins: args.http.allow_origin,
        upstream: UpstreamSettings {
            url: upstream,
            header_file: args.http.upstream_header_file,
            ca: args.http.upstream_ca,
        },
    };
    let bound = bind(settings, http, daemon).await?;
    // Whoever reads that it listens may stop it at once.
    let stopped = daemon::stopped()?;
    announce(&bound, &agent, out)?;
    bound.run(stopped).await;
    out.note("stopped");
    Ok(Exit::Success)
}

/// A daemon elsewhere; the keys that go to it are the clients'.
fn elsewhere(url: &str, out: &Output) -> anyhow::Result<Daemon> {
    let client = Client::tcp(url, None)?;
    if client.is_in_clear() {
        out.warning(format!("keys go to `{url}` unencrypted"));
    }
    Ok(Daemon::elsewhere(client))
}

fn announce(bound: &Bound, agent: &AgentId, out: &Output) -> anyhow::Result<()> {
    let (endpoint, upstream) = (bound.endpoint(), bound.upstream());
    if bound.upstream_is_in_clear() {
        out.warning(format!("what opens `{upstream}` goes there unencrypted"));
    }
    if out.is_json() {
        let line = json!({"endpoint": endpoint, "upstream": upstream, "agent": agent.to_string()});
        return Ok(out.line(line)?);
    }
    Ok(out.line(format!("listening on {endpoint} for agent {agent}, in front of {upstream}"))?)
}

/// Calls a server like its host.
fn name(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    plain(host.rsplit_once(':').map_or(host, |(host, _)| host))
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_server_is_called_like_its_host() {
        for (url, expected) in [
            ("https://mcp.example.com/mcp", "mcp.example.com"),
            ("https://Search.example.com:8443/?a=b", "search.example.com"),
            ("http://[::1]:3000/mcp", "1"),
            ("http://127.0.0.1:3001/mcp", "127.0.0.1"),
        ] {
            assert_eq!(name(url), expected);
        }
    }
}
