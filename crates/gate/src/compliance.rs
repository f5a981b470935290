//! Compliance: reports about agents, made from the ledger and the governance directory in force, and made again by who
//! doubts them.

mod checked;
mod checklist;
mod evidence;
mod report;

mod proofs;
mod verify;

mod baseline;
mod bounds;
mod fold;
mod keys;
mod setup;
mod signed;
mod since;
mod tests;
mod written;

pub use checklist::JudgedChecklist;
pub use keys::ForeignKeys;
pub use proofs::{BundleError, VerifiedBundle, verify_bundle};
pub use report::{ComplianceError, MadeReport, ReportRequest, catalogue_document};
pub use signed::ReportSignature;
pub use verify::{UnverifiableError, VerifiedReport, verify_report};

pub(crate) use baseline::{baseline, policy_before_promotion};
pub(crate) use checked::Checked;
pub(crate) use fold::Folded;
