//! `syndic status`

use std::io;

use syndic_api::{PolicyStatus, Status, WitnessBody};

use crate::args::Global;
use crate::command::policy;
use crate::connect;
use crate::exit::Exit;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};
use crate::when::readable;

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

/// Tells what is in the files and not in force, and why.
fn tell_policy(policy: &PolicyStatus, out: &Output) -> io::Result<()> {
    if let Some(held) = &policy.held {
        let by = held.proposed_by.as_ref().map_or_else(
            || "nobody proposed it yet: `syndic policy reload`".to_owned(),
            |key| format!("proposed by key {key}; another administrator accepts it: `syndic policy reload --accept-loosening {}`", held.revision),
        );
        let what = format!("revision {} loosens what is in force, and waits; {by}", held.revision);
        out.line(out.paint(Tone::Bad, what))?;
        policy::list(&held.loosened, out)?;
    }
    if let Some(failed) = &policy.failed {
        let what = format!("the files do not load since {}, {} errors", failed.at, failed.errors);
        out.line(out.paint(Tone::Bad, what))?;
        out.line(format!("  {}", failed.first))?;
    }
    for setting in &policy.restart_needed {
        out.line(out.paint(Tone::Waiting, format!("{setting} holds from the next start on")))?;
    }
    Ok(())
}

fn break_glass(status: &Status) -> Cell {
    let reviews = match status.break_glass_reviews {
        0 => None,
        count => Some(format!("{count} to review: `syndic break-glass list`")),
    };
    let open = status.break_glass_open.join(", ");
    match (open.is_empty(), reviews) {
        (true, None) => Cell::from("none"),
        (true, Some(reviews)) => Cell::new(Tone::Waiting, reviews),
        (false, None) => Cell::new(Tone::Bad, format!("open for {open}")),
        (false, Some(reviews)) => Cell::new(Tone::Bad, format!("open for {open}; {reviews}")),
    }
}

fn witnesses(witnesses: &[WitnessBody]) -> Cell {
    let up = witnesses.iter().filter(|witness| witness.up && witness.cosigned.is_some()).count();
    match witnesses.len() {
        0 => Cell::from("none: the holder of the log's key could rewrite this history"),
        all if up == all => Cell::new(Tone::Good, format!("{all} cosign")),
        all => Cell::new(Tone::Bad, format!("{up} of {all} cosign")),
    }
}

/// Tells what is wrong with witnesses, one a line.
fn tell_witnesses(witnesses: &[WitnessBody], out: &Output) -> io::Result<()> {
    for witness in witnesses {
        if let Some(contradiction) = &witness.contradiction {
            let told =
                format!("witness {}: RECORDS WERE CHANGED OR LOST: {contradiction}", witness.name);
            out.line(out.paint(Tone::Bad, told))?;
        } else if let Some(failure) = &witness.failure {
            let since = witness.lag_seconds;
            let told =
                format!("witness {} has not cosigned for {since} s: {failure}", witness.name);
            out.line(out.paint(Tone::Waiting, told))?;
        }
    }
    Ok(())
}

fn approvals(status: &Status) -> Cell {
    let Some(oldest) = status.oldest_approval else { return Cell::from("none waits") };
    let oldest = readable(oldest);
    let told = match status.approvals_pending {
        1 => format!("1 waits since {oldest} UTC: `syndic approvals list`"),
        many => format!("{many} wait, the oldest since {oldest} UTC: `syndic approvals list`"),
    };
    Cell::new(Tone::Waiting, told)
}

fn show(status: &Status, out: &Output) -> io::Result<()> {
    let ledger = if status.ledger_open {
        Cell::new(Tone::Good, "open")
    } else {
        Cell::new(Tone::Bad, "closed: nothing can be recorded, everything is denied")
    };
    let clock = if status.clock_sane {
        Cell::from("sane")
    } else {
        Cell::new(Tone::Bad, "stepped back: what reads time is denied")
    };
    let indexed = format!("{}, {} indexed", status.records, status.indexed_through);
    let records = if status.index_follows {
        Cell::from(indexed)
    } else {
        let told =
            "the index stopped: repeats, late outcomes and audit events fail until a restart";
        Cell::new(Tone::Bad, format!("{indexed}; {told}"))
    };
    let suspended = match status.suspended.as_slice() {
        [] => Cell::from("none"),
        agents => Cell::new(Tone::Waiting, agents.join(", ").replace('*', "all agents")),
    };
    let mut table = Table::without_header();
    for (name, value) in [
        ("version", Cell::from(&status.version)),
        ("environment", Cell::from(&status.environment)),
        ("revision", Cell::from(&status.policy_revision)),
        ("ledger", ledger),
        ("durability", Cell::from(&status.durability)),
        ("records", records),
        ("agents", Cell::from(status.agents.to_string())),
        ("suspended", suspended),
        ("approvals", approvals(status)),
        ("break-glass", break_glass(status)),
        ("open actions", Cell::from(status.open_actions.to_string())),
        ("clock", clock),
        ("witnesses", witnesses(&status.witnesses)),
    ] {
        table.push(vec![Cell::new(Tone::Quiet, name), value]);
    }
    table.write(out)?;
    tell_witnesses(&status.witnesses, out)?;
    tell_policy(&status.policy, out)
}
