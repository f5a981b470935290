//! Verifying a proof file.

use std::fmt;

use serde::Serialize;
use syndic_ledger::{
    ProofFile, ProofFileError, ProofRefused, Signatories, UNWITNESSED, VerifierKey,
};
use thiserror::Error;

use crate::report::{Witnessed, encoded, witnessed};

/// Why a proof is not to be believed.
#[derive(Debug, Error)]
pub enum ProofError {
    /// It is no proof file.
    #[error("no proof file of this program: {0}")]
    Unusable(#[from] ProofFileError),
    /// It does not prove what it says.
    #[error(transparent)]
    Refused(#[from] ProofRefused),
    /// None of the witnesses who were asked for.
    #[error("none of the witnesses that you named cosigned the checkpoint of this proof")]
    Unwitnessed,
}

/// What a proof proves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProofReport {
    /// What it is of, as the file says it.
    pub subject: String,
    /// The log.
    pub origin: String,
    /// How many records the log had.
    pub size: u64,
    /// The root over them, base64.
    pub root: String,
    /// The keys of the log that signed.
    pub signed_by: Vec<String>,
    /// The witnesses that cosigned, of those that were named.
    pub witnesses: Vec<Witnessed>,
    /// The indexes of the records.
    pub records: Vec<u64>,
}

/// Verifies a proof with nothing but the keys that the reader believes in. Where witnesses are named, one must have
/// cosigned.
///
/// # Errors
/// When it is no proof, or does not prove what it says.
pub fn verify_proof(
    text: &str,
    keys: &[VerifierKey],
    witnesses: &[VerifierKey],
) -> Result<ProofReport, ProofError> {
    let proof = ProofFile::parse(text)?;
    let Signatories { log, witnesses: cosigned } = proof.verify(keys, witnesses)?;
    if cosigned.is_empty() && !witnesses.is_empty() {
        return Err(ProofError::Unwitnessed);
    }
    let checkpoint = proof.checkpoint().checkpoint();
    Ok(ProofReport {
        subject: proof.subject().to_string(),
        origin: checkpoint.origin.clone(),
        size: checkpoint.head.size,
        root: encoded(&checkpoint.head.root),
        signed_by: log.iter().map(ToString::to_string).collect(),
        witnesses: cosigned.iter().map(witnessed).collect(),
        records: proof.records().iter().map(|record| record.index).collect(),
    })
}

impl fmt::Display for ProofReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let records: Vec<_> = self.records.iter().map(ToString::to_string).collect();
        let several = if records.len() == 1 { "record" } else { "records" };
        writeln!(f, "proved: {several} {} of `{}`", records.join(", "), self.origin)?;
        writeln!(f, "what of: {}", self.subject)?;
        writeln!(f, "checkpoint: {} records, root {}", self.size, self.root)?;
        for key in &self.signed_by {
            writeln!(f, "signed by: {key}")?;
        }
        for witness in &self.witnesses {
            writeln!(f, "cosigned by: {} at {}", witness.name, witness.at)?;
        }
        if self.witnesses.is_empty() {
            writeln!(f, "no outside witness: {UNWITNESSED}")?;
        }
        Ok(())
    }
}
