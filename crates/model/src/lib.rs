//! The nouns of syndic: who acts, what they want to do, and what was decided.
//!
//! Owns ids, risk levels, agent profiles, the action catalogue, exact amounts, checks and the clock's contract.
//! Must never read the clock or do IO; nothing here has a wire format.

mod action;
mod args;
mod agent;
mod catalogue;
mod check;
mod clock;
mod event;
mod finding;
mod grade;
mod money;
mod name;
mod risk;

pub use action::ActionRequest;
pub use agent::{AgentProfile, Allowed, Mode, Owner, Threshold, ThresholdRule};
pub use args::{Arguments, ArgumentsError, Fault, MAX_DEPTH};
pub use catalogue::{CatalogueEntry, Fact, FactSource, Pointer, PointerError, Step};
pub use check::{Check, CheckResult, Effect, Reason};
pub use clock::Clock;
pub use event::EventId;
pub use finding::{Finding, Level, Place};
pub use grade::EnforcementGrade;
pub use money::{Currency, Decimal, DecimalError, Money, MoneyError};
pub use name::{ActionName, AgentId, GroupName, NameError, PolicyId, SessionId, TeamName, ToolName};
pub use risk::{Capability, RiskLevel, Severity, UnknownWord};
