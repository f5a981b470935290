//! `syndic approvals`

mod show;
mod stats;
mod suggest;
mod vote;
mod watch;

use std::time::Duration;

use clap::{Subcommand, ValueEnum};
use syndic_api::{ApprovalBody, Approvals};
use syndic_client::{ApprovalFilter, Client};

use crate::args::Global;
use crate::connect;
use crate::exit::Exit;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};
use crate::when::readable;

/// See what waits for people, and answer
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  syndic approvals list
  syndic approvals show 01a20846-fe00-7de1-ae00-630afa7e07e1
  syndic approvals approve 01a20846-fe00-7de1-ae00-630afa7e07e1 --reason 'as agreed with the customer'
  syndic approvals reject 01a20846-fe00-7de1-ae00-630afa7e07e1 --reason 'order was delivered'
  syndic approvals watch
  syndic approvals stats --days 7
  syndic approvals suggest

All of them need a key: --key-file FILE or SYNDIC_KEY. Approving and rejecting need an approver's, which an admin
makes with `syndic keys create --role approver --approver PERSON`.")]
pub(crate) enum ApprovalsCommand {
    /// List requests, newest first
    List(ListArgs),
    /// Show one request with everything to decide it by
    Show {
        /// The request's id
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Let the action run, once
    Approve(VoteArgs),
    /// Keep the action from running
    Reject(VoteArgs),
    /// Tell of new requests as they come, with a bell
    Watch(WatchArgs),
    /// Tell how much people are asked, how they answer, and how fast
    Stats(stats::StatsArgs),
    /// Draft narrower policies for what was approved again and again
    Suggest(suggest::SuggestArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    /// With this status
    #[arg(long, value_name = "STATUS", default_value = "pending")]
    status: Status,
    #[command(flatten)]
    of: OfArgs,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    /// Continue after the page that ended with this
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct OfArgs {
    /// Of this agent
    #[arg(long, value_name = "ID")]
    agent: Option<String>,
    /// About this action
    #[arg(long, value_name = "ID")]
    action: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct VoteArgs {
    /// The request's id, as `syndic approvals list` shows it
    #[arg(value_name = "ID")]
    id: String,
    /// Why; needed to reject, and to approve from high risk up
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Do not ask whether you are sure
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct WatchArgs {
    #[command(flatten)]
    of: OfArgs,
    /// Do not ring the bell
    #[arg(long)]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Status {
    /// Somebody may still answer
    Pending,
    /// People agreed
    Approved,
    /// Somebody said no
    Rejected,
    /// Nobody answered in time
    Timeout,
    /// The agent took it back
    Cancelled,
    /// Every request
    All,
}

pub(crate) async fn run(
    command: ApprovalsCommand,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Exit> {
    connect::with(global, out, async |client| match command {
        ApprovalsCommand::List(args) => list(args, client, out).await,
        ApprovalsCommand::Show { id } => {
            show::show(&client.approval(&id, Duration::ZERO).await?, out)
        }
        ApprovalsCommand::Approve(args) => vote::cast(&args, "approve", client, out).await,
        ApprovalsCommand::Reject(args) => vote::cast(&args, "reject", client, out).await,
        ApprovalsCommand::Watch(args) => watch::watch(args, client, out).await,
        ApprovalsCommand::Stats(args) => stats::stats(&args, client, out).await,
        ApprovalsCommand::Suggest(args) => suggest::suggest(&args, global, client, out).await,
    })
    .await?;
    Ok(Exit::Success)
}

async fn list(args: ListArgs, client: &Client, out: &Output) -> anyhow::Result<()> {
    let ListArgs { status, of: OfArgs { agent, action }, limit, cursor } = args;
    let named = status.to_possible_value().map(|value| value.get_name().to_owned());
    let status = named.filter(|_| status != Status::All);
    let filter = ApprovalFilter { status, agent, action, limit: Some(limit), cursor };
    let page = client.approvals(&filter).await?;
    if out.is_json() {
        return Ok(out.document(&page)?);
    }
    let Approvals { approvals, next_cursor, .. } = page;
    if approvals.is_empty() {
        let which = filter.status.map(|status| format!(" that are {status}")).unwrap_or_default();
        out.note(format!("there are no requests{which}"));
        return Ok(());
    }
    let mut table = header();
    for approval in &approvals {
        table.push(row(approval));
    }
    table.write(out)?;
    if let Some(cursor) = next_cursor {
        out.note(format!("older ones: --cursor {cursor}"));
    }
    Ok(())
}

fn header() -> Table {
    Table::new(&["opened (UTC)", "status", "until (UTC)", "risk", "agent", "action", "what", "id"])
}

fn row(approval: &ApprovalBody) -> Vec<Cell> {
    vec![
        Cell::from(readable(approval.opened_at)),
        Cell::new(tone(&approval.status), &approval.status),
        Cell::from(readable(approval.expires_at)),
        Cell::from(&approval.risk_level),
        Cell::from(&approval.agent),
        Cell::from(&approval.action),
        Cell::from(what(approval)),
        Cell::from(&approval.id),
    ]
}

/// Says in a few words what it is about.
fn what(approval: &ApprovalBody) -> String {
    let people = approval.affected_people.map(|people| format!("{people} people"));
    let recipients =
        (approval.recipients > 1).then(|| format!("{} recipients", approval.recipients));
    let told: Vec<_> =
        [approval.amount.clone(), people, recipients].into_iter().flatten().collect();
    if told.is_empty() { "-".to_owned() } else { told.join(", ") }
}

fn tone(status: &str) -> Tone {
    match status {
        "approved" => Tone::Good,
        "pending" => Tone::Waiting,
        "rejected" => Tone::Bad,
        _ => Tone::Quiet,
    }
}
