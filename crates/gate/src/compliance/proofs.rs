//! The records that a report cites, proved: in the report itself, and in a file that has their texts.

use std::collections::BTreeMap;

use syndic_compliance::report::Proof;
use syndic_compliance::{AssessError, Catalogue, CatalogueError, Differences, Report, differences};
use syndic_ledger::{
    Hash, Head, ProofFile, ProofFileError, ProofRefused, Subject, VerifierKey, leaf_hash,
    verify_inclusion,
};
use thiserror::Error;

use super::keys::{self, ForeignKeys};
use super::signed::{ReportSignature, signature};
use crate::permit::hex;

/// What a file of proofs shows of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedBundle {
    /// What can be said of its signature.
    pub signature: ReportSignature,
    /// How many records that it cites are in the log, as they stand in the file.
    pub proved: u64,
    /// Records that it cites and the file does not have, or has otherwise.
    pub unproved: Vec<u64>,
    /// Where it concludes something else than what follows from its own readings and statements.
    pub differences: Differences,
    /// The probes whose readings were not made again: that takes the log.
    pub not_recomputed: Vec<String>,
}

/// Why a file of proofs shows nothing of a report.
#[derive(Debug, Error)]
pub enum BundleError {
    /// It is something else.
    #[error(transparent)]
    File(#[from] ProofFileError),
    /// The keys are of another log: nothing was compared.
    #[error(transparent)]
    Foreign(#[from] ForeignKeys),
    /// It proves nothing.
    #[error(transparent)]
    Refused(#[from] ProofRefused),
    /// The report has something that this program does not know.
    #[error(transparent)]
    Request(#[from] AssessError),
    /// The catalogue of this program cannot be read.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The report cannot be compared.
    #[error("the report cannot be compared: {0}")]
    Form(#[from] serde_json::Error),
    /// It is of another report.
    #[error("the proofs are of another report, or of this one before it was changed")]
    Other,
    /// It is of another log, or of another time.
    #[error(
        "the proofs are by a checkpoint of {found} records with root {root}, the report rests on {size}"
    )]
    Head {
        /// How many records the checkpoint has.
        found: u64,
        /// Its root (hex).
        root: String,
        /// How many the report rests on.
        size: u64,
    },
}

impl VerifiedBundle {
    /// Tells whether the report is signed, all that it cites is proved, and what it concludes follows.
    #[must_use]
    pub const fn holds(&self) -> bool {
        matches!(self.signature, ReportSignature::Valid(_))
            && self.unproved.is_empty()
            && self.differences.count == 0
    }
}

/// Verifies a report by the file of proofs that was written with it and the log's keys, with nothing else: that it is
/// signed, that the records it cites are in the log, and that what it concludes follows from its readings and statements.
/// What it read from all records it does not show.
///
/// # Errors
/// When the file is none, or of another report or log, or the report has what this program does not know.
pub fn verify_bundle(
    report: &Report,
    proofs: &str,
    keys: &[VerifierKey],
) -> Result<VerifiedBundle, BundleError> {
    let file = ProofFile::parse(proofs)?;
    let origin = &file.checkpoint().checkpoint().origin;
    file.verify(&keys::of_log(report, origin, keys)?, &[])?;
    let of_this = report.digest().is_ok_and(|digest| *file.subject() == Subject::Report(digest));
    if !of_this {
        return Err(BundleError::Other);
    }
    let again = report.judged_again(Catalogue::builtin()?)?;
    let differences = differences(&serde_json::to_value(report)?, &serde_json::to_value(&again)?);
    let head = file.checkpoint().checkpoint().head;
    let (found, root, size) = (head.size, hex(&head.root), report.log.size);
    if found != size || root != report.log.root {
        return Err(BundleError::Head { found, root, size });
    }
    let texts = file.records().iter();
    let texts: BTreeMap<u64, Hash> =
        texts.map(|one| (one.index, leaf_hash(one.leaf.as_bytes()))).collect();
    let proven = proven(report, &head);
    let holds = |index: &u64| {
        let leaf = texts.get(index);
        leaf.is_some() && leaf == proven.get(index)
    };
    let (proved, unproved): (Vec<u64>, Vec<u64>) = report.cited().into_iter().partition(holds);
    Ok(VerifiedBundle {
        signature: signature(report, keys),
        proved: proved.len() as u64,
        unproved,
        differences,
        not_recomputed: report.readings.iter().map(|reading| reading.probe.clone()).collect(),
    })
}

/// Returns the records that a report cites and does not prove to be in the log of `head`.
pub(super) fn unproved(report: &Report, head: &Head) -> Vec<u64> {
    let proven = proven(report, head);
    report.cited().into_iter().filter(|index| !proven.contains_key(index)).collect()
}

/// Returns the leaves that the report proves.
fn proven(report: &Report, head: &Head) -> BTreeMap<u64, Hash> {
    let proven = |proof: &Proof| {
        let leaf = hash(&proof.leaf)?;
        let path = proof.path.iter().map(|text| hash(text)).collect::<Option<Vec<_>>>()?;
        verify_inclusion(leaf, proof.index, head, &path).ok()?;
        Some((proof.index, leaf))
    };
    report.proofs.iter().filter_map(proven).collect()
}

/// Reads a hash in hex.
fn hash(text: &str) -> Option<Hash> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    let bytes: Vec<u8> = bytes.collect::<Option<_>>()?;
    if rest.is_empty() { bytes.try_into().ok() } else { None }
}
