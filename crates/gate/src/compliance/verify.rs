//! Verifying a report: what it says is made again from the log that it rests on, and compared.

use std::path::Path;

use syndic_compliance::report::{AssessError, Request};
use syndic_compliance::{
    Catalogue, CatalogueError, Difference, Differences, Evidence, Figure, Log, Report, differences,
};
use syndic_governance::Governance;
use syndic_ledger::{CheckpointError, Head, VerifierKey};
use syndic_model::Level;
use syndic_store::{LogReader, LogReaderError, PolicyFiles, PolicyFilesError};
use thiserror::Error;

use super::evidence::witnesses;
use super::fold::Folded;
use super::keys::{self, ForeignKeys};
use super::proofs::unproved;
use super::report::value;
use super::setup::setup;
use super::signed::{ReportSignature, signature};
use super::since::Since;
use super::tests::try_kept;
use crate::policy::kept;

/// The probe that names the files of the tests, and the value it names them by.
const TESTS: (&str, &str) = ("POL-02", "files");

/// What came of making a report again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedReport {
    /// What can be said of its signature.
    pub signature: ReportSignature,
    /// Where it says something else than its evidence.
    pub differences: Differences,
    /// Records that it cites and does not prove.
    pub unproved: Vec<u64>,
    /// The first record that is still there, where others were dropped since it was made: what rested on those differs.
    pub dropped_since: Option<u64>,
    /// How often what was recorded of a user was erased since it was made: the records still prove, and what stood beside
    /// them cannot be looked at any more.
    pub erased_since: u64,
    /// The record that has this report's digest, where the log has one.
    pub record: Option<u64>,
}

/// Why a report cannot be made again.
#[derive(Debug, Error)]
pub enum UnverifiableError {
    /// It was changed, and so that it cannot be made again either.
    #[error("{0}")]
    Refuted(String, #[source] Box<Self>),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogReaderError),
    /// The keys are of another log: nothing was compared.
    #[error(transparent)]
    Foreign(#[from] ForeignKeys),
    /// It is another log, or less of it.
    #[error(
        "the report rests on {needed} records, and the log has {found}: it is another log, or one that was cut"
    )]
    Short {
        /// What the report rests on.
        needed: u64,
        /// What is there.
        found: u64,
    },
    /// No key that the reader believes in signed the newest checkpoint.
    #[error(
        "{0}: give the key that signs the log now; `syndic audit rotate-key` makes another one sign, and `log.vkey` of \
         the data directory has them all"
    )]
    Key(CheckpointError),
    /// The governance directory that was in force is not there.
    #[error(transparent)]
    Files(#[from] PolicyFilesError),
    /// The governance directory that was in force does not load in this program.
    #[error("the governance directory that was in force does not load any more: {0}")]
    Invalid(String),
    /// The log names none.
    #[error("the log does not say which governance directory was in force")]
    NoPolicy,
    /// It has no such agent.
    #[error("the governance directory that was in force has no agent `{0}`")]
    Agent(String),
    /// The report has something that this program does not know.
    #[error(transparent)]
    Request(#[from] AssessError),
    /// The catalogue of this program cannot be read.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The report cannot be compared.
    #[error("the report cannot be compared: {0}")]
    Form(String),
}

impl VerifiedReport {
    /// Tells whether nothing but records that were dropped since keeps it from being made again as it was.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        let log = |difference: &Difference| difference.path.starts_with("log/");
        self.dropped_since.is_some()
            && matches!(self.signature, ReportSignature::Valid(_))
            && self.unproved.is_empty()
            && self.differences.count > 0
            && !self.differences.first.iter().any(log)
    }

    /// Tells whether the report is signed, and says what its evidence says.
    #[must_use]
    pub const fn holds(&self) -> bool {
        matches!(self.signature, ReportSignature::Valid(_))
            && self.differences.count == 0
            && self.unproved.is_empty()
    }
}

/// Makes a report again from a data directory, closed or in use, and compares. `keys` are those of the log that the reader
/// believes in; the directory's own where there are none. `dir` is where the governance directory stands, or stood.
///
/// # Errors
/// When there is nothing to make it from.
pub fn verify_report(
    report: &Report,
    data_dir: &Path,
    dir: &Path,
    keys: &[VerifierKey],
) -> Result<VerifiedReport, UnverifiableError> {
    let reader = LogReader::of(data_dir);
    let own = reader.keys()?;
    let believed = if keys.is_empty() { own.as_slice() } else { keys };
    let signed = signature(report, believed);
    let verified = of_log(report, &reader, &own, keys)
        .and_then(|keys| compare(report, &reader, data_dir, dir, &keys, signed.clone()));
    match (verified, signed) {
        (Err(error), ReportSignature::Refuted(why)) => {
            Err(UnverifiableError::Refuted(why, Box::new(error)))
        }
        (verified, _) => verified,
    }
}

/// Returns the keys of the log, of those that were given or else its own.
fn of_log(
    report: &Report,
    reader: &LogReader,
    own: &[VerifierKey],
    given: &[VerifierKey],
) -> Result<Vec<VerifierKey>, UnverifiableError> {
    if given.is_empty() {
        return Ok(own.to_vec());
    }
    Ok(keys::of_log(report, &keys::origin(reader, own)?, given)?)
}

fn compare(
    report: &Report,
    reader: &LogReader,
    data_dir: &Path,
    dir: &Path,
    keys: &[VerifierKey],
    signature: ReportSignature,
) -> Result<VerifiedReport, UnverifiableError> {
    let mut folded = Folded::default();
    let needed = report.log.size;
    let kept = PolicyFiles::of(data_dir);
    folded.read_on(reader, &kept, needed).map_err(|error| {
        if let LogReaderError::Beyond(found) = error {
            return UnverifiableError::Short { needed, found };
        }
        error.into()
    })?;
    let manifest = folded.manifest.as_deref().ok_or(UnverifiableError::NoPolicy)?;
    let governance = governance(data_dir, dir, manifest)?;
    let again = again(report, reader, &mut folded, &governance, data_dir, keys)?;
    let form = |error: &dyn std::error::Error| UnverifiableError::Form(error.to_string());
    let claimed = value(report).map_err(|error| form(&error))?;
    let recomputed = value(&again).map_err(|error| form(&error))?;
    let first = folded.log.first();
    let since = Since::read(report, reader, &folded)?;
    let mut differences = differences(&claimed, &recomputed);
    since.compare(report, &mut differences);
    Ok(VerifiedReport {
        signature,
        differences,
        unproved: unproved(report, &folded.log.head()),
        dropped_since: (first > report.log.first_kept).then_some(first),
        erased_since: since.erased,
        record: since.record(report),
    })
}

/// Reads the governance directory that was in force.
fn governance(
    data_dir: &Path,
    dir: &Path,
    manifest: &str,
) -> Result<Governance, UnverifiableError> {
    let checked = kept(data_dir, dir, manifest)?;
    let error = checked.findings.iter().find(|finding| finding.level == Level::Error);
    let why = error.map(ToString::to_string).unwrap_or_default();
    checked.governance.ok_or(UnverifiableError::Invalid(why))
}

/// Makes the report again, for the same agent, day, roles and frameworks, at the same time.
fn again(
    report: &Report,
    reader: &LogReader,
    folded: &mut Folded,
    governance: &Governance,
    data_dir: &Path,
    keys: &[VerifierKey],
) -> Result<Report, UnverifiableError> {
    let now = report.made_at;
    let unknown = || UnverifiableError::Agent(report.agent.id.clone());
    let agent = report.agent.id.parse().map_err(|_| unknown())?;
    let tests = tests(report);
    let tests = tests.map(|files| try_kept(governance, data_dir, files, now)).transpose()?;
    let spoke_of = folded.written.spoke_of(&PolicyFiles::of(data_dir), governance, &agent);
    let setup = setup(governance, &agent, spoke_of, tests).ok_or_else(unknown)?;
    let origin = keys.first().map(|key| key.name().to_owned()).unwrap_or_default();
    let signed = is_signed(reader, &folded.log.head(), keys)?;
    let log = folded.log(origin, signed, confirmed(report, reader, governance, keys)?);
    // What the clock said is nowhere on record.
    let log = Log { behind_seconds: report.log.clock_behind_seconds, ..log };
    let evidence = Evidence { facts: &folded.facts, setup: &setup, log: &log, now };
    Ok(Report::assess(&request(report), &evidence, Catalogue::builtin()?)?)
}

/// Tells what was asked for.
fn request(report: &Report) -> Request {
    let role = match report.roles.as_slice() {
        [role] => role.parse().ok(),
        _ => None,
    };
    Request {
        frameworks: report.frameworks.iter().map(|framework| framework.id.clone()).collect(),
        role,
        as_of: Some(report.as_of),
    }
}

/// Returns the hash under which the files of the tests were kept, where there were any.
fn tests(report: &Report) -> Option<&str> {
    let (probe, value) = TESTS;
    let reading = report.readings.iter().find(|reading| reading.probe == probe)?;
    match reading.value.get(value)? {
        Figure::Text(files) => Some(files),
        Figure::Count(_) | Figure::List(_) | Figure::At(_) => None,
    }
}

/// Tells whether the newest checkpoint is the log's, and continues the log as far as it was read.
fn is_signed(
    reader: &LogReader,
    head: &Head,
    keys: &[VerifierKey],
) -> Result<Option<bool>, UnverifiableError> {
    let Some(checkpoint) = reader.checkpoint()? else { return Ok(None) };
    let newest = checkpoint.checkpoint().head;
    match checkpoint.verify(keys, &[]) {
        Ok(_) => {}
        Err(error @ CheckpointError::Unsigned(_)) => return Err(UnverifiableError::Key(error)),
        Err(_) => return Ok(Some(false)),
    }
    if newest.size < head.size {
        return Ok(None);
    }
    Ok(Some(reader.continues(head, &newest)?))
}

/// Returns the witnesses that the report names, as far as the newest cosigned checkpoint has them.
fn confirmed(
    report: &Report,
    reader: &LogReader,
    governance: &Governance,
    keys: &[VerifierKey],
) -> Result<Vec<(String, u64)>, UnverifiableError> {
    let cosigned = reader.cosigned()?;
    let known = cosigned.map(|cosigned| witnesses(&cosigned, keys, &governance.settings));
    let known = known.unwrap_or_default();
    let claimed = report.log.witnesses.iter();
    let claimed = claimed.filter(|claimed| {
        known.iter().any(|(name, size)| *name == claimed.name && *size >= claimed.size)
    });
    Ok(claimed.map(|claimed| (claimed.name.clone(), claimed.size)).collect())
}
