//! What the statements of `compliance/<agent>.yaml` spoke of when they were written: the governance directories that were
//! in force, one after the other, tell with which of them each came.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use syndic_governance::{Governance, load_kept, read_compliance};
use syndic_ledger::Baseline;
use syndic_model::{AgentId, Statement, StatementField};
use syndic_store::PolicyFiles;

use super::baseline;

/// The most directories of which is known when each came into force; the oldest goes first.
const MOST_DIRECTORIES: usize = 10_000;
/// The most agents whose statements are followed; those of others are out of date.
const MOST_FILES: usize = 10_000;
/// The most fields of an agent of which is known what was stated; statements about others are out of date.
const MOST_FIELDS: usize = 1_000;

/// The statements of the governance directory in force, and what they spoke of.
#[derive(Debug, Default)]
pub(super) struct Written {
    files: BTreeMap<AgentId, File>,
    directories: VecDeque<(Timestamp, Arc<str>)>,
    /// What a directory, by its manifest, says of the agents of whom a statement was made about it; none where it has no
    /// such agent.
    spoke_of: BTreeMap<Arc<str>, BTreeMap<AgentId, Option<Baseline>>>,
}

/// What was said about an agent, also where the directory in force says it no more.
#[derive(Debug, Default)]
struct File {
    hash: String,
    statements: BTreeMap<StatementField, Since>,
}

/// The day of a statement, and the manifests of what it was made about. A later day states it anew, and nothing else
/// does: neither other words, nor taking it out and putting it back.
#[derive(Debug)]
struct Since {
    on: Date,
    /// The first directory that had a statement of this day.
    first: Arc<str>,
    /// The directory in force at the end of that day, or the first that is known, where the statement came later.
    reviewed: Option<Arc<str>>,
}

impl Written {
    /// Takes the directory that came into force next. One whose files cannot be read changes nothing.
    pub(super) fn see(&mut self, kept: &PolicyFiles, at: Timestamp, manifest: &str) {
        let Ok(hashes) = kept.hashes(manifest) else { return };
        let manifest: Arc<str> = manifest.into();
        for (path, hash) in hashes {
            let Some(agent) = agent(&path) else { continue };
            if self.files.len() >= MOST_FILES && !self.files.contains_key(&agent) {
                continue;
            }
            let file = self.files.entry(agent).or_default();
            let text = if file.hash == hash { None } else { kept.text(&hash).ok() };
            if let Some(record) = text.and_then(|text| read_compliance(&path, &text)) {
                file.hash = hash;
                file.take(record.statements, at, &manifest, &self.directories);
            }
        }
        if self.directories.len() >= MOST_DIRECTORIES {
            self.directories.pop_front();
        }
        self.directories.push_back((at, manifest));
        let in_use: BTreeSet<_> = self.files.values().flat_map(File::manifests).cloned().collect();
        self.spoke_of.retain(|manifest, _| in_use.contains(manifest));
    }

    /// Returns what each statement about an agent was made about, as far as that is kept: all of it must be as it was.
    /// `governance` is the directory in force.
    pub(super) fn spoke_of(
        &mut self,
        kept: &PolicyFiles,
        governance: &Governance,
        agent: &AgentId,
    ) -> BTreeMap<StatementField, Vec<Baseline>> {
        let Some(file) = self.files.get(agent) else { return BTreeMap::new() };
        for manifest in file.manifests() {
            if !self.spoke_of.get(manifest).is_some_and(|all| all.contains_key(agent)) {
                let all = baselines(kept, governance, manifest, &self.files);
                self.spoke_of.insert(Arc::clone(manifest), all);
            }
        }
        let then = |manifest: &Arc<str>| self.spoke_of.get(manifest)?.get(agent);
        let all = file.statements.iter().filter_map(|(field, since)| {
            let all: Option<Vec<_>> = since.manifests().map(then).collect();
            // On its day there may have been no such agent yet.
            Some((field.clone(), all?.into_iter().flatten().cloned().collect()))
        });
        all.collect()
    }
}

impl File {
    /// Takes what a directory says that came into force at a time.
    fn take(
        &mut self,
        statements: BTreeMap<StatementField, Statement>,
        at: Timestamp,
        manifest: &Arc<str>,
        before: &VecDeque<(Timestamp, Arc<str>)>,
    ) {
        for (field, Statement { on, .. }) in statements {
            let known = self.statements.get(&field);
            let is_full = known.is_none() && self.statements.len() >= MOST_FIELDS;
            if is_full || known.is_some_and(|since| since.on >= on) {
                continue;
            }
            let end = on.tomorrow().ok().and_then(|day| day.to_zoned(TimeZone::UTC).ok());
            let end = end.map_or(Timestamp::MAX, |end| end.timestamp());
            let reviewed = before.iter().rev().find(|(since, _)| *since < end);
            let reviewed = reviewed.or(before.front()).filter(|_| end <= at);
            let reviewed = reviewed.map(|(_, manifest)| Arc::clone(manifest));
            self.statements.insert(field, Since { on, first: Arc::clone(manifest), reviewed });
        }
    }

    fn manifests(&self) -> impl Iterator<Item = &Arc<str>> {
        self.statements.values().flat_map(Since::manifests)
    }
}

impl Since {
    fn manifests(&self) -> impl Iterator<Item = &Arc<str>> {
        [Some(&self.first), self.reviewed.as_ref()].into_iter().flatten()
    }
}

/// Returns the agent that a file is about, if it is one of statements.
fn agent(path: &str) -> Option<AgentId> {
    path.strip_prefix("compliance/")?.strip_suffix(".yaml")?.parse().ok()
}

/// Hashes what a directory says about each agent of whom a statement was made about it; nothing where it is not kept, or
/// does not load any more.
fn baselines(
    kept: &PolicyFiles,
    governance: &Governance,
    manifest: &Arc<str>,
    files: &BTreeMap<AgentId, File>,
) -> BTreeMap<AgentId, Option<Baseline>> {
    let loaded;
    let then = if **manifest == *governance.manifest {
        governance
    } else {
        let read = kept.read(manifest).ok();
        loaded = read.and_then(|texts| load_kept(&governance.dir, texts).governance);
        let Some(then) = &loaded else { return BTreeMap::new() };
        then
    };
    let of = |agent: &AgentId| {
        (agent.clone(), then.agents.get(agent).map(|profile| baseline(then, profile)))
    };
    let stated = files.iter().filter(|(_, file)| file.manifests().any(|one| one == manifest));
    stated.map(|(agent, _)| of(agent)).collect()
}
