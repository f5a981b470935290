//! What the statements of `compliance/<agent>.yaml` spoke of when they were written: the governance directories that were
//! in force, one after the other, tell with which of them each came.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::sync::Arc;

use syndic_governance::{Governance, load_kept, read_compliance};
use syndic_ledger::Baseline;
use syndic_model::{AgentId, Statement, StatementField};
use syndic_store::PolicyFiles;

use super::baseline;

/// The statements of the governance directory in force, and what they spoke of.
#[derive(Debug, Default)]
pub(super) struct Written {
    files: BTreeMap<AgentId, File>,
    /// What the statements spoke of that came with a directory, by its manifest.
    spoke_of: BTreeMap<Arc<str>, BTreeMap<AgentId, Baseline>>,
}

#[derive(Debug)]
struct File {
    hash: String,
    statements: BTreeMap<StatementField, Since>,
}

/// A statement, and the manifest of the first directory that had it as it is.
#[derive(Debug)]
struct Since {
    statement: Statement,
    manifest: Arc<str>,
}

impl Written {
    /// Takes the directory that came into force next. One whose files cannot be read changes nothing.
    pub(super) fn see(&mut self, kept: &PolicyFiles, manifest: &str) {
        let Ok(hashes) = kept.hashes(manifest) else { return };
        let manifest: Arc<str> = manifest.into();
        let mut before = mem::take(&mut self.files);
        for (path, hash) in hashes {
            let Some(agent) = agent(&path) else { continue };
            let file = match before.remove(&agent) {
                Some(file) if file.hash == hash => Some(file),
                before => read(kept, &path, hash, before, &manifest),
            };
            self.files.extend(file.map(|file| (agent, file)));
        }
        let in_use: BTreeSet<_> = self.files.values().flat_map(File::manifests).collect();
        self.spoke_of.retain(|manifest, _| in_use.contains(manifest));
    }

    /// Returns what each statement about an agent spoke of when it was written, as far as that is kept. `governance` is
    /// the directory in force.
    pub(super) fn spoke_of(
        &mut self,
        kept: &PolicyFiles,
        governance: &Governance,
        agent: &AgentId,
    ) -> BTreeMap<StatementField, Baseline> {
        let Some(file) = self.files.get(agent) else { return BTreeMap::new() };
        let mut spoke_of = BTreeMap::new();
        for (field, Since { manifest, .. }) in &file.statements {
            if !self.spoke_of.contains_key(manifest) {
                let all = baselines(kept, governance, manifest, &self.files);
                self.spoke_of.insert(Arc::clone(manifest), all);
            }
            let baseline = self.spoke_of.get(manifest).and_then(|all| all.get(agent));
            spoke_of.extend(baseline.map(|baseline| (field.clone(), baseline.clone())));
        }
        spoke_of
    }
}

impl File {
    fn manifests(&self) -> impl Iterator<Item = Arc<str>> {
        self.statements.values().map(|since| Arc::clone(&since.manifest))
    }
}

/// Returns the agent that a file is about, if it is one of statements.
fn agent(path: &str) -> Option<AgentId> {
    path.strip_prefix("compliance/")?.strip_suffix(".yaml")?.parse().ok()
}

/// Reads a file that came with a directory. What it said before it has said since then; where it cannot be read, what was
/// read last stays.
fn read(
    kept: &PolicyFiles,
    path: &str,
    hash: String,
    before: Option<File>,
    manifest: &Arc<str>,
) -> Option<File> {
    let record = kept.text(&hash).ok().and_then(|text| read_compliance(path, &text));
    let Some(record) = record else { return before };
    let mut before = before.map(|file| file.statements).unwrap_or_default();
    let since = |(field, statement): (StatementField, Statement)| {
        let same = before.remove(&field).filter(|before| before.statement == statement);
        let since = same.unwrap_or_else(|| Since { statement, manifest: Arc::clone(manifest) });
        (field, since)
    };
    Some(File { hash, statements: record.statements.into_iter().map(since).collect() })
}

/// Hashes what a directory says about each agent of whom a statement came with it; nothing where it is not kept, or does
/// not load any more.
fn baselines(
    kept: &PolicyFiles,
    governance: &Governance,
    manifest: &Arc<str>,
    files: &BTreeMap<AgentId, File>,
) -> BTreeMap<AgentId, Baseline> {
    let loaded;
    let then = if **manifest == *governance.manifest {
        governance
    } else {
        let read = kept.read(manifest).ok();
        loaded = read.and_then(|texts| load_kept(&governance.dir, texts).governance);
        let Some(then) = &loaded else { return BTreeMap::new() };
        then
    };
    let of = |agent: &AgentId| Some((agent.clone(), baseline(then, then.agents.get(agent)?)));
    let stated = files.iter().filter(|(_, file)| file.manifests().any(|one| one == *manifest));
    stated.filter_map(|(agent, _)| of(agent)).collect()
}
