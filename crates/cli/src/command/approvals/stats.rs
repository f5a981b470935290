//! `syndic approvals stats`

use jiff::SignedDuration;
use syndic_api::{ApprovalStatistics, GroupStatistics};
use syndic_client::Client;

use crate::output::{Output, Tone};
use crate::table::{Cell, Table};

/// Of how many votes one in how many is hasty before it is worth a look.
const HASTY_OF: u64 = 4;

#[derive(Debug, clap::Args)]
pub(crate) struct StatsArgs {
    /// How many days back
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=366))]
    days: u16,
}

pub(super) async fn stats(args: &StatsArgs, client: &Client, out: &Output) -> anyhow::Result<()> {
    let told = client.approval_statistics(args.days).await?;
    if out.is_json() {
        return Ok(out.document(&told)?);
    }
    let ApprovalStatistics { whole, actions, holds, holds_per_100_actions, groups, .. } = told;
    out.line(format!(
        "{holds} of {actions} actions were held, {holds_per_100_actions} of 100, in {} days",
        args.days
    ))?;
    if !whole {
        out.note("only the newest 100,000 records were looked at");
    }
    if groups.is_empty() {
        return Ok(());
    }
    out.line("")?;
    let mut table = Table::new(&[
        "group",
        "requests",
        "of 100",
        "approved",
        "rejected",
        "no answer",
        "median",
        "under 3 s",
    ]);
    for group in &groups {
        table.push(row(group));
    }
    Ok(table.write(out)?)
}

fn row(group: &GroupStatistics) -> Vec<Cell> {
    let median = group.median_ms.and_then(|took| i64::try_from(took).ok());
    let median = median.map(|took| format!("{:#}", SignedDuration::from_millis(took)));
    let hasty = group.hasty * HASTY_OF > group.votes;
    vec![
        Cell::from(&group.group),
        Cell::from(group.requests.to_string()),
        Cell::from(group.holds_per_100_actions.to_string()),
        Cell::from(group.approved.to_string()),
        Cell::from(group.rejected.to_string()),
        Cell::from(group.timeout.to_string()),
        Cell::from(median.unwrap_or_else(|| "-".to_owned())),
        Cell::new(
            if hasty { Tone::Waiting } else { Tone::Plain },
            format!("{} of {}", group.hasty, group.votes),
        ),
    ]
}
