//! The wire: request and answer types of the HTTP API, problem documents, and the turn from wire to meaning.
//!
//! Must never hold behaviour.

mod action;
mod agent;
mod approval;
mod assessment;
mod audit;
mod authzen;
mod backup;
mod break_glass;
mod checklist;
mod compliance;
mod decision;
mod drill;
mod fatigue;
mod filter;
mod incident;
mod key;
mod log_key;
mod outcome;
mod overview;
mod policies;
mod policy;
mod problem;
mod redaction;
mod retention;
mod session;
mod sign_in;
mod sink;
mod statement;
mod status;
mod stream;
mod tool;

pub use action::{
    CheckBody, Decided, InvalidRequest, MessageBody, PermitBody, RecordBody, SubmitAction,
};
pub use agent::{
    AgentBody, AgentLimits, AgentPolicies, AgentStanding, Agents, LimitBody, OwnerBody,
    PolicyTextBody, SwitchAgent, Switched,
};
pub use approval::{
    ApprovalBody, ApprovalDetailsBody, ApprovalHint, Approvals, CastVote, EarlierAction,
    EarlierApproval, GroupProgress, TrailEntry, VoteBody,
};
pub use assessment::{AssessmentBody, Assessments, ChecklistCountBody, ReportPointBody};
pub use audit::{Event, Events, PolicyCheck};
pub use authzen::{
    AccessRequest, AccessTask, AuthzenMetadata, CallContext, Entity, Evaluate, EvaluateAll,
    EvaluateOptions, EvaluateOr, Evaluated, EvaluatedAll, Evaluation, EvaluationContext,
    EvaluationError, EvaluationFault, GovernanceBody, NamedAction, Semantic,
};
pub use backup::{BackupBody, Backups, MadeBackup, MakeBackup};
pub use break_glass::{AskBreakGlass, BreakGlassBody, BreakGlasses, ReviewBreakGlass};
pub use checklist::{ChecklistBody, ChecklistItemBody, JudgedChecklistBody};
pub use compliance::ProvenReport;
pub use decision::{DecisionBody, Decisions, Explanation, NowBody, ObstacleBody};
pub use drill::{DrillBody, Drills, RunDrill};
pub use fatigue::{ApprovalStatistics, GroupStatistics, KindStatistics, per_100};
pub use filter::{FilterText, FilteredText, FindingBody};
pub use incident::{
    CloseIncident, CorrectiveBody, IncidentBody, IncidentBundle, IncidentClockBody,
    IncidentClosedBody, IncidentCorrectiveBody, IncidentUpdateBody, Incidents, OpenIncident,
    ProvedRecord, SetCorrective, UpdateIncident,
};
pub use key::{CreateKey, CreatedKey, KeyBody, Keys};
pub use log_key::RotatedLogKey;
pub use outcome::{FilteredOutput, OutcomeStatus, ReportOutcome, Reported};
pub use overview::{
    AgentHour, AgentOverview, AnomalyBody, GovernanceHealth, HealthFinding, Overview,
    OverviewTotals, TopViolation,
};
pub use policies::{
    ConditionBody, FileDiff, Policies, PolicyBody, PolicyRevision, PolicyRevisions, RevisionDiff,
    RevisionFiles,
};
pub use policy::{
    FailedReload, FileFinding, HeldPolicy, LoosenedBody, PolicyStatus, PromoteAgent, PromotedAgent,
    ReloadPolicy, ReloadedPolicy,
};
pub use problem::Problem;
pub use redaction::{RedactUser, RedactedUser};
pub use retention::{
    AddHold, CompactionBody, PruneSegments, PruningBody, ReleaseHold, RetentionHoldBody,
    RetentionHolds,
};
pub use session::{OpenSession, OpenedSession};
pub use sign_in::{SessionBody, SignIn, SignInCode};
pub use sink::{ReplaySink, ReplayedSink, SinkBody, SinkFailure, Sinks};
pub use statement::{MakeStatement, StatementBody, Statements, WithdrawStatement};
pub use status::{ComponentBody, Readiness, Status, WitnessBody};
pub use stream::{StreamRecord, StreamReset};
pub use tool::{AgentTools, OfferBody, OfferTools, OfferedTool, OfferedTools, ToolBody};
