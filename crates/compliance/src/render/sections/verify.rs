//! How a reader checks a report.

use super::super::document::{Block, Line, Section};
use super::super::written::count;
use crate::Report;

/// Returns what must not be overlooked: these words are not what is signed.
pub(super) fn caution(report: &Report) -> Line {
    let line = Line::told(
        "This is derived from the JSON report, which is what is signed; rely on that one. ",
    );
    let line = match report.digest() {
        Ok(digest) => {
            line.tell("SHA-256 of its canonical form without the signature: ").code(&digest)
        }
        Err(error) => line.tell("It has no canonical form: ").tell(&error.to_string()),
    };
    if report.signature.is_some() { line } else { line.tell(". That report is not signed.") }
}

pub(super) fn section(report: &Report) -> Section {
    let section = Section::new("verify", "How to verify")
        .words(
            "Take the JSON and a copy of the log. This computes every measured value again from the records, and names \
             each that differs; it needs no server and trusts none.",
        )
        .with(Block::Command("syndic comply verify report.json --log DIR".to_owned()));
    let section = if report.proofs.is_empty() {
        section.words("No record is proven in the report itself.")
    } else {
        let proven = count(report.proofs.len(), "cited record", "cited records");
        section
            .words(&format!(
                "The report has inclusion proofs of {proven} in the log of the root above. Without the log, this checks \
                 them against the records in a file:"
            ))
            .with(Block::Command("syndic comply verify report.json --proofs FILE".to_owned()))
    };
    match &report.signature {
        Some(note) => section
            .words("The signature is a signed note (C2SP) by the log's key; take that key from the operator by another way:")
            .with(Block::Command(note.clone())),
        None => section.words("It is not signed."),
    }
}
