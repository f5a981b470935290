//! What agents are judged on: the ledger up to the newest checkpoint, and the governance directory in force.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use syndic_compliance::{Catalogue, Evidence, Log, TestRun};
use syndic_governance::{Governance, Settings, load_kept};
use syndic_ledger::{SignedCheckpoint, VerifierKey};
use syndic_model::{AgentId, Clock};
use syndic_store::{PolicyFiles, Published, Store};

use super::fold::Folded;
use super::report::ComplianceError;
use super::setup::setup;
use super::tests::try_and_keep;
use crate::Gate;

/// How long is waited for a checkpoint that covers the newest record.
const PATIENCE: Duration = Duration::from_secs(5);

/// Who looks at the evidence, off the path of decisions.
pub(super) struct Assessor {
    pub(super) governance: Arc<Governance>,
    pub(super) store: Arc<Store>,
    clock: Arc<dyn Clock>,
}

/// What is common to all agents of what they are judged on.
pub(super) struct CommonGround<'a> {
    governance: Arc<Governance>,
    folded: &'a mut Folded,
    kept: PolicyFiles,
    pub(super) checkpoint: Arc<Published>,
    log: Log,
    tests: Option<TestRun>,
    now: Timestamp,
}

impl Gate {
    pub(super) fn assessor(&self, governance: Arc<Governance>) -> Assessor {
        Assessor { governance, store: Arc::clone(&self.store), clock: self.clock() }
    }
}

impl Assessor {
    /// Reads on to the newest checkpoint, and runs the tests of the policies. Blocks.
    pub(super) fn ground<'a>(
        &'a self,
        folded: &'a mut Folded,
    ) -> Result<CommonGround<'a>, ComplianceError> {
        let governance = of_files(&self.governance)?;
        let last = self.store.durable_index().saturating_sub(1);
        let checkpoint = self.store.checkpoint_over(last, PATIENCE);
        let checkpoint = checkpoint.map_err(ComplianceError::Checkpoint)?;
        let kept = PolicyFiles::of(&governance.settings.data_dir);
        folded.read_on(&self.store.log_reader(), &kept, checkpoint.head.size)?;
        if folded.manifest.as_ref() != Some(&governance.manifest) {
            return Err(ComplianceError::Changed);
        }
        // No record is later than the judgement that rests on it.
        let clock = self.clock.now();
        let now = clock.max(folded.last.unwrap_or(Timestamp::MIN));
        let tests = try_and_keep(&governance, now).map_err(ComplianceError::Tests)?;
        let behind_seconds = u64::try_from(now.duration_since(clock).as_secs()).unwrap_or_default();
        let log = Log { behind_seconds, ..self.log(folded, &checkpoint) };
        Ok(CommonGround { governance, folded, kept, checkpoint, log, tests, now })
    }

    fn log(&self, folded: &Folded, checkpoint: &Published) -> Log {
        let origin = self.store.log_keys().first().map(|key| key.name().to_owned());
        let is_signed = folded.log.head() == checkpoint.head;
        let cosigned = self.store.cosigned();
        let cosigned = cosigned.and_then(|one| SignedCheckpoint::parse(one.text.as_bytes()).ok());
        let settings = &self.governance.settings;
        let witnesses = cosigned.map(|one| witnesses(&one, &self.store.log_keys(), settings));
        folded.log(origin.unwrap_or_default(), Some(is_signed), witnesses.unwrap_or_default())
    }
}

/// Returns what the files alone say: whoever makes a report again has no policies that are written in Rust.
fn of_files(governance: &Arc<Governance>) -> Result<Arc<Governance>, ComplianceError> {
    if governance.engine.embedded().is_empty() {
        return Ok(Arc::clone(governance));
    }
    let read = load_kept(&governance.dir, governance.texts.clone());
    let mut files = read.governance.ok_or(ComplianceError::Changed)?;
    files.settings.data_dir.clone_from(&governance.settings.data_dir);
    Ok(Arc::new(files))
}

impl CommonGround<'_> {
    /// Judges an agent by the evidence about it and the catalogue.
    pub(super) fn of<T>(
        &mut self,
        agent: &AgentId,
        judge: impl FnOnce(&Evidence<'_>, &Catalogue) -> Result<T, ComplianceError>,
    ) -> Result<T, ComplianceError> {
        let spoke_of = self.folded.written.spoke_of(&self.kept, &self.governance, agent);
        let setup = setup(&self.governance, agent, spoke_of, self.tests.clone());
        let setup = setup.ok_or(ComplianceError::Changed)?;
        let Self { folded, log, now, .. } = self;
        let evidence = Evidence { facts: &folded.facts, setup: &setup, log, now: *now };
        judge(&evidence, Catalogue::builtin()?)
    }
}

/// Returns the witnesses of `settings` that cosigned a checkpoint of the log, each with how many records that covers.
pub(super) fn witnesses(
    cosigned: &SignedCheckpoint,
    keys: &[VerifierKey],
    settings: &Settings,
) -> Vec<(String, u64)> {
    let known = settings.audit.witnesses.iter();
    let known: Vec<VerifierKey> = known.filter_map(|witness| witness.vkey.parse().ok()).collect();
    let size = cosigned.checkpoint().head.size;
    let by = cosigned.verify(keys, &known).map(|by| by.witnesses).unwrap_or_default();
    let names: BTreeSet<_> = by.iter().map(|(key, _)| key.name().to_owned()).collect();
    names.into_iter().map(|name| (name, size)).collect()
}
