//! The 17 fields, as the API tells them.

use syndic_api::Event;
use syndic_model::AuditEvent;

pub(super) fn native(event: &AuditEvent) -> String {
    // What has only text keys can be written.
    serde_json::to_string(&Event::from(event.clone())).unwrap_or_default()
}
