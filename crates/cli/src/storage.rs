//! Backups in S3-compatible storage: made in a directory of their own first, and put there file by file.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use syndic_gate::Backup;
use syndic_governance::Archive;
use syndic_relay::Storage;

use crate::output::Output;

/// Puts a backup there: its manifest last, since without it there is no backup.
pub(crate) async fn put(backup: &Path, url: &str, out: &Output) -> anyhow::Result<()> {
    let storage = open(url)?;
    let mut files = Backup::files(backup)?;
    let count = files.len();
    files.push(Backup::MANIFEST.to_owned());
    for (sent, file) in files.iter().enumerate() {
        out.progress(format!("{sent} of {count} files are in `{url}`"));
        let kept = storage.keep(&backup.join(file), file).await;
        kept.with_context(|| {
            format!(
                "no backup was made; `{url}` has {sent} files and no `{}`: remove them, or back up to another prefix",
                Backup::MANIFEST
            )
        })?;
    }
    out.progress("");
    Ok(())
}

/// Refuses a place where something is, before anything is copied.
pub(crate) async fn is_free(url: &str) -> anyhow::Result<()> {
    if open(url)?.is_empty().await? {
        return Ok(());
    }
    bail!("`{url}` is not empty; a backup goes to a prefix of its own")
}

/// Gets a backup into an empty directory.
pub(crate) async fn get(url: &str, to: &Path, out: &Output) -> anyhow::Result<()> {
    let storage = open(url)?;
    let manifest = Backup::MANIFEST;
    if !storage.fetch(manifest, &to.join(manifest)).await? {
        bail!(
            "`{url}` is not a finished backup: it has no `{manifest}`; `syndic backup` makes one"
        );
    }
    let files = Backup::files(to)?;
    for (got, file) in files.iter().enumerate() {
        out.progress(format!("{got} of {} files are here", files.len()));
        let path = to.join(file);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        if !storage.fetch(file, &path).await? {
            bail!("the backup `{url}` lacks `{file}`; use another backup");
        }
    }
    out.progress("");
    Ok(())
}

fn open(url: &str) -> anyhow::Result<Storage> {
    let place = Archive { url: url.to_owned(), endpoint: None, region: None };
    Ok(Storage::open(&place)?)
}
