//! The nouns of syndic: who acts, what they want to do, and what was decided.
//!
//! Owns ids, risk levels, agent profiles, the action catalogue, exact amounts, checks and the clock's contract.
//! Must never read the clock or do IO; nothing here has a wire format.

mod action;
mod agent;
mod approval;
mod approver;
mod args;
mod audit;
mod calendar;
mod catalogue;
mod check;
mod clock;
mod counter;
mod decided;
mod drill;
mod event;
mod finding;
mod grade;
mod limit;
mod money;
mod name;
mod output;
mod risk;
mod role;
mod sink;
mod statement;
mod tool;
mod trace;
mod witness;

pub use action::{ActionRequest, RequestError};
pub use agent::{AgentProfile, Allowed, Mode, Owner, Threshold, ThresholdRule};
pub use approval::{
    ACTING_USER, APPROVAL_WITHIN, ApprovalId, ApprovalState, ApprovalStatus, BreakGlassId,
    BreakGlassStatus, USABLE_FOR, Vote, VoteMethod,
};
pub use approver::{
    Approvers, Channel, Escalation, Group, Person, canonical_identities, canonical_identity,
};
pub use args::{
    Ambiguous, Arguments, ArgumentsError, Fault, MAX_DEPTH, canonical, read_unambiguous,
};
pub use audit::{AuditEvent, RESERVED_METADATA};
pub use calendar::{Calendar, Hours, LocalTime};
pub use catalogue::{CatalogueEntry, Fact, FactSource, Incomplete, Pointer, PointerError, Step};
pub use check::{Check, CheckResult, Effect, Reason};
pub use clock::Clock;
pub use counter::{Counter, Scope, Window};
pub use decided::{Decided, MessageCode, ModelMessage, Retry, SignedPermit};
pub use drill::{DrillKind, Knocked};
pub use event::EventId;
pub use finding::{Finding, Level, Place};
pub use grade::EnforcementGrade;
pub use limit::{Limit, MAX_LIMITS, Period};
pub use money::{Currency, Decimal, DecimalError, Money, MoneyError};
pub use name::{
    ActionName, AgentId, CalendarName, GroupName, LabelName, NameError, PersonId, PolicyId,
    ServerName, SessionId, TeamName, ToolName,
};
pub use output::{Output, OutputKind};
pub use risk::{Capability, RiskLevel, Severity, UnknownWord};
pub use role::{Caller, Role};
pub use sink::{Circuit, SinkFailure, SinkState};
pub use statement::{
    ComplianceRecord, HighRisk, MAX_STATEMENT_BYTES, OperatorRole, STATEMENT_FIELDS, Statement,
    StatementField, StatementFieldError, StatementValue,
};
pub use tool::{CHANGE_TOOL, Standing, ToolPin, ToolPinError};
pub use trace::{ActionSpan, Hex, SpanAnswer, TraceParent, TraceParentError};
pub use witness::WitnessState;
