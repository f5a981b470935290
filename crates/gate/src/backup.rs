//! Copying the data directory while actions are decided, and putting a copy back.

use std::collections::VecDeque;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use syndic_store::BackedUp;
use thiserror::Error;

use crate::Gate;

/// How many backups are remembered until a restart.
const REMEMBERED: usize = 16;

/// A backup that is being made, or was.
#[derive(Debug, Clone)]
pub struct BackupView {
    /// Where it goes.
    pub path: PathBuf,
    /// Who asked for it.
    pub by: String,
    /// When it began.
    pub started_at: Timestamp,
    /// What has become of it.
    pub state: BackupState,
}

/// What has become of a backup.
#[derive(Debug, Clone)]
pub enum BackupState {
    /// It is being copied.
    Running,
    /// It is there.
    Done(BackedUp),
    /// It is not, and why.
    Failed(String),
}

/// Says why no backup was begun.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BackupRefused {
    /// Where it should go means something else to another process.
    #[error(
        "`{0}` is not an absolute path; name the directory from the root of the machine that syndic runs on"
    )]
    Relative(String),
    /// What governs would hold what it governs.
    #[error("`{0}` is within the governance directory; a backup belongs on another disk")]
    Governance(String),
    /// One at a time.
    #[error("a backup to `{0}` is being made; wait until it is done")]
    Running(String),
}

/// The last backups since the start, newest first.
#[derive(Debug, Default)]
pub(crate) struct Backups(Mutex<VecDeque<BackupView>>);

impl Backups {
    fn list(&self) -> MutexGuard<'_, VecDeque<BackupView>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, view: BackupView) -> Result<(), BackupRefused> {
        let mut list = self.list();
        if let Some(running) = list.iter().find(|view| view.is_running()) {
            return Err(BackupRefused::Running(running.path.display().to_string()));
        }
        list.push_front(view);
        list.truncate(REMEMBERED);
        Ok(())
    }

    /// One runs at a time, and it is the newest.
    fn end(&self, state: BackupState) {
        if let Some(view) = self.list().front_mut() {
            view.state = state;
        }
    }
}

impl BackupView {
    /// Tells whether it is being copied.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        matches!(self.state, BackupState::Running)
    }
}

impl Gate {
    /// Begins to copy the data directory to `path`, as it is at a signed checkpoint over all that is recorded now; with
    /// `secrets` also the keys that sign, and the master key where it is in the directory. [`Self::backups`] tells what
    /// becomes of it.
    ///
    /// # Errors
    /// When the path cannot be meant, or another one is being made.
    pub fn begin_backup(
        self: &Arc<Self>,
        path: &Path,
        secrets: bool,
        by: &str,
    ) -> Result<BackupView, BackupRefused> {
        let named = || path.display().to_string();
        if !path.is_absolute() {
            return Err(BackupRefused::Relative(named()));
        }
        if is_within(path, &self.governance().dir) {
            return Err(BackupRefused::Governance(named()));
        }
        let (path, by) = (path.to_owned(), by.to_owned());
        let view = BackupView { path, by, started_at: self.now(), state: BackupState::Running };
        self.backups.begin(view.clone())?;
        tracing::info!(path = %view.path.display(), by = view.by, secrets, "a backup is being made");
        let (gate, to) = (Arc::clone(self), view.path.clone());
        tokio::task::spawn_blocking(move || gate.back_up(&to, secrets));
        Ok(view)
    }

    fn back_up(&self, to: &Path, secrets: bool) {
        // However it ends, another one can be made.
        let ending = Ending(&self.backups);
        let state = match self.store.backup(to, secrets) {
            Ok(made) => BackupState::Done(made),
            Err(error) => BackupState::Failed(with_causes(&error)),
        };
        if let BackupState::Failed(error) = &state {
            tracing::error!(path = %to.display(), error, "a backup failed");
        }
        ending.0.end(state);
    }

    /// Lists the last backups that were asked for since the start, newest first.
    #[must_use]
    pub fn backups(&self) -> Vec<BackupView> {
        self.backups.list().iter().cloned().collect()
    }
}

struct Ending<'a>(&'a Backups);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        if self.0.list().front().is_some_and(BackupView::is_running) {
            self.0.end(BackupState::Failed("syndic failed while it copied".to_owned()));
        }
    }
}

/// Compares paths as far as they are there.
fn is_within(path: &Path, directory: &Path) -> bool {
    let Ok(directory) = std::fs::canonicalize(directory) else { return false };
    let there = path.ancestors().find_map(|ancestor| std::fs::canonicalize(ancestor).ok());
    there.is_some_and(|there| there.starts_with(directory))
}

pub(crate) fn with_causes(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    let words = std::iter::once(error.to_string()).chain(causes.map(ToString::to_string));
    words.collect::<Vec<_>>().join(": ")
}
