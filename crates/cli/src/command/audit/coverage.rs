//! How far the search index has come, where an answer would be incomplete without it.

use std::time::{Duration, Instant};

use syndic_client::Client;

use crate::failure::Failure;
use crate::output::Output;

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(200);
/// How long it may stand still.
const STILL: Duration = Duration::from_secs(60);

/// Waits until the index covers what is recorded now, and tells meanwhile how far it is.
pub(super) async fn complete(client: &Client, out: &Output) -> anyhow::Result<()> {
    let mut status = client.status().await?;
    let goal = status.records;
    let (mut through, mut since) = (status.indexed_through, Instant::now());
    while status.indexed_through < goal {
        if status.indexed_through > through {
            (through, since) = (status.indexed_through, Instant::now());
        } else if since.elapsed() > STILL {
            return Err(Failure::new(
                format!("the index covers {through} of {goal} records and gets no further"),
                "the daemon's log says why; stop it, delete `index/` in the data directory, and start it again",
            )
            .into());
        }
        out.progress(format!("the index covers {through} of {goal} records"));
        tokio::time::sleep(LOOK).await;
        status = client.status().await?;
    }
    Ok(())
}

/// Warns where the index is still being made: what it does not cover yet is in no answer.
pub(super) async fn warn(client: &Client, out: &Output) -> anyhow::Result<()> {
    let status = client.status().await?;
    let (through, records) = (status.indexed_through, status.records);
    // A few records behind is every busy ledger's index.
    if records.saturating_sub(through) > 1000 {
        out.warning(format!("the index covers {through} of {records} records; ask again later"));
    }
    Ok(())
}
