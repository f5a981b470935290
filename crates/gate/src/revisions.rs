//! Every governance directory that was in force: when it came, by whom, its files, and what changed.

mod changes;

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use syndic_ledger::{Leaf, Record};
use syndic_store::{PolicyFiles, PolicyFilesError};
use thiserror::Error;

use crate::Gate;
use crate::agents::UnknownName;
use crate::kept::kept;

pub use self::changes::{ChangeKind, FileChange, RevisionChanges};

/// The most that are told, the newest.
const MOST: usize = 1_000;
/// The most bytes of files that are told at once.
const MOST_BYTES: usize = 16 << 20;

/// A governance directory that came into force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The first twelve digits of `manifest`.
    pub revision: String,
    /// SHA-256 (hex) over its files.
    pub manifest: String,
    /// When it came into force, in place of another.
    pub at: Timestamp,
    /// The key that asked for it; `start`, or `watch` where a file changed.
    pub by: String,
    /// The key that had proposed it, where it loosened something.
    pub proposed_by: Option<String>,
    /// The record of it.
    pub record: u64,
}

/// The files of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionFiles {
    /// The revision.
    pub revision: String,
    /// Texts by path.
    pub files: BTreeMap<String, String>,
    /// Paths whose texts are too much for one answer.
    pub left_out: Vec<String>,
}

/// Says why a revision cannot be told.
#[derive(Debug, Error)]
pub enum RevisionError {
    /// There is none of that name.
    #[error(transparent)]
    Unknown(#[from] UnknownName),
    /// The short name stands for several.
    #[error(
        "revision `{0}` stands for more than one set of files; name the whole hash of the manifest"
    )]
    Ambiguous(String),
    /// Its files cannot be read, or are not what they were.
    #[error("the files that were kept cannot be read")]
    Files(#[source] PolicyFilesError),
    /// The runtime was shut down meanwhile, or there is a bug.
    #[error("reading the files was interrupted")]
    Interrupted,
}

/// What came into force in place of what, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Revisions {
    all: VecDeque<Revision>,
    /// The index after the last record that was looked at.
    seen: u64,
}

kept!(Revisions { all, seen });
kept!(Revision { revision, manifest, at, by, proposed_by, record });

impl Revisions {
    /// Takes one record. They come in the order of the ledger; one that came before changes nothing.
    pub(crate) fn apply(&mut self, leaf: &Leaf) {
        let Record::PolicyLoaded(loaded) = &leaf.record else { return };
        if leaf.i < self.seen {
            return;
        }
        self.seen = leaf.i.saturating_add(1);
        // Every start loads what is in force already.
        if self.all.back().is_some_and(|last| last.manifest == loaded.manifest) {
            return;
        }
        self.all.push_back(Revision {
            revision: loaded.revision.clone(),
            manifest: loaded.manifest.clone(),
            at: leaf.at,
            by: loaded.by.clone(),
            proposed_by: loaded.proposed_by.clone(),
            record: leaf.i,
        });
        if self.all.len() > MOST {
            self.all.pop_front();
        }
    }

    /// Finds the newest of a name, and the one before that has other files.
    fn find(&self, name: &str) -> Option<(&Revision, Option<&Revision>)> {
        let place =
            self.all.iter().rposition(|one| one.manifest == name || one.revision == name)?;
        let found = self.all.get(place)?;
        let before = self.all.iter().take(place).rev();
        Some((found, before.into_iter().find(|one| one.manifest != found.manifest)))
    }
}

impl Gate {
    /// Lists what was in force, newest first, at most 1,000; each with whether it is in force now.
    #[must_use]
    pub fn revisions(&self) -> Vec<(Revision, bool)> {
        let all: Vec<Revision> = self.live.views().revisions.all.iter().rev().cloned().collect();
        let manifest = self.governance().manifest.clone();
        let current = all.iter().position(|one| one.manifest == manifest);
        let told = all.into_iter().enumerate();
        told.map(|(place, one)| (one, Some(place) == current)).collect()
    }

    /// Reads the files of a revision, by its name or the whole hash of its manifest.
    ///
    /// # Errors
    /// When there is none of that name, or its files cannot be read.
    pub async fn revision_files(&self, name: &str) -> Result<RevisionFiles, RevisionError> {
        let revision = self.named(name)?;
        self.reading_files(move |kept| {
            let mut told = RevisionFiles {
                revision: short(&revision),
                files: BTreeMap::new(),
                left_out: Vec::new(),
            };
            let mut left = MOST_BYTES;
            for (path, hash) in kept.hashes(&revision)? {
                let text = kept.text(&hash)?;
                match left.checked_sub(text.len()) {
                    Some(less) => {
                        left = less;
                        told.files.insert(path, text);
                    }
                    None => told.left_out.push(path),
                }
            }
            Ok(told)
        })
        .await
    }

    /// Tells how the files of a revision differ from those of another; from those of the one before where none is named.
    ///
    /// # Errors
    /// When there is none of that name, or its files cannot be read.
    pub async fn revision_changes(
        &self,
        name: &str,
        against: Option<&str>,
    ) -> Result<RevisionChanges, RevisionError> {
        let revision = self.named(name)?;
        let against = match against {
            Some(against) => Some(self.named(against)?),
            None => self.before(&revision),
        };
        self.reading_files(move |kept| changes::between(kept, against.as_deref(), &revision)).await
    }

    /// Turns what somebody sent as a revision into the hash of its manifest, where it is known, and else checks that it
    /// can be one.
    fn named(&self, name: &str) -> Result<String, UnknownName> {
        let views = self.live.views();
        if let Some((found, _)) = views.revisions.find(name) {
            return Ok(found.manifest.clone());
        }
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if (12..=64).contains(&name.len()) && name.bytes().all(hex) {
            return Ok(name.to_owned());
        }
        let known = views.revisions.all.iter().map(|one| one.revision.as_str());
        Err(UnknownName::new("revision", name, known))
    }

    fn before(&self, manifest: &str) -> Option<String> {
        let views = self.live.views();
        let (_, before) = views.revisions.find(manifest)?;
        before.map(|before| before.manifest.clone())
    }

    /// Reads kept files on a thread that may block.
    async fn reading_files<T: Send + 'static>(
        &self,
        read: impl FnOnce(&PolicyFiles) -> Result<T, PolicyFilesError> + Send + 'static,
    ) -> Result<T, RevisionError> {
        let kept = PolicyFiles::of(&self.governance().settings.data_dir);
        let read = tokio::task::spawn_blocking(move || read(&kept)).await;
        read.map_err(|_| RevisionError::Interrupted)?.map_err(|error| match error {
            PolicyFilesError::Unknown(name) => UnknownName::new("revision", &name, []).into(),
            PolicyFilesError::Ambiguous(name) => RevisionError::Ambiguous(name),
            PolicyFilesError::Changed(_) | PolicyFilesError::Io { .. } => {
                RevisionError::Files(error)
            }
        })
    }
}

fn short(manifest: &str) -> String {
    manifest.chars().take(12).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{MOST, Revisions};

    fn loaded(revisions: &mut Revisions, index: usize, manifest: &str) {
        let record = json!({"policy_loaded": {"revision": format!("r-{manifest}"), "manifest": manifest, "count": 1,
            "environment": "dev", "by": "start"}});
        let leaf = json!({"v": 1, "i": index, "at": "2026-11-23T12:00:00Z", "record": record});
        revisions.apply(&serde_json::from_str(&leaf.to_string()).unwrap());
    }

    fn told(revisions: &Revisions) -> Vec<(u64, &str)> {
        revisions.all.iter().map(|one| (one.record, one.manifest.as_str())).collect()
    }

    #[test]
    fn a_start_over_the_same_files_is_no_new_revision_and_what_comes_back_is_one() {
        let mut revisions = Revisions::default();
        for (index, manifest) in [(1, "a"), (3, "a"), (5, "b"), (5, "c"), (2, "c"), (8, "a")] {
            loaded(&mut revisions, index, manifest);
        }
        assert_eq!(told(&revisions), [(1, "a"), (5, "b"), (8, "a")]);
        let (found, before) = revisions.find("r-a").unwrap();
        assert_eq!((found.record, before.unwrap().manifest.as_str()), (8, "b"));
        assert!(revisions.find("c").is_none());
    }

    #[test]
    fn only_the_newest_are_told() {
        let mut revisions = Revisions::default();
        for index in 0..MOST + 5 {
            loaded(&mut revisions, index, &index.to_string());
        }
        assert_eq!((revisions.all.len(), revisions.all[0].record), (MOST, 5));
    }
}
