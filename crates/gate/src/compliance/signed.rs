//! The signature of a report: a note of the log's key that names the report's digest.

use syndic_compliance::Report;
use syndic_ledger::{NoteError, SignedText, VerifierKey};

const TITLE: &str = "syndic compliance report, version 1";

/// What can be said of a report's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportSignature {
    /// These keys signed what the report says.
    Valid(Vec<String>),
    /// It has none.
    Missing,
    /// It is no signature of what the report says, and why.
    Refuted(String),
    /// None of the keys that were asked for signed it, and why.
    Unknown(String),
}

/// Returns the text that is signed.
pub(super) fn text(digest: &str) -> String {
    format!("{TITLE}\nsha256 {digest}\n")
}

/// Looks at a report's signature with the keys that the reader believes in.
pub(super) fn signature(report: &Report, keys: &[VerifierKey]) -> ReportSignature {
    let Some(note) = &report.signature else { return ReportSignature::Missing };
    let said = SignedText::parse(note).and_then(|signed| {
        let by = signed.verify(keys)?;
        Ok((signed.text().to_owned(), by.iter().map(ToString::to_string).collect()))
    });
    match (said, report.digest()) {
        (Ok((said, by)), Ok(digest)) if said == text(&digest) => ReportSignature::Valid(by),
        (Ok(_), _) => {
            ReportSignature::Refuted("the report was changed after it was signed".to_owned())
        }
        (Err(error @ NoteError::Unsigned(_)), _) => ReportSignature::Unknown(error.to_string()),
        (Err(error), _) => ReportSignature::Refuted(error.to_string()),
    }
}
