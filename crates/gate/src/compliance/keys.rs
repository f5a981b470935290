//! The log's keys, among those that a reader gives: a key bears the name of its log.

use std::collections::BTreeSet;

use syndic_compliance::Report;
use syndic_ledger::VerifierKey;
use syndic_store::{LogReader, LogReaderError};
use thiserror::Error;

/// None of the keys that were given is of the log that the report is of.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "the key that was given is of {given}, and the report and its log are of `{origin}`: give the key of `{origin}`; \
     `log.vkey` of its data directory has it"
)]
pub struct ForeignKeys {
    given: String,
    origin: String,
}

/// Returns those of the keys that were given that are of the log of `origin`. All of them where none is and the report
/// names another log than `origin` too: that is for the comparison to tell.
pub(super) fn of_log(
    report: &Report,
    origin: &str,
    given: &[VerifierKey],
) -> Result<Vec<VerifierKey>, ForeignKeys> {
    let own: Vec<_> = given.iter().filter(|key| key.name() == origin).cloned().collect();
    if !own.is_empty() {
        return Ok(own);
    }
    if given.is_empty() || report.log.origin != origin {
        return Ok(given.to_vec());
    }
    let names: BTreeSet<_> = given.iter().map(|key| format!("`{}`", key.name())).collect();
    let names: Vec<_> = names.into_iter().collect();
    Err(ForeignKeys { given: names.join(" and "), origin: origin.to_owned() })
}

/// Returns the name of a log: that of its newest checkpoint, or of its own key where none was signed yet.
pub(super) fn origin(reader: &LogReader, own: &[VerifierKey]) -> Result<String, LogReaderError> {
    let signed = reader.checkpoint()?.map(|signed| signed.checkpoint().origin.clone());
    let named = || own.first().map(|key| key.name().to_owned());
    Ok(signed.or_else(named).unwrap_or_default())
}
