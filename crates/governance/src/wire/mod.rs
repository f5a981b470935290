//! The files as they are written: serde and JSON Schema, no meaning yet.

mod actions;
mod agent;
mod calendar;
mod cases;
mod settings;

pub(crate) use actions::{ActionFields, ActionsFile, Fact, FactFields, Facts};
pub(crate) use agent::{AgentFile, LimitFields, OwnerFields, RuleFields, Threshold};
pub(crate) use calendar::{CalendarFile, WeekFields};
pub(crate) use cases::{
    CallFields, CasesFile, ExpectFields, GivenFields, RowFields, TestFields, UseFields, Uses,
};
pub(crate) use settings::{DefaultsFields, ServerFields, SettingsFile, StorageFields, TlsFields};
