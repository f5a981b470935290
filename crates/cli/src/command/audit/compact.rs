//! `syndic audit compact`

use std::time::Duration;

use anyhow::bail;
use syndic_api::CompactionBody;

use crate::args::Global;
use crate::connect;
use crate::exit::Exit;
use crate::output::Output;

/// How often the daemon is asked how far it is.
const PACE: Duration = Duration::from_secs(1);

/// Drop what is left of erased parts, so that not even a copy of their key opens them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic audit compact
  syndic audit compact --json

Erasing destroys keys; what was sealed under them stays as ciphertext that nobody can open. Compacting writes segments
anew without it. Records, proofs and checkpoints stay as they are. Doing it again does no harm.
It needs an admin's key: --key-file FILE or SYNDIC_KEY.")]
pub(crate) struct CompactArgs {}

pub(crate) async fn run(_: CompactArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    connect::with(global, out, async |client| {
        let mut stands = client.compact().await?;
        while stands.state == "running" {
            out.note(format!("{} of {} segments", stands.segments, stands.of));
            tokio::time::sleep(PACE).await;
            stands = client.compaction().await?;
        }
        ended(&stands, out)
    })
    .await?;
    Ok(Exit::Success)
}

fn ended(stands: &CompactionBody, out: &Output) -> anyhow::Result<()> {
    if let Some(error) = &stands.error {
        bail!("compacting stopped: {error}; run it again to go on");
    }
    if out.is_json() {
        return Ok(out.document(stands)?);
    }
    let CompactionBody { segments, rewritten, records, bytes, .. } = stands;
    if *rewritten == 0 {
        out.line(format!("nothing to drop: {segments} segments have no erased parts"))?;
    } else {
        out.line(format!(
            "dropped {bytes} bytes of erased parts of {records} records; {rewritten} of {segments} segments are \
             written anew"
        ))?;
    }
    Ok(())
}
