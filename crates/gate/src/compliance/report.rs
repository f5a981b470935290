//! A report about an agent: evidence is read up to the newest checkpoint, judged, proved, signed and recorded.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;
use syndic_compliance::report::{AssessError, Proof, Request};
use syndic_compliance::{
    CanonicalError, Catalogue, CatalogueError, Checklist, Evidence, ItemState, Report, checklist,
};
use syndic_governance::{Governance, Settings};
use syndic_ledger::{
    ChecklistCount, NoteError, ProofFile, Proved, Record, ReportMade, SignedCheckpoint, Subject,
    VerifierKey,
};
use syndic_model::{AgentId, Clock, OperatorRole};
use syndic_store::{LogReaderError, Published, ReadError, Store};
use thiserror::Error;

use super::fold::Folded;
use super::setup::setup;
use super::signed;
use super::tests::try_and_keep;
use crate::Gate;
use crate::agents::{UnknownName, profile};
use crate::gate::WriteFailed;
use crate::permit::hex;

/// How long a report waits for a checkpoint that covers the newest record.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is to be reported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportRequest {
    /// The agent.
    pub agent: String,
    /// The ids of the frameworks; all where none is named.
    pub frameworks: Vec<String>,
    /// Only what binds an operator in this role; the stated ones, or else both, where none is named.
    pub role: Option<OperatorRole>,
    /// The day for which to judge which duties apply; today where none is named.
    pub as_of: Option<Date>,
}

/// A report that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeReport {
    /// The report, signed.
    pub report: Report,
    /// The records that it cites, proved by the checkpoint that it rests on: a text that is verified offline. None
    /// where it cites none.
    pub proofs: Option<String>,
    /// The record of it.
    pub record: u64,
}

/// Says why there is no report.
#[derive(Debug, Error)]
pub enum ComplianceError {
    /// No such agent.
    #[error(transparent)]
    Unknown(#[from] UnknownName),
    /// Nothing like this can be asked for.
    #[error(transparent)]
    Request(#[from] AssessError),
    /// The catalogue of this program cannot be read.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The ledger cannot be read.
    #[error(transparent)]
    Log(#[from] LogReaderError),
    /// The newest records are not signed yet.
    #[error("the newest records are not signed yet; try again in a second")]
    Checkpoint(#[source] ReadError),
    /// A record that is cited cannot be read.
    #[error(transparent)]
    Record(#[from] ReadError),
    /// Another governance directory came into force meanwhile.
    #[error("another governance directory came into force meanwhile; ask again")]
    Changed,
    /// The tests of the policies could not be kept.
    #[error("cannot keep the tests of the policies in the data directory")]
    Tests(#[source] io::Error),
    /// The report has no form to be signed in.
    #[error("the report cannot be signed: {0}")]
    Form(String),
    /// What was made cannot be recorded.
    #[error(transparent)]
    Write(#[from] WriteFailed),
    /// The runtime was shut down meanwhile, or there is a bug.
    #[error("making the report was interrupted")]
    Interrupted,
}

impl From<CanonicalError> for ComplianceError {
    fn from(error: CanonicalError) -> Self {
        Self::Form(error.to_string())
    }
}

impl From<NoteError> for ComplianceError {
    fn from(error: NoteError) -> Self {
        Self::Form(error.to_string())
    }
}

impl Gate {
    /// Reports what the evidence shows of an agent's duties, and records that it did. What was read of the ledger is kept
    /// for the next report. Decisions do not wait for it.
    ///
    /// # Errors
    /// When there is no such agent or framework, or the ledger cannot be read or written.
    pub async fn compliance_report(
        &self,
        request: ReportRequest,
        by: &str,
    ) -> Result<MadeReport, ComplianceError> {
        let ReportRequest { agent, frameworks, role, as_of } = request;
        let looking = self.looking(&agent)?;
        let request = Request { frameworks, role, as_of };
        let folded = Arc::clone(&self.folded);
        let made = tokio::task::spawn_blocking(move || looking.make(&request, &mut folded.lock()));
        let made = made.await;
        let Made { report, checklist, digest, proofs } =
            made.map_err(|_| ComplianceError::Interrupted)??;
        let record = Record::ReportMade(ReportMade {
            agent: report.agent.id.clone(),
            digest,
            size: report.log.size,
            headline: report.headline.clone(),
            counts: report.summary.controls.clone(),
            checklist: Some(checklist),
            by: by.to_owned(),
        });
        let (record, _) = self.assure(record).await?;
        Ok(MadeReport { report, proofs, record })
    }

    /// Looks at every item of an agent's checklist. Nothing is recorded.
    ///
    /// # Errors
    /// When there is no such agent, or the ledger cannot be read.
    pub async fn checklist(&self, agent: &str) -> Result<Checklist, ComplianceError> {
        let looking = self.looking(agent)?;
        let folded = Arc::clone(&self.folded);
        let look = move || {
            looking
                .judge(&mut folded.lock(), |evidence, catalogue| Ok(checklist(evidence, catalogue)))
        };
        let looked = tokio::task::spawn_blocking(look).await;
        Ok(looked.map_err(|_| ComplianceError::Interrupted)??.0)
    }

    fn looking(&self, agent: &str) -> Result<Looking, UnknownName> {
        let governance = self.governance();
        let agent = profile(&governance, agent)?.id.clone();
        Ok(Looking { governance, store: Arc::clone(&self.store), clock: self.clock(), agent })
    }
}

/// A report that is to be recorded.
struct Made {
    report: Report,
    checklist: ChecklistCount,
    digest: String,
    proofs: Option<String>,
}

/// What the evidence about an agent is read with.
struct Looking {
    governance: Arc<Governance>,
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    agent: AgentId,
}

impl Looking {
    /// Makes the report, signs it, and proves what it cites. Blocks.
    fn make(&self, request: &Request, folded: &mut Folded) -> Result<Made, ComplianceError> {
        let ((mut report, checklist), checkpoint) = self.judge(folded, |evidence, catalogue| {
            let report = Report::assess(request, evidence, catalogue)?;
            Ok((report, count(&checklist(evidence, catalogue))))
        })?;
        let cited = cited(&report);
        report.proofs = self.prove(&cited, checkpoint.head.size)?;
        let digest = report.digest()?;
        report.signature = Some(self.store.sign(&signed::text(&digest))?.to_string());
        let proofs = self.proof_file(&cited, &digest, &checkpoint)?;
        Ok(Made { report, checklist, digest, proofs })
    }

    /// Reads the ledger up to its newest checkpoint, and judges what is there then. Blocks.
    fn judge<T>(
        &self,
        folded: &mut Folded,
        judge: impl FnOnce(&Evidence<'_>, &Catalogue) -> Result<T, ComplianceError>,
    ) -> Result<(T, Arc<Published>), ComplianceError> {
        let last = self.store.durable_index().saturating_sub(1);
        let checkpoint = self.store.checkpoint_over(last, PATIENCE);
        let checkpoint = checkpoint.map_err(ComplianceError::Checkpoint)?;
        folded.read_on(&self.store.log_reader(), checkpoint.head.size)?;
        if folded.manifest.as_ref() != Some(&self.governance.manifest) {
            return Err(ComplianceError::Changed);
        }
        // No record is later than the report that rests on it.
        let now = self.clock.now().max(folded.last.unwrap_or(Timestamp::MIN));
        let governance = &self.governance;
        let origin = self.store.log_keys().first().map(|key| key.name().to_owned());
        let is_signed = folded.log.head() == checkpoint.head;
        let cosigned = self.store.cosigned();
        let cosigned = cosigned.and_then(|one| SignedCheckpoint::parse(one.text.as_bytes()).ok());
        let witnesses =
            cosigned.map(|one| witnesses(&one, &self.store.log_keys(), &governance.settings));
        let log =
            folded.log(origin.unwrap_or_default(), Some(is_signed), witnesses.unwrap_or_default());
        let tests = try_and_keep(governance, now).map_err(ComplianceError::Tests)?;
        let setup = setup(governance, &self.agent, tests);
        let setup = setup.ok_or(ComplianceError::Changed)?;
        let evidence = Evidence { facts: &folded.facts, setup: &setup, log: &log, now };
        Ok((judge(&evidence, Catalogue::builtin()?)?, checkpoint))
    }

    fn prove(&self, cited: &BTreeSet<u64>, size: u64) -> Result<Vec<Proof>, ComplianceError> {
        let reader = self.store.log_reader();
        let prove = |&index: &u64| {
            let (leaf, path) = reader.inclusion(index, size)?;
            let path = path.iter().map(|hash| hex(hash)).collect();
            Ok(Proof { index, leaf: hex(&leaf), path })
        };
        cited.iter().map(prove).collect()
    }

    /// Puts the cited records that are still there into a file of proofs.
    fn proof_file(
        &self,
        cited: &BTreeSet<u64>,
        digest: &str,
        checkpoint: &Published,
    ) -> Result<Option<String>, ComplianceError> {
        let mut proved = Vec::new();
        for &index in cited {
            let leaf = match self.store.leaf_bytes(index) {
                Ok(leaf) => leaf,
                Err(ReadError::Pruned(_)) => continue,
                Err(error) => return Err(error.into()),
            };
            let leaf = String::from_utf8(leaf).map_err(|_| ReadError::Changed(index))?;
            let path = self.store.inclusion(index, checkpoint.head.size)?;
            proved.push(Proved { index, leaf, path });
        }
        if proved.is_empty() {
            return Ok(None);
        }
        let file = ProofFile::new(Subject::Report(digest.to_owned()), &checkpoint.text, proved);
        let file = file.map_err(|error| ComplianceError::Form(error.to_string()))?;
        Ok(Some(file.to_string()))
    }
}

/// Tells how far a checklist is.
fn count(checklist: &Checklist) -> ChecklistCount {
    let done = checklist.items.iter().filter(|item| item.state != ItemState::Open);
    ChecklistCount {
        done: done.count() as u64,
        items: checklist.items.len() as u64,
        passed: checklist.passed,
    }
}

/// Returns the catalogue that reports are judged by, as it is written.
///
/// # Errors
/// None in a program that was tested.
pub fn catalogue_document() -> Result<Value, CatalogueError> {
    Catalogue::document()
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

/// Returns every record that a reading cites.
pub(super) fn cited(report: &Report) -> BTreeSet<u64> {
    report.readings.iter().flat_map(|reading| reading.cited.iter().copied()).collect()
}

/// Returns the report as the JSON that is compared and signed.
pub(super) fn value(report: &Report) -> Result<Value, ComplianceError> {
    serde_json::to_value(report).map_err(|error| ComplianceError::Form(error.to_string()))
}
