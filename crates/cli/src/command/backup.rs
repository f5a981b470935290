//! `syndic backup`

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use syndic_api::{BackupBody, MakeBackup};
use syndic_client::Client;

use crate::args::Global;
use crate::connect;
use crate::exit::Exit;
use crate::output::Output;

const PACE: Duration = Duration::from_millis(200);

/// Copy the data directory while it is in use
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic backup /mnt/backup/2026-08-03
  syndic backup /mnt/backup/2026-08-03 --without-secrets
  syndic backup /mnt/backup/2026-08-03 --json --key-file admin.key

The copy is the log as it is at one signed checkpoint, read back and verified. It needs an admin's key: --key-file FILE
or SYNDIC_KEY. Without a daemon the data directory is opened for the moment. `syndic restore` puts a copy back.")]
pub(crate) struct BackupArgs {
    /// An empty directory, or one that is not there yet, on the machine that the daemon runs on
    #[arg(value_name = "DIR")]
    to: String,
    /// Leave out the keys that sign, and the master key: they are needed to restore, and must then come from elsewhere
    #[arg(long)]
    without_secrets: bool,
}

pub(crate) async fn run(args: &BackupArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let wish = MakeBackup {
        path: path(&args.to, global)?.display().to_string(),
        without_secrets: args.without_secrets,
    };
    let made = connect::with(global, out, async |client| {
        let begun = client.make_backup(&wish).await?;
        ended(begun, client, out).await
    })
    .await?;
    tell(&made, out)
}

/// Makes the path absolute: the daemon's working directory is another one.
fn path(to: &str, global: &Global) -> anyhow::Result<PathBuf> {
    if to.contains("://") {
        bail!(
            "cannot back up to `{to}` yet: name a directory, and copy it there with a tool of the storage"
        );
    }
    if global.url.is_some() {
        // Of another machine only it can tell what a path means.
        return Ok(PathBuf::from(to));
    }
    std::path::absolute(to).with_context(|| format!("cannot use `{to}`"))
}

/// Waits until the backup that was begun is done.
async fn ended(begun: BackupBody, client: &Client, out: &Output) -> anyhow::Result<BackupBody> {
    let mut seconds = Duration::ZERO;
    let mut backup = begun;
    while backup.status == "running" {
        tokio::time::sleep(PACE).await;
        seconds += PACE;
        out.progress(format!("copying to `{}`, {} s", backup.path, seconds.as_secs()));
        let all = client.backups().await?.backups;
        let same = |other: &BackupBody| {
            (&other.path, other.started_at) == (&backup.path, backup.started_at)
        };
        let found = all.into_iter().find(same);
        backup = found.context("the daemon was started again while it copied; back up again")?;
    }
    out.progress("");
    Ok(backup)
}

fn tell(backup: &BackupBody, out: &Output) -> anyhow::Result<Exit> {
    if let Some(error) = &backup.error {
        bail!("no backup was made: {error}");
    }
    let made = backup.made.as_ref().context("the daemon does not say what it copied")?;
    if out.is_json() {
        out.document(backup)?;
        return Ok(Exit::Success);
    }
    out.line(format!(
        "backed up {} records of `{}` to `{}`: {} files, {} bytes, verified",
        made.records, made.origin, backup.path, made.files, made.bytes
    ))?;
    if made.master_key {
        out.warning(
            "the master key is in it: whoever has the backup reads every argument and result. `audit.master_key` keeps \
             it elsewhere",
        );
    } else if made.secrets {
        out.note("the master key is not in it; keep it where a restore finds it");
    } else {
        out.note("no secrets are in it: to restore, the files of `keys/` must come from elsewhere");
    }
    Ok(Exit::Success)
}
