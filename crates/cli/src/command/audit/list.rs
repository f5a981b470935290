//! `syndic audit list` and `tail`

use std::io;
use std::time::Duration;

use syndic_api::Event;
use syndic_client::{Client, EventFilter};

use crate::args::Global;
use crate::command::audit::coverage;
use crate::command::audit::filter::{FilterArgs, PeriodArgs};
use crate::connect;
use crate::exit::Exit;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};
use crate::when::readable;

const PACE: Duration = Duration::from_secs(1);
const LARGEST_PAGE: u16 = 1000;
/// Time, agent, action and verdict, for rows that are written one by one.
const WIDTHS: [usize; 4] = [19, 17, 22, 7];

#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    /// The next page, as the last one said
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    period: PeriodArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct TailArgs {
    /// Start with so many that are already there
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    #[command(flatten)]
    filter: FilterArgs,
}

pub(crate) async fn list(args: ListArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    connect::with(global, out, async |client| show(args, client, out).await).await?;
    Ok(Exit::Success)
}

pub(crate) async fn tail(args: TailArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    connect::with(global, out, async |client| follow(args, client, out).await).await?;
    Ok(Exit::Success)
}

async fn show(args: ListArgs, client: &Client, out: &Output) -> anyhow::Result<()> {
    let ListArgs { filter, period, limit, cursor } = args;
    let filter = period.narrow(filter.filter());
    let page = client.events(&EventFilter { limit: Some(limit), cursor, ..filter }).await?;
    coverage::warn(client, out).await?;
    if out.is_json() {
        return Ok(out.document(&page)?);
    }
    let mut table = header();
    for event in &page.events {
        table.push(row(event));
    }
    table.write(out)?;
    if let Some(cursor) = page.next_cursor {
        out.note(format!("older ones: --cursor {cursor}"));
    }
    Ok(())
}

async fn follow(args: TailArgs, client: &Client, out: &Output) -> anyhow::Result<()> {
    let filter = EventFilter { limit: Some(LARGEST_PAGE), ..args.filter.filter() };
    let first = EventFilter { limit: Some(args.limit), ..filter.clone() };
    let mut fresh = client.events(&first).await?.events;
    let mut table = header().with_widths(&WIDTHS);
    let mut newest: Option<String> = None;
    loop {
        newest = fresh.first().map(|event| event.event_id.clone()).or(newest);
        for event in fresh.iter().rev() {
            write(event, &mut table, out)?;
        }
        tokio::time::sleep(PACE).await;
        fresh = since(newest.as_deref(), &filter, client).await?;
    }
}

/// Returns every event that is newer than `seen`, newest first: pages are read until it turns up, so none is lost
/// however many there are.
async fn since(
    seen: Option<&str>,
    filter: &EventFilter,
    client: &Client,
) -> anyhow::Result<Vec<Event>> {
    let mut fresh = Vec::new();
    let mut cursor = None;
    loop {
        let page = client.events(&EventFilter { cursor, ..filter.clone() }).await?;
        for event in page.events {
            if seen == Some(event.event_id.as_str()) {
                return Ok(fresh);
            }
            fresh.push(event);
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(fresh);
        }
    }
}

fn write(event: &Event, table: &mut Table, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.json_line(event);
    }
    table.push(row(event));
    table.write(out)
}

pub(crate) fn header() -> Table {
    Table::new(&["time (UTC)", "agent", "action", "verdict", "reason"])
}

pub(crate) fn row(event: &Event) -> Vec<Cell> {
    let effect = event.metadata.get("effect").and_then(|effect| effect.as_str());
    let effect = effect.unwrap_or(if event.allowed { "allow" } else { "deny" });
    let tone = match effect {
        "allow" => Tone::Good,
        "hold" => Tone::Waiting,
        _ => Tone::Bad,
    };
    let observed = if event.allowed && effect != "allow" { " (observed)" } else { "" };
    vec![
        Cell::from(readable(event.timestamp)),
        Cell::from(&event.agent_name),
        Cell::from(&event.action),
        Cell::new(tone, format!("{effect}{observed}")),
        Cell::from(reasons(event)),
    ]
}

/// Joins what stood in the way, as `policy: reason`.
fn reasons(event: &Event) -> String {
    let violations =
        event.policy_checks.iter().filter(|check| check.result != "passed" && !check.shadow);
    let told = violations.map(|check| match &check.reason {
        Some(reason) => format!("{}: {reason}", check.policy),
        None => check.policy.clone(),
    });
    told.collect::<Vec<_>>().join("; ")
}
