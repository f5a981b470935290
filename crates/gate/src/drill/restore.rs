//! The restore drill: a backup is put into a temporary directory, and verified there.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use syndic_model::Clock;
use syndic_store::{Backup, restore, verify};

use super::{DrillError, Tried, figure};
use crate::Gate;
use crate::backup::{BackupState, with_causes};

/// What the running log is.
#[derive(Debug)]
struct Own {
    origin: String,
    records: u64,
    now: Timestamp,
}

impl Gate {
    pub(super) async fn drill_restore(&self, named: Option<PathBuf>) -> Result<Tried, DrillError> {
        let path = match named {
            Some(path) => newest(&path).ok_or(DrillError::NotBackup(path))?,
            // What is expected to be there and is gone is a failed drill, not a mistake of whoever asks.
            None => self.known_backup().ok_or(DrillError::NoBackup)?,
        };
        let place = tempfile::tempdir().map_err(DrillError::Place)?;
        let own = Own {
            origin: self.store.checkpoint().text.lines().next().unwrap_or_default().to_owned(),
            records: self.store.durable_index(),
            now: self.now(),
        };
        let clock = Arc::clone(&self.clock);
        let tried = tokio::task::spawn_blocking(move || {
            let tried = try_out(&path, place.path(), &own, &clock);
            drop(place);
            tried
        });
        tried.await.map_err(|_| DrillError::Interrupted)
    }

    /// Returns the newest backup where the settings say that backups are, else the last that was made.
    fn known_backup(&self) -> Option<PathBuf> {
        let set = self.governance().settings.drills.backup.clone();
        set.or_else(|| self.last_backup()).map(|path| newest(&path).unwrap_or(path))
    }

    /// Returns where the last backup is that was made since the start.
    fn last_backup(&self) -> Option<PathBuf> {
        let made = |state: &BackupState| matches!(state, BackupState::Done(_));
        self.backups().into_iter().find(|view| made(&view.state)).map(|view| view.path)
    }
}

/// Returns the backup that a path names, if any: itself, or of those in it the one whose name comes last.
fn newest(path: &Path) -> Option<PathBuf> {
    if path.join(Backup::MANIFEST).exists() {
        return Some(path.to_owned());
    }
    let inner = std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let backups = inner.filter(|inner| inner.join(Backup::MANIFEST).exists());
    backups.max()
}

fn try_out(path: &Path, place: &Path, own: &Own, clock: &Arc<dyn Clock>) -> Tried {
    let begun = Instant::now();
    let restored = || -> Result<_, String> {
        let backup = Backup::open(path).map_err(|error| with_causes(&error))?;
        let to = place.join("data");
        let restored =
            restore(&backup, &to, &[], None, clock).map_err(|error| with_causes(&error))?;
        let verified = verify(&to).map_err(|error| with_causes(&error))?;
        Ok((restored, verified))
    };
    let (restored, verified) = match restored() {
        Ok(both) => both,
        Err(why) => {
            let told = format!("`{}` cannot be restored: {why}", path.display());
            return Tried { passed: false, figures: [("records_count", 0)].into(), told };
        }
    };
    let is_own = restored.origin == own.origin;
    let passed =
        is_own && verified.head.size == restored.size && verified.head.root == restored.root;
    let age_s = own.now.duration_since(restored.backed_up_at).as_secs();
    let figures = [
        ("records_count", verified.head.size),
        ("behind_count", own.records.saturating_sub(verified.head.size)),
        ("backup_age_s", figure(age_s.max(0))),
        ("took_ms", figure(begun.elapsed().as_millis())),
    ];
    let told = if passed {
        format!("{} records of `{}` were restored and verify", restored.size, path.display())
    } else if is_own {
        format!("`{}` was restored and does not verify", path.display())
    } else {
        format!("`{}` is of the log `{}`, not of this one", path.display(), restored.origin)
    };
    Tried { passed, figures: figures.into_iter().collect(), told }
}
