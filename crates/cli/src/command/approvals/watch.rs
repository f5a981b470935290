//! Telling of new requests as they come.

use std::collections::BTreeSet;
use std::time::Duration;

use syndic_client::{ApprovalFilter, Client};

use crate::command::approvals::{OfArgs, WatchArgs, header, row};
use crate::output::Output;

/// How often the daemon is asked.
const PACE: Duration = Duration::from_secs(1);
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
    let mut table = header().with_widths(&WIDTHS);
    if !out.is_json() {
        table.write(out)?;
    }
    loop {
        let page = client.approvals(&filter).await?.approvals;
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
    }
}
