//! `syndic status`

use std::io;

use syndic_api::Status;

use crate::args::Global;
use crate::connect;
use crate::exit::Exit;
use crate::output::{Output, Tone};

/// Tell how the daemon is
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic status --dir governance --key-file auditor.key
  syndic status --url https://syndic.example.com --json

Exits 1 when nothing can be recorded, for then nothing may run.")]
pub(crate) struct StatusArgs {}

pub(crate) async fn run(global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let status = connect::with(global, out, async |client| Ok(client.status().await?)).await?;
    if out.is_json() {
        out.document(&status)?;
    } else {
        show(&status, out)?;
    }
    Ok(if status.ledger_open { Exit::Success } else { Exit::Failure })
}

fn show(status: &Status, out: &Output) -> io::Result<()> {
    let ledger = if status.ledger_open {
        out.paint(Tone::Good, "open")
    } else {
        out.paint(Tone::Bad, "closed: nothing can be recorded, everything is denied")
    };
    let clock = if status.clock_sane {
        "sane".to_owned()
    } else {
        out.paint(Tone::Bad, "stepped back: what reads time is denied")
    };
    let suspended = match status.suspended.as_slice() {
        [] => "none".to_owned(),
        agents => out.paint(Tone::Waiting, agents.join(", ")),
    };
    for (name, value) in [
        ("version", status.version.clone()),
        ("environment", status.environment.clone()),
        ("revision", status.policy_revision.clone()),
        ("ledger", ledger),
        ("durability", status.durability.clone()),
        ("records", format!("{}, {} indexed", status.records, status.indexed_through)),
        ("agents", status.agents.to_string()),
        ("suspended", suspended),
        ("open actions", status.open_actions.to_string()),
        ("clock", clock),
    ] {
        out.line(format!("{}{value}", out.paint(Tone::Quiet, format!("{name:<14}"))))?;
    }
    Ok(())
}
