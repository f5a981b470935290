//! `syndic actions review`

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value, json};
use syndic_api::{OfferBody, OfferedTool};
use syndic_client::Client;
use syndic_governance::{ImportOptions, read_tools};
use syndic_model::ServerName;

use super::marks::{Marked, marked};
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};
use crate::when::readable;
use crate::{connect, directory};

/// List tools that agents were offered and no entry names, and guesses that nobody looked at
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic actions review --dir governance --key-file auditor.key
  syndic actions import --offered tickets --key-file auditor.key       draft entries for what is listed
  syndic actions review --json --key-file auditor.key | jq -r '.unknown[].tool'

A tool that no entry names is denied. Exits 0 when there is nothing to review, 1 when there is.")]
pub(crate) struct ReviewArgs {}

/// A tool that no entry of the catalogue names.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Unknown {
    server: String,
    tool: String,
    agents: BTreeSet<String>,
    /// When an agent was first offered what it is offered now.
    since: Timestamp,
    guessed: Vec<&'static str>,
}

pub(super) async fn run(_: &ReviewArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    directory::known(&global.dir).map_err(Failure::into_usage)?;
    let ask = async |client: &Client| Ok(client.offered_tools().await?);
    let offers = connect::with(global, out, ask).await?.offers;
    let unknown = unknown(&global.dir, &offers);
    let marked = marked(&global.dir)?;
    if out.is_json() {
        out.document(&body(&unknown, &marked))?;
    } else {
        show(&unknown, &marked, out)?;
    }
    let nothing = unknown.is_empty() && marked.is_empty();
    Ok(if nothing { Exit::Success } else { Exit::Failure })
}

/// Returns what a server offered; agents may be offered different things, and then nobody can say which is meant.
pub(crate) async fn offered(
    server: &ServerName,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Vec<OfferedTool>> {
    let ask = async |client: &Client| Ok(client.offered_tools().await?);
    let offers = connect::with(global, out, ask).await?.offers;
    let servers: BTreeSet<_> = offers.iter().map(|offer| offer.server.clone()).collect();
    let mut own = offers.into_iter().filter(|offer| offer.server == server.as_str());
    let Some(first) = own.next() else {
        let message = format!("no agent was offered tools by a server `{server}`");
        let hint = if servers.is_empty() {
            "servers are known once a client listed their tools through `syndic mcp`".to_owned()
        } else {
            format!("there are {}", servers.into_iter().collect::<Vec<_>>().join(", "))
        };
        return Err(Failure::usage(message, hint).into());
    };
    match own.find(|offer| !definitions(offer).eq(definitions(&first))) {
        None => Ok(first.tools),
        Some(other) => {
            let (agent, other) = (first.agent, other.agent);
            let message = format!("`{server}` offers `{agent}` other tools than `{other}`");
            Err(Failure::new(message, "ask the server itself, with its command").into())
        }
    }
}

fn definitions(offer: &OfferBody) -> impl Iterator<Item = &Value> {
    offer.tools.iter().map(|tool| &tool.definition)
}

fn unknown(dir: &Path, offers: &[OfferBody]) -> Vec<Unknown> {
    let mut found: BTreeMap<(String, String), Unknown> = BTreeMap::new();
    for offer in offers {
        let unknown = offer.tools.iter().filter(|tool| tool.action.is_none());
        let definitions: Vec<_> = unknown.map(|tool| tool.definition.clone()).collect();
        for (tool, guessed) in guessed(dir, definitions) {
            let one = found.entry((offer.server.clone(), tool.clone()));
            let one = one.or_insert_with(|| Unknown {
                server: offer.server.clone(),
                tool,
                agents: BTreeSet::new(),
                since: offer.at,
                guessed,
            });
            one.agents.insert(offer.agent.clone());
            one.since = one.since.min(offer.at);
        }
    }
    found.into_values().collect()
}

/// Guesses what tools do, as an import would.
fn guessed(dir: &Path, definitions: Vec<Value>) -> Vec<(String, Vec<&'static str>)> {
    let name = |tool: &Value| tool.get("name").and_then(Value::as_str).map(str::to_owned);
    let names: Vec<_> = definitions.iter().filter_map(name).collect();
    let guesses = || {
        let tools = read_tools(&Value::Array(definitions)).ok()?;
        let (name, currency) = ("offered-tools".parse().ok()?, "USD".parse().ok()?);
        let options = ImportOptions { name, prefix: None, currency };
        Some(syndic_governance::import(dir, &tools, &options).ok()?.entries)
    };
    let guesses = guesses().unwrap_or_default().into_iter();
    let mut guesses: BTreeMap<_, _> =
        guesses.map(|entry| (entry.tool, entry.capabilities)).collect();
    names
        .into_iter()
        .map(|name| {
            let capabilities = guesses.remove(&name).unwrap_or_default();
            (name, capabilities)
        })
        .collect()
}

fn show(unknown: &[Unknown], marked: &[Marked], out: &Output) -> io::Result<()> {
    if unknown.is_empty() && marked.is_empty() {
        return out.line("nothing to review");
    }
    if !unknown.is_empty() {
        let mut table = Table::new(&["server", "tool", "guessed", "since (UTC)", "agents"]);
        for one in unknown {
            table.push(vec![
                Cell::from(&one.server),
                Cell::new(Tone::Waiting, &one.tool),
                Cell::from(one.guessed.join(", ")),
                Cell::new(Tone::Quiet, readable(one.since)),
                Cell::from(one.agents.iter().cloned().collect::<Vec<_>>().join(", ")),
            ]);
        }
        table.write(out)?;
        let servers: BTreeSet<_> = unknown.iter().map(|one| one.server.as_str()).collect();
        out.line("\nNo entry of the catalogue names these, so they are denied. To draft entries:")?;
        for server in servers {
            out.line(format!("  syndic actions import --offered {server}"))?;
        }
    }
    if !marked.is_empty() {
        if !unknown.is_empty() {
            out.line("")?;
        }
        let mut table = Table::new(&["entry", "place", "guesses", "the first"]);
        for one in marked {
            table.push(vec![
                Cell::new(Tone::Waiting, &one.action),
                Cell::from(format!("{}:{}", one.file.display(), one.line)),
                Cell::from(one.marks.len().to_string()),
                Cell::new(Tone::Quiet, one.marks.first().map_or("", String::as_str)),
            ]);
        }
        table.write(out)?;
        out.line("\nCorrect what is wrong in each, and take its `review:` away.")?;
    }
    Ok(())
}

fn body(unknown: &[Unknown], marked: &[Marked]) -> Value {
    let unknown = unknown.iter().map(|one| {
        json!({
            "server": one.server,
            "tool": one.tool,
            "agents": one.agents,
            "since": one.since.to_string(),
            "guessed": one.guessed,
        })
    });
    let marked = marked.iter().map(|one| {
        json!({ "action": one.action, "file": one.file, "line": one.line, "marks": one.marks })
    });
    json!({ "unknown": unknown.collect::<Vec<_>>(), "marked": marked.collect::<Vec<_>>() })
}
