//! Telling of new requests as they come.

use std::collections::BTreeSet;
use std::time::Duration;

use syndic_api::Approvals;
use syndic_client::{ApprovalFilter, Client, ClientError};

use crate::command::approvals::{OfArgs, WatchArgs, header, row};
use crate::output::Output;
use crate::table::Table;

/// How often the daemon is asked.
const PACE: Duration = Duration::from_secs(1);
/// How long a daemon that is away is left alone at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// The most that can be pending and still each be told once.
const LARGEST_PAGE: u16 = 1000;
/// The columns' least widths, since rows are written before others are known.
const WIDTHS: [usize; 7] = [19, 9, 19, 8, 18, 22, 10];

pub(super) async fn watch(args: WatchArgs, client: &Client, out: &Output) -> anyhow::Result<()> {
    let WatchArgs { of: OfArgs { agent, action }, quiet } = args;
    let filter = ApprovalFilter {
        status: Some("pending".to_owned()),
        agent,
        action,
        limit: Some(LARGEST_PAGE),
        cursor: None,
    };
    let mut known = BTreeSet::new();
    let mut table = if out.is_json() { Table::without_header() } else { header() };
    table = table.with_widths(&WIDTHS);
    // Whoever named the wrong daemon or key is told at once; one that answered may be restarted.
    let mut page = client.approvals(&filter).await?.approvals;
    loop {
        let fresh: Vec<_> = page.iter().filter(|approval| !known.contains(&approval.id)).collect();
        for approval in fresh.iter().rev() {
            if out.is_json() {
                out.json_line(approval)?;
            } else {
                table.push(row(approval));
            }
        }
        table.write(out)?;
        if !fresh.is_empty() && !quiet {
            out.ring();
        }
        known = page.into_iter().map(|approval| approval.id).collect();
        tokio::time::sleep(PACE).await;
        page = patiently(client, &filter, out).await?.approvals;
    }
}

/// Asks until there is an answer, ever more rarely while the daemon is away.
async fn patiently(
    client: &Client,
    filter: &ApprovalFilter,
    out: &Output,
) -> Result<Approvals, ClientError> {
    let mut pause = PACE;
    let mut told = false;
    loop {
        match client.approvals(filter).await {
            Err(error) if is_away(&error) => {
                if !told {
                    out.warning(format!("{error}; trying again until it answers"));
                    told = true;
                }
                tokio::time::sleep(pause).await;
                pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
            }
            answer => {
                if told && answer.is_ok() {
                    out.note("the daemon answers again");
                }
                return answer;
            }
        }
    }
}

/// Tells whether the same question may be answered later.
const fn is_away(error: &ClientError) -> bool {
    match error {
        ClientError::Unreachable { .. } | ClientError::Foreign { .. } => true,
        ClientError::Refused(problem) => problem.status >= 500,
        ClientError::Url(_) => false,
    }
}
