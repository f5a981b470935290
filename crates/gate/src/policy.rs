//! The governance directories that were in force: their files, their records, and which one is at start.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use syndic_governance::{Checked, Environment, Governance, Loosened, load_kept};
use syndic_ledger::{Leaf, PolicyLoaded, PolicyProposed, Record};
use syndic_model::Level;
use syndic_store::{PolicyFiles, PolicyFilesError};
use thiserror::Error;

use crate::kept::kept;
use crate::reload::{Compare, loosened};
use crate::revisions::Revisions;
use crate::standing::Held;

/// The most bytes that a record spends on listing files.
const MOST_LISTED: usize = 32 << 10;
/// The most policies written in Rust that a record names.
const MOST_NATIVE: usize = 256;

/// Says why the directory last in force cannot be told.
#[derive(Debug, Error)]
pub enum LastPolicyError {
    /// Its files are not there, or not what they were.
    #[error(transparent)]
    Files(#[from] PolicyFilesError),
    /// This program reads them otherwise.
    #[error("its files do not load any more: {0}")]
    Invalid(String),
}

/// What the ledger says about governance directories.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub(crate) loaded: Option<PolicyLoaded>,
    proposed: Option<(Timestamp, PolicyProposed)>,
    pub(crate) revisions: Revisions,
}

kept!(History { loaded, proposed, revisions });

impl History {
    /// Applies one record of the ledger.
    pub(crate) fn replay(&mut self, leaf: &Leaf) {
        self.revisions.apply(leaf);
        if let Record::PolicyLoaded(loaded) = &leaf.record {
            let same = self.loaded.as_ref().is_some_and(|last| last.manifest == loaded.manifest);
            if !same {
                self.proposed = None;
            }
            self.loaded = Some(loaded.clone());
        } else if let Record::PolicyProposed(proposed) = &leaf.record {
            self.proposed = Some((leaf.at, proposed.clone()));
        }
    }

    /// Tells what is in force after a start over `governance`, and what waits: where the directory loosens what was
    /// last in force outside `dev`, that stays.
    pub(crate) fn resume(
        &self,
        governance: Governance,
        compare: &Compare,
        now: Timestamp,
    ) -> Result<(Governance, Option<Held>), LastPolicyError> {
        let dev = Environment::Dev.as_str();
        let last = self
            .loaded
            .as_ref()
            .filter(|last| last.manifest != governance.manifest && last.environment != dev);
        let Some(last) = last else { return Ok((governance, None)) };
        let mut former = former(&governance, &last.manifest)?;
        let loosened = loosened(compare, &former, &governance);
        if loosened.is_empty() {
            return Ok((governance, None));
        }
        let held = self.held(&governance, &former, loosened, now);
        former.settings.listen = governance.settings.listen;
        former.settings.tls = governance.settings.tls;
        former.settings.data_dir = governance.settings.data_dir;
        Ok((former, Some(held)))
    }

    fn held(
        &self,
        governance: &Governance,
        former: &Governance,
        loosened: Vec<Loosened>,
        now: Timestamp,
    ) -> Held {
        let proposed = self.proposed.as_ref().filter(|(_, proposed)| {
            proposed.manifest == governance.manifest && proposed.against == former.manifest
        });
        Held {
            revision: governance.revision.clone(),
            manifest: governance.manifest.clone(),
            against: former.manifest.clone(),
            proposed_by: proposed.map(|(_, proposed)| proposed.by.clone()),
            at: proposed.map_or(now, |(at, _)| *at),
            loosened,
        }
    }
}

fn former(governance: &Governance, manifest: &str) -> Result<Governance, LastPolicyError> {
    let checked = kept(&governance.settings.data_dir, &governance.dir, manifest)?;
    let error = checked.findings.iter().find(|finding| finding.level == Level::Error);
    let why = error.map(ToString::to_string).unwrap_or_default();
    let former = checked.governance.ok_or(LastPolicyError::Invalid(why))?;
    former.embed(governance.engine.embedded()).map_err(|findings| {
        let why = findings.first().map(ToString::to_string);
        LastPolicyError::Invalid(why.unwrap_or_default())
    })
}

/// Reads the governance directory that had `revision`, or this manifest, from what the data directory keeps of it: a
/// decision can be made again by it. Needs no lock.
///
/// # Errors
/// When its files are not kept, or are not what they were.
pub fn kept(data_dir: &Path, dir: &Path, revision: &str) -> Result<Checked, PolicyFilesError> {
    Ok(load_kept(dir, PolicyFiles::of(data_dir).read(revision)?))
}

/// Keeps the files of a governance directory before its record.
pub(crate) fn keep(governance: &Governance) -> io::Result<()> {
    PolicyFiles::of(&governance.settings.data_dir).keep(&governance.texts).map(drop)
}

/// Makes the record of a governance directory that comes into force.
pub(crate) fn loaded(
    governance: &Governance,
    by: &str,
    proposed_by: Option<String>,
) -> PolicyLoaded {
    // A path may take two bytes for each of its own.
    let bytes: usize = governance.files.keys().map(|path| 2 * path.len() + 70).sum();
    let native = governance.engine.embedded().into_iter().map(|policy| policy.id().to_owned());
    PolicyLoaded {
        revision: governance.revision.clone(),
        manifest: governance.manifest.clone(),
        count: u64::try_from(governance.files.len()).unwrap_or(u64::MAX),
        files: if bytes <= MOST_LISTED { governance.files.clone() } else { BTreeMap::new() },
        native: native.take(MOST_NATIVE).collect(),
        environment: governance.settings.environment.as_str().to_owned(),
        by: by.to_owned(),
        proposed_by,
    }
}
