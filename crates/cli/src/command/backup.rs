//! `syndic backup`

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use syndic_api::{BackupBody, MakeBackup};
use syndic_client::Client;

use crate::args::Global;
use crate::connect;
use crate::exit::Exit;
use crate::output::Output;
use crate::place::Place;

const PACE: Duration = Duration::from_millis(200);

/// Copy the data directory while it is in use
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic backup /mnt/backup/2026-08-03
  syndic backup /mnt/backup/2026-08-03 --without-secrets
  syndic backup s3://backups/agents/2026-08-03
  syndic backup /mnt/backup/2026-08-03 --json --key-file admin.key

The copy is the log as it is at one signed checkpoint, read back and verified. It needs an admin's key: --key-file FILE
or SYNDIC_KEY. Without a daemon the data directory is opened for the moment. `syndic restore` puts a copy back.
To S3-compatible storage goes what was copied to a temporary directory first (TMPDIR), with the credentials, region and
endpoint of the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL.")]
pub(crate) struct BackupArgs {
    /// An empty directory, or one that is not there yet, on the machine that the daemon runs on; or an empty prefix of a
    /// bucket, like `s3://backups/agents/2026-08-03`
    #[arg(value_name = "DIR|URL")]
    to: Place,
    /// Leave out the keys that sign, and the master key: they are needed to restore, and must then come from elsewhere
    #[arg(long)]
    without_secrets: bool,
}

pub(crate) async fn run(args: &BackupArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let made = match &args.to {
        Place::Directory(path) => made(path, args.without_secrets, global, out).await?,
        Place::Storage(url) => stored(url, args.without_secrets, global, out).await?,
    };
    tell(&made, out)
}

/// Has a backup made in a directory.
async fn made(
    to: &Path,
    without_secrets: bool,
    global: &Global,
    out: &Output,
) -> anyhow::Result<BackupBody> {
    let wish = MakeBackup { path: path(to, global)?.display().to_string(), without_secrets };
    connect::with(global, out, async |client| {
        let begun = client.make_backup(&wish).await?;
        ended(begun, client, out).await
    })
    .await
}

/// Has a backup made in a temporary directory, and puts it into the storage.
#[cfg(feature = "archive")]
async fn stored(
    url: &str,
    without_secrets: bool,
    global: &Global,
    out: &Output,
) -> anyhow::Result<BackupBody> {
    use crate::storage;

    if let Some(daemon) = &global.url {
        bail!(
            "the daemon at `{daemon}` copies to its own machine: run this there, or name a directory and copy it with a \
             tool of the storage"
        );
    }
    storage::is_free(url).await?;
    let staging = tempfile::tempdir().context("cannot make a temporary directory")?;
    let directory = staging.path().join("backup");
    let backup = made(&directory, without_secrets, global, out).await?;
    if backup.error.is_none() {
        storage::put(&directory, url, out).await?;
    }
    staging.close().context("cannot remove the temporary copy")?;
    Ok(BackupBody { path: url.to_owned(), ..backup })
}

#[cfg(not(feature = "archive"))]
async fn stored(url: &str, _: bool, _: &Global, _: &Output) -> anyhow::Result<BackupBody> {
    bail!(
        "cannot back up to `{url}`: this program was built without S3-compatible storage; build it with `--features \
         archive`, or name a directory and copy it there with a tool of the storage"
    )
}

/// Makes the path absolute: the daemon's working directory is another one.
fn path(to: &Path, global: &Global) -> anyhow::Result<PathBuf> {
    if global.url.is_some() {
        // Of another machine only it can tell what a path means.
        return Ok(to.to_owned());
    }
    std::path::absolute(to).with_context(|| format!("cannot use `{}`", to.display()))
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
