//! The gate: the order in which things happen to an action.
//!
//! [`Gate::submit`] is the one function to read. Must never know HTTP, MCP or wire formats.

mod about;
mod activity;
mod agents;
mod approval;
mod assessed;
mod assurance;
mod attest;
mod audit;
mod backup;
mod binary;
mod break_glass;
mod calls;
mod caution;
mod change;
mod clock;
mod compact;
mod compliance;
mod components;
mod copies;
mod decide;
mod decisions;
mod detect;
mod drill;
mod enrich;
mod events;
mod expire;
mod explain;
mod fatigue;
mod filter;
#[cfg(test)]
mod flood;
mod found;
mod gate;
mod health;
mod heavy;
mod incident;
mod kept;
mod key;
mod labels;
mod lift;
mod limits;
mod lineage;
mod live;
mod log;
mod log_key;
mod master_key;
mod message;
mod metrics;
mod open;
mod output;
mod overview;
mod past;
mod permit;
mod policies;
mod policy;
mod preview;
mod promote;
mod proof;
mod prune;
mod record;
mod recorded;
mod recount;
mod redact;
mod reload;
mod repeat;
mod replay;
mod replayed;
mod report;
mod retention;
mod revisions;
mod sealed;
mod session;
mod share;
mod sinks;
mod standing;
mod state;
mod submit;
mod switch;
mod tails;
mod tally;
mod tested;
mod tool_book;
mod tools;
mod trace;
mod trial;
mod unsealed;
mod unusual;
mod usage;
mod watch;
mod weight;

pub use about::About;
pub use approval::{
    ApprovalDetails, ApprovalError, ApprovalFilter, ApprovalPage, ApprovalView, BallotView,
    Ballots, CancelError, Earlier, Noted, Said, VoteError, Voter, same,
};
pub use assessed::{Assessment, ChecklistNoted, ReportNoted, ReportPoint};
pub use attest::{AttestError, Attestation, StatementView};
pub use audit::{AuditedCall, Ended, Lost, Refusal};
pub use backup::{BackupRefused, BackupState, BackupView};
pub use break_glass::{BreakGlassError, BreakGlassView};
pub use clock::SystemClock;
pub use compact::Compaction;
pub use compliance::{
    BundleError, ComplianceError, ForeignKeys, JudgedChecklist, MadeReport, ReportRequest,
    ReportSignature, UnverifiableError, VerifiedBundle, VerifiedReport, catalogue_document,
    verify_bundle, verify_report,
};
pub use components::{Component, ComponentState};
pub use decisions::{DecisionPage, RecordedDecision};
pub use drill::{DrillError, DrillRequest, DrillView, Knocker};
pub use events::{EventFilter, EventPage, EventsError};
pub use explain::{Explanation, Obstacle, explain};
pub use fatigue::{ApprovalStatistics, GroupStatistics, HASTY, KindStatistics};
pub use syndic_compliance::{
    Checklist, ChecklistItem, ItemState, Report as ComplianceReport, render as render_report,
};
pub use syndic_detect::{Evasion, Evidence, Finding, Findings, Score};

pub use activity::{AgentActivity, HourActivity, PolicyActivity};
pub use agents::{AgentDetails, AgentView, UnknownName};
pub use filter::{FilterError, LookedThrough, Passage};
pub use found::RecordedFound;
pub use gate::{Gate, WriteFailed};
pub use health::{GovernanceHealth, Health, HealthFinding, HealthSeverity, HealthState};
pub use incident::{
    CorrectiveChange, IncidentBundle, IncidentBundleError, IncidentChange, IncidentClock,
    IncidentCorrective, IncidentError, IncidentRequest, IncidentView, ProvedRecord,
};
pub use key::{AuthenticationError, KeyError, KeyRequest, KeyStatus, KeyView, NewKey};
pub use limits::{LimitMeasure, LimitUse};
pub use live::{FollowIdle, Happened, Share, Tail, TailError, TailFilter, Told};
pub use log_key::{RotateError, RotatedLogKey};
pub use master_key::MasterKeyError;
pub use metrics::{Descriptor, METRICS, MetricKind};
pub use open::OpenError;
pub use output::Filtered;
pub use overview::{AgentOverview, AgentState, Overview};
pub use past::{RecordedPast, RecordedUsed};
pub use permit::{PermitClaims, PermitError, args_digest, verify_permit};
pub use policies::{PolicyDetails, PolicyTests, PolicyView};
pub use policy::{LastPolicyError, kept};
pub use preview::{preview, suppose};
pub use promote::{PromoteError, Promotion};
pub use proof::{ExaminerError, ProofError, examiner};
pub use prune::{Archiver, PruneError, Pruning};
pub use recorded::{
    Recorded, RecordedCall, RecordedContext, RecordedFacts, RecordedLift, RecordedLocal, Unreadable,
};
pub use recount::LEAD;
pub use redact::{RedactError, Redacted, Redaction};
pub use reload::{Compare, ReloadBy, ReloadError, Reloaded};
pub use replay::{Changed, Example, Moved, Past, Replay, verdict};
pub use report::{Report, ReportError, Reported};
pub use retention::{HoldError, HoldRequest, RetentionHold};
pub use revisions::{
    ChangeKind, FileChange, Revision, RevisionChanges, RevisionError, RevisionFiles,
};
pub use session::SessionError;
pub use standing::{Failed, Held, Standing};
pub use submit::SubmitError;
pub use switch::{Switch, SwitchError};
pub use syndic_approval::{
    AskRefused, BreakGlass, OpenRefused, Opening, Progress, Refused, ReviewRefused, Signature, Wish,
};
pub use syndic_compliance::{ClockState, IncidentClass, IncidentClassError};
pub use syndic_governance::Loosened;
pub use syndic_ledger::ChecklistCount;
pub use syndic_ledger::Corrective;
pub use syndic_ledger::{NotATile, TilePath};
pub use syndic_policy::{Origin, Shown};
pub use syndic_store::{
    BackedUp, Backup, Compacted, Continued, KeptBy, Known, Loss, Prunable, RestoreError, Restored,
    Search, SearchError, restore,
};
pub use tested::Tested;
pub use tools::{AgentTools, MOST_TOOLS, OfferedTools, ToolStanding, ToolsError};
pub use trial::{BranchCoverage, Coverage, Mismatch, Trial, coverage, try_case};
pub use unusual::AnomalyView;
