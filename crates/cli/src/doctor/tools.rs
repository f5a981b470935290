//! The tools that servers offer agents, as a daemon that runs tells whoever may read.

use std::collections::BTreeSet;

use syndic_api::OfferBody;
use syndic_client::Client;
use syndic_model::EnforcementGrade;

use super::{Diagnosis, Patient};
use crate::{daemon, key};

/// How many names a message has.
const NAMED: usize = 5;

/// Looks at what was offered, where `--key-file` opens it; what it does not open is not looked at.
pub(super) async fn tools(patient: &Patient<'_>) -> Vec<Diagnosis> {
    let Some(client) = client(patient) else { return Vec::new() };
    let Ok(offered) = client.offered_tools().await else { return Vec::new() };
    if offered.offers.is_empty() {
        return Vec::new();
    }
    let mut found = vec![unknown(patient, &offered.offers), unpinned(patient, &offered.offers)];
    if let Ok(keys) = client.keys().await {
        let in_path = keys.keys.into_iter().filter(|key| {
            key.grade.as_deref() == Some(EnforcementGrade::InPath.as_str())
                && key.status == "active"
        });
        let in_path: BTreeSet<_> = in_path.filter_map(|key| key.holder).collect();
        found.push(graded(patient, &offered.offers, &in_path));
    }
    found
}

pub(super) fn client(patient: &Patient<'_>) -> Option<Client> {
    let key = key::read(patient.key_file?).ok()?;
    Client::unix(&daemon::socket(patient.data_dir), Some(key)).ok()
}

fn unknown(patient: &Patient<'_>, offers: &[OfferBody]) -> Diagnosis {
    const ID: &str = "mcp-tools";
    let mut unknown = BTreeSet::new();
    let mut known = BTreeSet::new();
    for offer in offers {
        for tool in &offer.tools {
            let name = tool.definition.get("name").and_then(serde_json::Value::as_str);
            let name = format!("{}.{}", offer.server, name.unwrap_or_default());
            if tool.action.is_none() {
                unknown.insert(name)
            } else {
                known.insert(name)
            };
        }
    }
    let place = patient.dir.join("actions");
    if unknown.is_empty() {
        let message = format!("all {} tools that agents were offered are declared", known.len());
        return Diagnosis::fine(ID, place.display(), message);
    }
    let message = format!("agents were offered tools that nobody declared: {}", shown(&unknown));
    Diagnosis::warning(ID, place.display(), message, "`syndic actions review` lists them")
}

fn unpinned(patient: &Patient<'_>, offers: &[OfferBody]) -> Diagnosis {
    const ID: &str = "mcp-pins";
    let pinned = |server: &str| {
        let pins = patient.governance.map(|governance| &governance.pins);
        pins.is_some_and(|pins| pins.keys().any(|name| name.as_str() == server))
    };
    let servers: BTreeSet<_> = offers.iter().map(|offer| offer.server.clone()).collect();
    let unpinned: BTreeSet<_> = servers.iter().filter(|server| !pinned(server)).cloned().collect();
    let place = patient.dir.join(syndic_governance::PINS_FILE);
    if unpinned.is_empty() {
        let message = format!("the tools of all {} servers are pinned", servers.len());
        return Diagnosis::fine(ID, place.display(), message);
    }
    let message = format!("servers may change their tools unseen: {}", shown(&unpinned));
    Diagnosis::warning(
        ID,
        place.display(),
        message,
        "`syndic mcp pin -- COMMAND` pins those of one",
    )
}

fn graded(patient: &Patient<'_>, offers: &[OfferBody], in_path: &BTreeSet<String>) -> Diagnosis {
    const ID: &str = "mcp-keys";
    let agents: BTreeSet<_> = offers.iter().map(|offer| offer.agent.clone()).collect();
    let without: BTreeSet<_> = agents.difference(in_path).cloned().collect();
    let place = patient.data_dir.display();
    if without.is_empty() {
        return Diagnosis::fine(
            ID,
            place,
            format!("all {} agents have a key with the grade in-path", agents.len()),
        );
    }
    let message = format!("no key with the grade in-path: {}", shown(&without));
    let remedy = "`syndic keys create --role agent --agent ID --grade in-path`, then `syndic mcp --key-file`; until \
                  then records say `cooperative`";
    Diagnosis::warning(ID, place, message, remedy)
}

fn shown(names: &BTreeSet<String>) -> String {
    let shown = names.iter().take(NAMED).map(|name| format!("`{name}`"));
    let shown = shown.collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
