//! The governance directory: read, validated as a whole, and held as one snapshot.
//!
//! Owns the files' formats, their JSON Schemas, the findings about them with their places, and the directory that
//! `syndic init` writes. Must never decide about an action; everything about Cedar is the policy crate's.

mod load;

mod lint;
mod loosened;

mod agents;
mod approvers;
mod calendars;
mod cases;
mod catalogue;
mod compliance;
mod detectors;
mod directory;
mod pins;
mod placement;
mod promote;
mod revision;
mod roll_out;
mod settings;
mod wire;
mod yaml;

mod position;
mod report;
mod text;

mod draft;
mod import;
mod init;
mod kinds;
mod learn;
mod narrow;
mod output;
mod packs;
mod schema;
mod seen;

pub use cases::{Case, Cases, Expected, Supposed, SupposedUse, read_cases, read_kept_cases};
pub use compliance::{read_compliance, stated};
pub use draft::{NewAgentError, new_agent};
pub use import::{
    Import, ImportError, ImportOptions, ImportStatus, Imported, McpTool, NotTools, import,
    read_tools,
};
pub use init::{InitError, init};
pub use kinds::EntityName;
pub use learn::{ActionSeen, Lesson, Observed};
pub use load::{Checked, Governance, data_dir, load, load_kept, pinned};
pub use loosened::{Loosened, loosened_beside_policies, same_policies};
pub use narrow::{ApprovedAction, ApprovedKind, Narrower, NotNarrowed, narrower};
pub use packs::{Pack, Placed, pack, packs};
pub use pins::{PINS_FILE, Pinned, Pins, pins_text};
pub use promote::{PromoteError, promote};
pub use roll_out::{MOST_DAYS_OBSERVED, RollOut, observed_too_long};
pub use schema::schemas;
pub use seen::Seen;
pub use settings::{
    Allowed, Anomaly, Archive, Audit, CloudWatchSink, Defaults, Detection, DrillSchedule, Drills,
    Durability, ElasticsearchSink, Environment, FileSink, MasterKey, Notify, OtlpSink,
    RETENTION_FLOOR_DAYS, Sample, Settings, Sink, SinkAuth, SinkFormat, SinkParts, SinkStart,
    SinkTarget, Slack, Smtp, SmtpTls, Telemetry, Tls, Webhook, WebhookSink, Witness, records_dir,
};
pub use text::did_you_mean;
