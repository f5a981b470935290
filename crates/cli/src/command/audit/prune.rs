//! `syndic audit prune`

use std::io;

use syndic_api::{PruneSegments, PruningBody};

use crate::args::Global;
use crate::connect;
use crate::exit::Exit;
use crate::output::Output;
use crate::when::readable;

/// Drop records whose time has come
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic audit prune --dry-run
  syndic audit prune

Whole segments go, of which every record is older than `audit.retention_days` and none is held back. Their hashes stay,
so what is kept still proves, and a copy of what is gone too. The daemon does this by itself once a day.
It needs an admin's key: --key-file FILE or SYNDIC_KEY.")]
pub(crate) struct PruneArgs {
    /// Only tell what would be dropped
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: PruneArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    connect::with(global, out, async |client| {
        let pruning = client.prune(&PruneSegments { dry_run: args.dry_run }).await?;
        Ok(say(&pruning, out)?)
    })
    .await?;
    Ok(Exit::Success)
}

fn say(pruning: &PruningBody, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(pruning);
    }
    let PruningBody { dropped, from, to, segments, bytes, at, before, .. } = pruning;
    let before = readable(*before);
    if *segments == 0 {
        out.line(format!("nothing to drop: no whole segment is older than {before} UTC and free"))?;
    } else {
        let does = if *dropped { "dropped" } else { "would drop" };
        let last = to.saturating_sub(1);
        let plural = if *segments == 1 { "" } else { "s" };
        out.line(format!(
            "{does} records {from} to {last}: {segments} segment{plural}, {bytes} bytes"
        ))?;
    }
    if !dropped {
        let at = readable(*at);
        out.note(format!(
            "judged by the daemon's clock, {at} UTC: what is from before {before} UTC may go"
        ));
    }
    let record = pruning.keeping.unwrap_or_default();
    match pruning.kept_by.as_str() {
        "age" => out.note(format!(
            "record {record} is younger than {before} UTC, and kept with all after it"
        )),
        "hold" => out.note(format!("record {record} is held back: see `syndic audit hold list`")),
        "follower" => out.note(format!(
            "the search index, or a sink with `required: true`, has come to record {record} only: see \
             `syndic relay status`, and try again later"
        )),
        _ => {}
    }
    Ok(())
}
