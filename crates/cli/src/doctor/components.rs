//! What a daemon that runs says of itself: its followers of the ledger, sinks, index, checkpoints and clock.

use syndic_api::ComponentBody;

use super::{Diagnosis, Patient, tools};

/// The parts that are looked at, by the id they have here.
const PARTS: [(&str, &str); 5] = [
    ("relays", "relays"),
    ("sinks", "sinks"),
    ("index", "index"),
    ("checkpoint", "checkpoint"),
    ("clock", "daemon-clock"),
];

/// Looks at what a daemon knows of itself, where `--key-file` opens it.
pub(super) async fn components(patient: &Patient<'_>) -> Vec<Diagnosis> {
    let Some(client) = tools::client(patient) else { return Vec::new() };
    let Ok(status) = client.status().await else { return Vec::new() };
    let of = |wanted: &str| status.components.iter().find(|part| part.component == wanted);
    PARTS.iter().filter_map(|(part, id)| Some(diagnosis(id, of(part)?))).collect()
}

fn diagnosis(id: &'static str, part: &ComponentBody) -> Diagnosis {
    let remedy = part.remedy.as_deref().unwrap_or("see the log of the daemon");
    match part.state.as_str() {
        "ok" => Diagnosis::fine(id, "daemon", &part.told),
        "degraded" => Diagnosis::warning(id, "daemon", &part.told, remedy),
        _ => Diagnosis::failure(id, "daemon", &part.told, remedy),
    }
}
