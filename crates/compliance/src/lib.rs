//! Compliance: what a framework asks for, what the ledger shows of it, and what a report says.
//!
//! Pure rules over records, configuration and time; must never fetch evidence itself, read a clock, or say of an agent
//! that it is compliant.

mod applicability;
mod canonical;
mod catalogue;
mod change;
mod check;
mod checklist;
mod clock;
mod containment;
mod control;
mod difference;
pub mod dossier;
mod evidence;
mod facts;
mod field;
mod gap;
mod ground;
mod judgement;
mod limits;
mod probe;
mod reading;
mod remedy;
pub mod render;
pub mod report;
mod setup;
mod statement;
mod status;
mod weigh;

pub use applicability::{Applicability, Readings, applies};
pub use canonical::{CanonicalError, canonical};
pub use catalogue::{
    AnnexIiiArea, AnnexIvSection, AppliesFrom, Bearer, Catalogue, CatalogueError, ChecklistEntry,
    ChecklistRule, ChecklistSection, Clock, Confidence, ControlEntry, EvidenceMode, Framework,
    Milestone, Mistake, ProbeEntry, RecordField, ReportCheck, Term,
};
pub use change::{Changed, Changes, ChangesError, FigureMoved, Moved, changes};
pub use check::{CHECKS, CheckEntry, FieldEntry, RECORD_FIELDS};
pub use checklist::{Checklist, ChecklistItem, ItemState, checklist};
pub use clock::{
    ClassClock, ClockState, DeadlineClock, IncidentClass, IncidentClassError, IncidentClasses,
};
pub use difference::{Difference, Differences, MAX_DIFFERENCES, differences};
pub use dossier::{DOSSIER_SCHEMA, Dossier, dossier};
pub use evidence::{Evidence, Log, Window};
pub use facts::{Drills, Facts, Incident, Incidents, Ran, Stated, Statements};
pub use field::{asks_yes_or_no, measured_alone};
pub use gap::{Gap, GapIn};
pub use limits::{NotShown, NotShownKind};
pub use probe::measure;
pub use reading::{Figure, Reading, Verdict};
pub use report::{AssessError, REPORT_SCHEMA, Report, Request};
pub use setup::{Control, Retention, Setup, TestRun};
pub use statement::{Standing, StatementEntry, statements};
pub use status::Status;
