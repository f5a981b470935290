//! Everything that is recorded of each event: for who asks what is known of them.

use std::io::{self, Write};
use std::time::Duration;

use serde::Serialize;
use syndic_api::{ApprovalBody, DecisionBody};
use syndic_client::{Client, EventFilter};

use crate::output::Output;

/// The most decisions of one answer.
const PAGE: u16 = 100;

/// An event with what it was decided on, and the request for approval that it opened, joined or used.
#[derive(Debug, Serialize)]
struct Complete<'a> {
    decision: &'a DecisionBody,
    approval: Option<ApprovalBody>,
    /// The text of a proof file, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<String>,
}

/// Writes a line for each event that `filter` names.
pub(super) async fn pour(
    filter: EventFilter,
    proofs: bool,
    to: &mut (dyn Write + Send),
    client: &Client,
    out: &Output,
) -> anyhow::Result<u64> {
    let mut filter = EventFilter { limit: Some(PAGE), oldest_first: true, ..filter };
    let (mut count, mut end) = (0, None);
    loop {
        let page = client.decisions(&filter).await?;
        let end = *end.get_or_insert(page.indexed_through);
        for decision in &page.decisions {
            let id = decision.event.metadata.get("approval_id").and_then(|id| id.as_str());
            let approval = match id {
                Some(id) => Some(client.approval(id, Duration::ZERO).await?),
                None => None,
            };
            let proof =
                if proofs { Some(client.proof(&decision.event.event_id).await?) } else { None };
            let complete = Complete { decision, approval, proof };
            serde_json::to_writer(&mut *to, &complete).map_err(io::Error::from)?;
            to.write_all(b"\n")?;
            count += 1;
        }
        out.progress(format!("{count} events"));
        // As for events: what came after the export began may come faster than it goes.
        let next = page.next_cursor.filter(|next| next.parse().is_ok_and(|next: u64| next < end));
        if next.is_none() {
            to.flush()?;
            return Ok(count);
        }
        filter.cursor = next;
    }
}
