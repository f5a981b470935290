//! A report about an agent: evidence is read up to the newest checkpoint, judged, proved, signed and recorded.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use jiff::civil::Date;
use serde_json::Value;
use syndic_compliance::report::{AssessError, Proof, Request};
use syndic_compliance::{
    CanonicalError, Catalogue, CatalogueError, Dossier, Report, checklist, dossier,
};
use syndic_ledger::{ChecklistCount, NoteError, ProofFile, Proved, Record, ReportMade, Subject};
use syndic_model::{AgentId, OperatorRole};
use syndic_store::{LogReaderError, Published, ReadError};
use thiserror::Error;

use super::checklist::count;
use super::evidence::Assessor;
use super::fold::Folded;
use super::signed;
use crate::Gate;
use crate::agents::{UnknownName, profile};
use crate::gate::WriteFailed;
use crate::permit::hex;

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
    /// The technical file of Annex IV, as far as the evidence fills it.
    pub dossier: Dossier,
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
        self.count_calls().await?;
        let governance = self.governance();
        let agent = profile(&governance, &request.agent)?.id.clone();
        let ReportRequest { frameworks, role, as_of, .. } = request;
        let assessor = self.assessor(governance);
        let making = Making { assessor, agent, request: Request { frameworks, role, as_of } };
        let folded = Arc::clone(&self.folded);
        let made = tokio::task::spawn_blocking(move || making.make(&mut folded.lock())).await;
        let Made { report, checklist, dossier, digest, proofs } =
            made.map_err(|_| ComplianceError::Interrupted)??;
        let record = Record::ReportMade(ReportMade {
            agent: report.agent.id.clone(),
            digest,
            size: report.log.size,
            made_at: Some(report.made_at),
            as_of: Some(report.as_of),
            roles: report.roles.clone(),
            frameworks: report.frameworks.iter().map(|one| one.id.clone()).collect(),
            headline: report.headline.clone(),
            counts: report.summary.controls.clone(),
            checklist: Some(checklist),
            by: by.to_owned(),
        });
        let (record, _) = self.assure(record).await?;
        Ok(MadeReport { report, dossier, proofs, record })
    }
}

/// A report that is to be recorded.
struct Made {
    report: Report,
    checklist: ChecklistCount,
    dossier: Dossier,
    digest: String,
    proofs: Option<String>,
}

/// A report on its way.
struct Making {
    assessor: Assessor,
    agent: AgentId,
    request: Request,
}

impl Making {
    /// Makes the report, signs it, and proves what it cites. Blocks.
    fn make(&self, folded: &mut Folded) -> Result<Made, ComplianceError> {
        let mut ground = self.assessor.ground(folded)?;
        let store = &self.assessor.store;
        let (mut report, checklist, setup) = ground.of(&self.agent, |evidence, catalogue| {
            let report = Report::assess(&self.request, evidence, catalogue)?;
            Ok((report, count(&checklist(evidence, catalogue)), evidence.setup.clone()))
        })?;
        let checkpoint = &ground.checkpoint;
        let cited = report.cited();
        report.proofs = self.prove(&cited, checkpoint.head.size)?;
        let digest = report.digest()?;
        report.signature = Some(store.sign(&signed::text(&digest))?.to_string());
        let proofs = self.proof_file(&cited, &digest, checkpoint)?;
        let dossier = dossier(&report, &setup, Catalogue::builtin()?);
        Ok(Made { report, checklist, dossier, digest, proofs })
    }

    fn prove(&self, cited: &BTreeSet<u64>, size: u64) -> Result<Vec<Proof>, ComplianceError> {
        let reader = self.assessor.store.log_reader();
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
        let store = &self.assessor.store;
        let mut proved = Vec::new();
        for &index in cited {
            let leaf = match store.leaf_bytes(index) {
                Ok(leaf) => leaf,
                Err(ReadError::Pruned(_)) => continue,
                Err(error) => return Err(error.into()),
            };
            let leaf = String::from_utf8(leaf).map_err(|_| ReadError::Changed(index))?;
            let path = store.inclusion(index, checkpoint.head.size)?;
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

/// Returns the catalogue that reports are judged by, as it is written.
///
/// # Errors
/// None in a program that was tested.
pub fn catalogue_document() -> Result<Value, CatalogueError> {
    Catalogue::document()
}

/// Returns the report as the JSON that is compared and signed.
pub(super) fn value(report: &Report) -> Result<Value, ComplianceError> {
    serde_json::to_value(report).map_err(|error| ComplianceError::Form(error.to_string()))
}
