//! `syndic audit hold`

use std::io;

use clap::Subcommand;
use jiff::Timestamp;
use syndic_api::{AddHold, ReleaseHold, RetentionHoldBody, RetentionHolds};

use crate::args::Global;
use crate::connect;
use crate::exit::Exit;
use crate::output::Output;
use crate::table::{Cell, Table};
use crate::when::readable;

/// Hold records back: they are neither dropped nor erased
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic audit hold add --user ada@example.com --reason 'claim 4711'
  syndic audit hold add --agent financial-advisor --since 2026-03-01T00:00:00Z --reason 'inquiry'
  syndic audit hold list
  syndic audit hold release 0198c0de-0000-7000-8000-000000000001 --reason 'claim 4711 is settled'

All that a hold names must be true of a record; one that names nothing holds everything. A user is recorded as a keyed
pseudonym. Adding and releasing need an admin's key, listing an auditor's or an admin's: --key-file FILE or SYNDIC_KEY.")]
pub(crate) struct HoldArgs {
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, Subcommand)]
enum Step {
    /// Hold records back
    Add(AddArgs),
    /// List the holds that were not released, oldest first
    List,
    /// Release a hold
    Release {
        /// Its id, as `syndic audit hold list` shows it
        #[arg(value_name = "ID")]
        id: String,
        /// Why; it is recorded
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

#[derive(Debug, clap::Args)]
struct AddArgs {
    /// Of this agent, or done for it
    #[arg(long, value_name = "ID")]
    agent: Option<String>,
    /// Of this user, as agents name them
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Of this session
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// From this time on (RFC 3339)
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Before this time (RFC 3339)
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// Why; it is recorded
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

pub(crate) async fn run(args: HoldArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    connect::with(global, out, async |client| match args.step {
        Step::Add(AddArgs { agent, user, session, since, until, reason }) => {
            let hold = AddHold { agent, user, session, since, until, reason };
            Ok(said("holds", &client.hold_records(&hold).await?, out)?)
        }
        Step::List => Ok(list(&client.retention_holds().await?, out)?),
        Step::Release { id, reason } => {
            let released = client.release_hold(&id, &ReleaseHold { reason }).await?;
            Ok(said("no longer holds", &released, out)?)
        }
    })
    .await?;
    Ok(Exit::Success)
}

fn said(does: &str, hold: &RetentionHoldBody, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(hold);
    }
    out.line(format!("hold {} {does} {}", hold.id, what(hold)))
}

fn list(all: &RetentionHolds, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(all);
    }
    if all.holds.is_empty() {
        return out.line("none");
    }
    let mut table = Table::new(&["id", "since (UTC)", "holds", "by", "reason"]);
    for hold in &all.holds {
        table.push(vec![
            Cell::from(&hold.id),
            Cell::from(readable(hold.at)),
            Cell::from(what(hold)),
            Cell::from(&hold.by),
            Cell::from(&hold.reason),
        ]);
    }
    table.write(out)
}

/// Words what a hold holds.
fn what(hold: &RetentionHoldBody) -> String {
    let named =
        |word: &str, name: &Option<String>| name.as_ref().map(|name| format!("{word} {name}"));
    let timed = |word: &str, time: Option<Timestamp>| {
        time.map(|time| format!("{word} {} UTC", readable(time)))
    };
    let all: Vec<String> = [
        named("agent", &hold.agent),
        named("user", &hold.user_ref),
        named("session", &hold.session),
        timed("from", hold.since),
        timed("until", hold.until),
    ]
    .into_iter()
    .flatten()
    .collect();
    if all.is_empty() { "all records".to_owned() } else { all.join(", ") }
}
