//! How an event looks at a sink: pure, and one JSON object on one line.

mod native;

use serde_json::Value;
use syndic_governance::SinkFormat;
use syndic_model::AuditEvent;

/// Where an event stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placement {
    /// The record that completed it.
    pub(crate) index: u64,
    /// The hash of that record's leaf in the tree.
    pub(crate) leaf_hash: [u8; 32],
    /// The log's name.
    pub(crate) origin: String,
    /// The event that this one completes, where that went out as overdue.
    pub(crate) completes: Option<String>,
}

/// Tells whether this program has the format.
pub(crate) const fn is_known(format: SinkFormat) -> bool {
    matches!(format, SinkFormat::Native)
}

/// Writes an event; `placement` says where it stands.
pub(crate) fn shape(format: SinkFormat, event: &AuditEvent, _placement: &Placement) -> String {
    match format {
        SinkFormat::Native | SinkFormat::Ocsf | SinkFormat::Otel => native::native(event),
    }
}

/// Returns the id of the event that [`shape`] wrote.
pub(crate) fn id(format: SinkFormat, body: &Value) -> Option<&str> {
    match format {
        SinkFormat::Native | SinkFormat::Ocsf | SinkFormat::Otel => body.get("event_id")?.as_str(),
    }
}
