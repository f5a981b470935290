//! The files as they are written: serde and JSON Schema, no meaning yet.

mod actions;
mod agent;
mod approvers;
mod calendar;
mod cases;
mod compliance;
mod detector;
mod output;
mod pins;
mod settings;
mod sinks;

mod keyed;

pub(crate) use actions::{ActionFields, ActionsFile, Fact, FactFields, Facts};
pub(crate) use agent::{AgentFile, LimitFields, OwnerFields, RuleFields, Threshold};
pub(crate) use approvers::{ApproversFile, ChannelFields, GroupFields, PersonFields, StepFields};
pub(crate) use calendar::{CalendarFile, WeekFields};
pub(crate) use cases::{
    CallFields, CasesFile, ExpectFields, GivenFields, RowFields, TestFields, UseFields, Uses,
};
pub(crate) use compliance::{ComplianceFile, StatementFields};
pub(crate) use detector::{DetectorFile, ExamplesFields};
pub(crate) use keyed::Keyed;
pub(crate) use output::OutputFields;
pub(crate) use pins::{PinnedServer, PinnedTool, PinsFile};
pub(crate) use settings::{
    AllowedFields, AnomalyFields, ArchiveFields, AuditFields, CanaryFields, DefaultsFields,
    DetectionFields, DrillFields, DrillsFields, MasterKeyFields, NotifyFields, RestoreFields,
    ServerFields, SettingsFile, SlackFields, SmtpFields, StorageFields, TelemetryFields, TlsFields,
    WebhookFields, WitnessFields,
};
pub(crate) use sinks::{
    CloudWatchFields, ElasticsearchFields, FileSinkFields, OtlpFields, SinkFields,
    SinkWebhookFields,
};
