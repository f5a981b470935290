//! `syndic audit redact`

use std::io;

use syndic_api::{RedactUser, RedactedUser};

use crate::args::Global;
use crate::connect;
use crate::exit::Exit;
use crate::output::{Output, Tone};
use crate::when::readable;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic audit redact --user ada@example.org --reason 'request 4711' --dry-run
  syndic audit redact --user ada@example.org --reason 'request 4711'
  syndic audit redact --user ada@example.org --reason 'court order 12/26' --override-retention

Erasing is final: the keys of what was recorded of the user are destroyed. Proofs stay valid.
It needs an admin's key: --key-file FILE or SYNDIC_KEY.")]
pub(crate) struct RedactArgs {
    /// The user, as actions named them
    #[arg(long, value_name = "USER")]
    user: String,
    /// Why; it is recorded in clear, so leave the name out of it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Erase records too that are younger than records are kept at least
    #[arg(long)]
    override_retention: bool,
    /// Only tell what would be erased
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn redact(
    args: RedactArgs,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Exit> {
    let RedactArgs { user, reason, override_retention, dry_run } = args;
    let wire = RedactUser { user, reason, override_retention, dry_run };
    connect::with(global, out, async |client| {
        let redacted = client.redact(&wire).await?;
        if out.is_json() { Ok(out.document(&redacted)?) } else { Ok(show(&redacted, out)?) }
    })
    .await?;
    Ok(Exit::Success)
}

fn show(redacted: &RedactedUser, out: &Output) -> io::Result<()> {
    let RedactedUser { dry_run, record, records, keys, oldest, newest, young, unreached, .. } =
        redacted;
    let (Some(oldest), Some(newest)) = (oldest, newest) else {
        return out.line("Nothing that can be read is recorded of this user; nothing was erased.");
    };
    let what = if *dry_run { "Would erase" } else { "Erased" };
    out.line(format!(
        "{} the content of {}, sealed under {}: from {} to {} UTC.",
        out.paint(Tone::Strong, what),
        count(*records, "record"),
        count(*keys, "key"),
        readable(*oldest),
        readable(*newest),
    ))?;
    if *young > 0 {
        let young = count(*young, "record");
        out.line(format!("Younger than records are kept: {young}; retention is overridden."))?;
    }
    if let Some(record) = record {
        out.line(format!("Record {} says so.", record.index))?;
    }
    out.line("Copies that this does not reach:")?;
    for copy in unreached {
        out.line(format!("  - {copy}"))?;
    }
    Ok(())
}

fn count(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
