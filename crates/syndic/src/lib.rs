//! Governance of AI agents inside a program of your own.
//!
//! [`Governor::open`] reads a governance directory, takes its data directory, and starts in this process what
//! `syndic serve` starts: every action is decided by the same policies, recorded in the same ledger before it is
//! answered, counted by the same metrics. What embedding adds is [`Policy::native`]: policies written in Rust.
//!
//! A call from inside the program it governs has the grade `advisory`: nothing keeps the program from running the
//! tool without asking. Where that matters, ask a server, and let the tool verify the permit.
//!
//! ```
//! use syndic::{Governor, Outcome, Policy, Request, Severity};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let place = tempfile::tempdir()?;
//! # let dir = place.path().join("governance");
//! # syndic::init(&dir)?;
//! let round = Policy::native("round-refunds", Severity::Low, "customer-support", |_, action, context| {
//!     match context.facts().amount {
//!         Some(amount) if action.name.as_str() == "issue_refund" && amount.ten_thousandths() % 10_000 != 0 => {
//!             Err(format!("{amount} is not a round amount"))
//!         }
//!         _ => Ok(()),
//!     }
//! });
//! let governor = Governor::builder(&dir).native(round).open().await?;
//!
//! let refund = Request::new("customer-support", "issue_refund").arg("order_id", "A-7732").arg("amount", 45);
//! let decided = governor.submit(refund).await?;
//! if decided.allowed {
//!     // Run the tool, then tell what became of it.
//!     governor.report(&decided, Outcome::ok().result("refunded")).await?;
//! }
//!
//! let uneven = Request::new("customer-support", "issue_refund").arg("order_id", "A-7733").arg("amount", 45.5);
//! let decided = governor.submit(uneven).await?;
//! assert!(!decided.allowed);
//! assert_eq!(decided.reasons(), ["round-refunds: 45.5 is not a round amount"]);
//! governor.close().await;
//! # Ok(())
//! # }
//! ```
//!
//! Owns the way in for a program; must never offer less than the server does.

mod governor;
mod open;

mod approvals;
mod assurance;
mod audit;
mod audited;
mod break_glass;
mod compliance;
mod fatigue;
mod keys;
mod live;
mod log;
mod policy;
mod retention;
mod sinks;
mod state;
mod tools;

mod outcome;
mod refused;
mod request;
mod scope;

mod around;
mod blocking;

pub use approvals::ExecuteError;
pub use audit::ExplainError;
pub use governor::{Governor, ReportError, SubmitError};
pub use open::{Builder, OpenError};
pub use outcome::Outcome;
pub use policy::ReloadError;
pub use refused::{AsRefused, Refused};
pub use request::{InvalidRequest, Request};
pub use scope::{AlreadyInstalled, Scope, scope, trace_by};
pub use syndic_macros::{audited, governed};

#[doc(hidden)]
pub mod __private {
    //! What the attributes write calls of; no interface.

    pub use crate::around::*;
}

pub use syndic_gate::{
    AgentActivity, AgentDetails, AgentOverview, AgentState, Assessment, BranchCoverage, ChangeKind,
    ChecklistCount, ChecklistNoted, Component, ComponentState, FileChange, GovernanceHealth,
    HealthFinding, HealthSeverity, HealthState, HourActivity, LimitMeasure, LimitUse, Overview,
    PolicyActivity, PolicyDetails, PolicyTests, PolicyView, ReportNoted, ReportPoint, Revision,
    RevisionChanges, RevisionError, RevisionFiles, UnknownName,
};
pub use syndic_gate::{
    AgentTools, AgentView, AnomalyView, ApprovalDetails, ApprovalError, ApprovalFilter,
    ApprovalPage, ApprovalStatistics, ApprovalView, AskRefused, AttestError, Attestation,
    AuditedCall, AuthenticationError, BackedUp, BackupRefused, BackupState, BackupView, BallotView,
    BreakGlass, BreakGlassError, BreakGlassView, CancelError, Checklist, ChecklistItem, ClockState,
    Compacted, Compaction, Compare, ComplianceError, ComplianceReport, Corrective,
    CorrectiveChange, DecisionPage, DrillError, DrillRequest, DrillView, Ended, Evasion,
    EventFilter, EventPage, EventsError, Evidence, Explanation, Failed, FilterError, Filtered,
    GroupStatistics, Happened, Health, Held, HoldError, HoldRequest, IncidentBundle,
    IncidentBundleError, IncidentChange, IncidentClass, IncidentClassError, IncidentClock,
    IncidentCorrective, IncidentError, IncidentRequest, IncidentView, ItemState, JudgedChecklist,
    KeyError, KeyRequest, KeyStatus, KeyView, KindStatistics, LookedThrough, Loosened, Lost,
    MadeReport, NewKey, Obstacle, OfferedTools, OpenRefused, Opening, Passage, PermitClaims,
    PermitError, PromoteError, Promotion, ProofError, ProvedRecord, RecordedDecision, RedactError,
    Redacted, Redaction, Refusal, Refused as VoteRefused, Reloaded, ReportRequest, Reported,
    RetentionHold, ReviewRefused, RotateError, RotatedLogKey, Score, Search, SearchError,
    SessionError, Share, Signature, Standing, StatementView, Switch, SwitchError, Tail, TailError,
    TailFilter, Told, ToolStanding, ToolsError, VoteError, Wish, args_digest, verify_permit,
};
pub use syndic_gate::{Finding as Detection, Findings as Detections};
pub use syndic_gate::{NotATile, TilePath};
pub use syndic_governance::{Governance, init};
pub use syndic_model::{
    ActionName, AgentId, AgentProfile, ApprovalId, ApprovalState, ApprovalStatus, AuditEvent,
    BreakGlassId, BreakGlassStatus, Capability, Check, CheckResult, Clock, Decided, Decimal,
    DrillKind, Effect, EnforcementGrade, EventId, Finding, Level, Mode, ModelMessage, PersonId,
    PolicyId, Reason, RiskLevel, Role, ServerName, SessionId, Severity, SignedPermit,
    StatementField, StatementFieldError, StatementValue, ToolName, ToolPin, TraceParent,
    TraceParentError, Vote, WitnessState,
};
pub use syndic_policy::{
    ActionView, Call, ContextError, ContextValue, ContextView, Facts, Origin, Policy, Shown,
};
