//! Putting a backup where a data directory was, unless the log is known to have gone on after it.
//!
//! A log that went on and is set back would sign a second history under its name. Whoever kept a checkpoint of the
//! first would be right to call it a fork, so what is known to be later is refused, or becomes another log.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use syndic_ledger::{CheckpointError, Hash, Head, SignedCheckpoint, Tree, VerifierKey};
use syndic_model::Clock;
use thiserror::Error;

use crate::backup::{beside, copy, settle};
use crate::directory::{Layout, make, sync_parent};
use crate::former::Former;
use crate::manifest::{MANIFEST, Manifest, ManifestError};
use crate::scan::{ScanError, scan};
use crate::succession::{Continued, continue_as_another};
use crate::swap::{Swap, swap};
use crate::verify::{VerifyError, verify};

/// A backup whose files are as they were copied.
#[derive(Debug)]
pub struct Backup {
    path: PathBuf,
    manifest: Manifest,
    checkpoint: SignedCheckpoint,
    keys: Vec<VerifierKey>,
}

/// What somebody else knows of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// A signed checkpoint that was kept.
    Checkpoint {
        /// Who kept it, for people.
        from: String,
        /// The signed note.
        text: String,
    },
    /// How many records the last checkpoint had that a witness cosigned.
    Size {
        /// The witness, for people.
        from: String,
        /// The size.
        size: u64,
    },
}

/// That the loss of records is accepted, and the log goes on as another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Why, for who reads the record.
    pub reason: String,
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Where.
    pub path: PathBuf,
    /// When the backup was made.
    pub backed_up_at: Timestamp,
    /// The log's name.
    pub origin: String,
    /// How many records the backup has.
    pub size: u64,
    /// The root of its tree.
    pub root: Hash,
    /// Where what was in its place is now.
    pub replaced: Option<PathBuf>,
    /// How many records the log is known to have had, and who knows.
    pub later: Option<(String, u64)>,
    /// The log that goes on in place of the restored one.
    pub continued: Option<Continued>,
    /// The secrets of `keys/` were in the backup.
    pub secrets: bool,
    /// How many keys of parts, in the backup still, were destroyed again, since they were in the replaced directory;
    /// `None` where there was none that could tell.
    pub destroyed: Option<u64>,
}

/// Why nothing was restored, and nothing changed, unless it says so.
#[derive(Debug, Error)]
pub enum RestoreError {
    /// It is no backup, or a damaged one.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// Its checkpoint, or one that was given, cannot be used.
    #[error("cannot use the checkpoint of {from}")]
    Checkpoint {
        /// Where it is from.
        from: String,
        /// Why.
        #[source]
        source: CheckpointError,
    },
    /// Its segments are not what was written.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The log went on after the backup.
    #[error(
        "{from} knows {known} records of `{origin}`, the backup has {size}: restored, the log would forget {} and sign \
         another history under its name; use a newer backup, or `--accept-loss --reason TEXT` to go on as another log",
        .known - .size
    )]
    Ahead {
        /// Who knows.
        from: String,
        /// How many records.
        known: u64,
        /// How many the backup has.
        size: u64,
        /// The log.
        origin: String,
    },
    /// The backup is not of the same history.
    #[error(
        "the first {size} records of the backup are not those that {from} vouches for: the backup was changed, or is of \
         another log of the same name; use another backup"
    )]
    Rewritten {
        /// Who knows.
        from: String,
        /// How many records it covers.
        size: u64,
    },
    /// There is something else.
    #[error("`{}` is neither empty nor a data directory; restore elsewhere, or move it away", .0.display())]
    NotEmpty(PathBuf),
    /// Another log is there.
    #[error("`{}` holds the log `{found}`, the backup is of `{origin}`; restore elsewhere, or move it away", .path.display())]
    OtherLog {
        /// Where.
        path: PathBuf,
        /// The log that is there.
        found: String,
        /// The log of the backup.
        origin: String,
    },
    /// A process uses it.
    #[error("`{}` is in use; stop the syndic that holds its lock first", .0.display())]
    InUse(PathBuf),
    /// Another one is being made there.
    #[error("another restore to the same place is under way, or was interrupted; remove `{}`", .0.display())]
    Partial(PathBuf),
    /// One is within the other.
    #[error("the backup and `{}` are within each other; restore elsewhere", .0.display())]
    Inside(PathBuf),
    /// The loss cannot be recorded.
    #[error("cannot record that the log goes on as another: {0}")]
    Continue(String),
    /// What was restored does not verify.
    #[error("what was restored does not verify, and was removed")]
    Verify(#[from] VerifyError),
    /// It is in its place, perhaps not for good.
    #[error(
        "`{}` is restored, but the disk did not confirm it: after a crash, what was there before may be there again; look \
         at it before syndic starts", .path.display()
    )]
    Unsynced {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Nothing is in its place.
    #[error(
        "nothing is at `{}` now: what was there is `{}`, and what was restored is `{}`; rename one of them to it before \
         syndic starts, or it begins an empty log", .path.display(), .away.display(), .made.display()
    )]
    Torn {
        /// Where.
        path: PathBuf,
        /// What was restored.
        made: PathBuf,
        /// What was there.
        away: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file system refused.
    #[error("cannot restore to `{}`", .0.display())]
    Io(PathBuf, #[source] io::Error),
}

/// What is known, read.
#[derive(Debug)]
pub(crate) struct Vouched {
    pub(crate) from: String,
    pub(crate) size: u64,
    pub(crate) root: Option<Hash>,
    pub(crate) text: Option<String>,
}

impl Backup {
    /// The file that makes a directory a backup.
    pub const MANIFEST: &str = MANIFEST;

    /// Lists the files of a backup as its manifest has them, beside the manifest itself; reads none of them.
    ///
    /// # Errors
    /// When it is no backup, or the manifest is not one to believe.
    pub fn files(path: &Path) -> Result<Vec<String>, RestoreError> {
        Ok(Manifest::read(path)?.files.into_iter().map(|file| file.path).collect())
    }

    /// Reads a backup and every file of it.
    ///
    /// # Errors
    /// When it is no backup, or not as it was made.
    pub fn open(path: &Path) -> Result<Self, RestoreError> {
        let manifest = Manifest::read(path)?;
        manifest.check(path)?;
        let layout = Layout::new(path);
        let (keys, checkpoint) = signed(&layout, &layout.checkpoint(), &[])?;
        if checkpoint.checkpoint().head.size != manifest.size {
            return Err(ManifestError::Malformed(path.to_owned()).into());
        }
        Ok(Self { path: path.to_owned(), manifest, checkpoint, keys })
    }

    /// Returns the log's name.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.checkpoint.checkpoint().origin
    }

    /// Returns size and root.
    #[must_use]
    pub const fn head(&self) -> Head {
        self.checkpoint.checkpoint().head
    }

    /// Returns the signed checkpoint over all of it, as a witness would be asked about it.
    #[must_use]
    pub fn checkpoint(&self) -> String {
        self.checkpoint.to_string()
    }

    /// Returns the former log's keys, the current one first.
    pub(crate) fn keys(&self) -> &[VerifierKey] {
        &self.keys
    }

    /// Derives the tree again and holds it against what others vouch for.
    fn check(&self, vouched: &[Vouched]) -> Result<Tree, RestoreError> {
        let mut rewritten = None;
        let mut differs = |tree: &Tree| {
            let head = tree.head();
            let other = vouched.iter().find(|vouched| {
                vouched.size == head.size && vouched.root.is_some_and(|root| root != head.root)
            });
            if let Some(other) = other.filter(|_| rewritten.is_none()) {
                rewritten = Some((other.from.clone(), other.size));
            }
        };
        let scanned = scan(&Layout::new(&self.path), &[self.head()], &mut |_, tree, _, _| {
            differs(tree);
        })?;
        if let Some((from, size)) = rewritten {
            return Err(RestoreError::Rewritten { from, size });
        }
        Ok(scanned.tree)
    }
}

/// Puts `backup` at `to`, which is missing, empty, or a data directory that nobody uses; that one is kept beside it.
/// Refuses what contradicts `known`, or a checkpoint in the directory that is replaced. With `loss` the log goes on as
/// another, cross-linked to the last checkpoint that is known of it. Blocks.
///
/// # Errors
/// See [`RestoreError`].
pub fn restore(
    backup: &Backup,
    to: &Path,
    known: &[Known],
    loss: Option<&Loss>,
    clock: &Arc<dyn Clock>,
) -> Result<Restored, RestoreError> {
    let refused = |error| RestoreError::Io(to.to_owned(), error);
    let to = settle(to).map_err(refused)?;
    let from = settle(&backup.path).map_err(refused)?;
    if from.starts_with(&to) || to.starts_with(&from) {
        return Err(RestoreError::Inside(to));
    }
    let former = Former::take(&to, backup)?;
    let vouched = vouched(backup, known, former.as_ref())?;
    let tree = backup.check(&vouched)?;
    let later = vouched.iter().max_by_key(|vouched| vouched.size);
    let later = later.filter(|later| later.size > backup.head().size);
    if let (Some(later), None) = (later, loss) {
        let (from, known, size) = (later.from.clone(), later.size, backup.head().size);
        return Err(RestoreError::Ahead { from, known, size, origin: backup.origin().to_owned() });
    }
    let partial = beside(&to, "restoring");
    if partial.exists() {
        return Err(RestoreError::Partial(partial));
    }
    let made = make_at(backup, &partial).and_then(|()| {
        let destroyed = former.as_ref().and_then(|it| it.destroy_again(&Layout::new(&partial)));
        let last = vouched.iter().filter(|vouched| vouched.text.is_some());
        let last = last.max_by_key(|vouched| vouched.size).and_then(|last| last.text.clone());
        let last = last.unwrap_or_else(|| backup.checkpoint());
        let continued = loss.map(|loss| {
            continue_as_another(&Layout::new(&partial), backup, tree, &last, loss, clock)
                .map_err(|error| RestoreError::Continue(error.to_string()))
        });
        let continued = continued.transpose()?;
        verify(&partial)?;
        Ok((destroyed, continued))
    });
    let placed = made.and_then(|made| {
        let away = former.as_ref().map(|former| former.away(clock.now())).transpose();
        let away = away.map_err(refused)?;
        put(&partial, &to, away.as_deref())?;
        Ok((made, away))
    });
    if placed.as_ref().is_err_and(|error| !matches!(error, RestoreError::Torn { .. })) {
        drop(fs::remove_dir_all(&partial));
    }
    let ((destroyed, continued), replaced) = placed?;
    Ok(Restored {
        path: to,
        backed_up_at: backup.manifest.at,
        origin: backup.origin().to_owned(),
        size: backup.head().size,
        root: backup.head().root,
        replaced,
        later: later.map(|later| (later.from.clone(), later.size)),
        continued,
        secrets: backup.manifest.secrets,
        destroyed,
    })
}

/// Puts what is made in its place, and what is there `away`.
fn put(made: &Path, to: &Path, away: Option<&Path>) -> Result<(), RestoreError> {
    let refused = |error| RestoreError::Io(to.to_owned(), error);
    let Some(away) = away else {
        fs::rename(made, to).map_err(refused)?;
        let unsynced = |source| RestoreError::Unsynced { path: to.to_owned(), source };
        return sync_parent(to).map_err(unsynced);
    };
    let (path, made) = (to.to_owned(), made.to_owned());
    swap(&made, to, away).map_err(|swapped| match swapped {
        Swap::Undone(source) => RestoreError::Io(path, source),
        Swap::Unsynced(source) => RestoreError::Unsynced { path, source },
        Swap::Torn(source) => RestoreError::Torn { path, made, away: away.to_owned(), source },
    })
}

/// Copies the files of a backup and reads them back.
fn make_at(backup: &Backup, to: &Path) -> Result<(), RestoreError> {
    let refused = |error| RestoreError::Io(to.to_owned(), error);
    make(&Layout::new(to).segments()).map_err(refused)?;
    for file in &backup.manifest.files {
        let target = to.join(&file.path);
        if let Some(parent) = target.parent() {
            make(parent).map_err(refused)?;
        }
        copy(&backup.path.join(&file.path), &target).map_err(refused)?;
        sync_parent(&target).map_err(refused)?;
    }
    Ok(backup.manifest.check(to)?)
}

impl Vouched {
    pub(crate) fn of(from: String, signed: &SignedCheckpoint) -> Self {
        let Head { size, root } = signed.checkpoint().head;
        Self { from, size, root: Some(root), text: Some(signed.to_string()) }
    }
}

/// Reads what is known. A checkpoint counts that a key signed which the backup or the directory names.
fn vouched(
    backup: &Backup,
    known: &[Known],
    former: Option<&Former>,
) -> Result<Vec<Vouched>, RestoreError> {
    let mut vouched = Vec::new();
    let mut keys = backup.keys.clone();
    if let Some(former) = former {
        keys.extend(verifiers(&former.layout).unwrap_or_default());
        vouched.extend(former.known.iter().map(Vouched::again));
    }
    for known in known {
        vouched.push(match known {
            Known::Size { from, size } => {
                Vouched { from: from.clone(), size: *size, root: None, text: None }
            }
            Known::Checkpoint { from, text } => {
                let refused = |source| RestoreError::Checkpoint { from: from.clone(), source };
                let signed = SignedCheckpoint::parse(text.as_bytes()).map_err(refused)?;
                signed.verify(&keys, &[]).map_err(refused)?;
                Vouched::of(from.clone(), &signed)
            }
        });
    }
    Ok(vouched)
}

impl Vouched {
    fn again(&self) -> Self {
        let (from, text) = (self.from.clone(), self.text.clone());
        Self { from, size: self.size, root: self.root, text }
    }
}

/// Reads a checkpoint of a directory that one of its keys signed, or one of `others`.
pub(crate) fn signed(
    layout: &Layout,
    path: &Path,
    others: &[VerifierKey],
) -> Result<(Vec<VerifierKey>, SignedCheckpoint), RestoreError> {
    let from = format!("`{}`", path.display());
    let refused = |source| RestoreError::Checkpoint { from: from.clone(), source };
    let text = fs::read(path).map_err(|error| RestoreError::Io(path.to_owned(), error))?;
    let signed = SignedCheckpoint::parse(&text).map_err(refused)?;
    let keys = verifiers(layout).unwrap_or_default();
    let origin = &signed.checkpoint().origin;
    let all = keys.iter().chain(others).filter(|key| key.name() == origin);
    signed.verify(&all.cloned().collect::<Vec<_>>(), &[]).map_err(refused)?;
    Ok((keys, signed))
}

fn verifiers(layout: &Layout) -> Option<Vec<VerifierKey>> {
    let text = fs::read_to_string(layout.log_vkey()).ok()?;
    text.lines().map(|line| line.parse().ok()).collect()
}
