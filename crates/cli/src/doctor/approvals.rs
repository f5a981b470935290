//! Whether those who are asked hear of it.

use std::collections::BTreeMap;

use syndic_governance::{Environment, Governance, Notify};
use syndic_model::{Approvers, Channel, Group};

use super::{Diagnosis, Patient};

/// How many groups a message names.
const NAMED: usize = 5;

pub(super) fn approvals(patient: &Patient<'_>) -> Vec<Diagnosis> {
    let Some(governance) = patient.governance else { return Vec::new() };
    if governance.approvers.groups.is_empty() {
        return Vec::new();
    }
    let mut found = vec![public_url(governance), told(governance)];
    found.extend(variables(&governance.settings.notify));
    found
}

fn public_url(governance: &Governance) -> Diagnosis {
    const ID: &str = "public-url";
    let settings = &governance.settings;
    match &settings.public_url {
        Some(url) => {
            Diagnosis::fine(ID, "syndic.yaml", format!("people reach the server at {url}"))
        }
        None if settings.environment == Environment::Dev => {
            let message = format!("people on this machine reach it at http://{}", settings.listen);
            Diagnosis::fine(ID, "syndic.yaml", message)
        }
        None => Diagnosis::warning(
            ID,
            "syndic.yaml",
            format!("links in requests for approval lead to http://{}", settings.listen),
            "name how people reach the server: `server: {public_url: https://…}`",
        ),
    }
}

/// Looks for groups that no message reaches.
fn told(governance: &Governance) -> Diagnosis {
    const ID: &str = "approvers";
    let notify = &governance.settings.notify;
    let approvers = &governance.approvers;
    let deaf = approvers.groups.values().filter(|group| !is_told(group, approvers, notify));
    let deaf: Vec<_> = deaf.map(|group| format!("`{}`", group.name)).collect();
    let shown = deaf.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let more = deaf.len().saturating_sub(NAMED);
    let shown = if more > 0 { format!("{shown} and {more} more") } else { shown };
    let (people, groups) = (approvers.people.len(), approvers.groups.len());
    if deaf.is_empty() {
        Diagnosis::fine(ID, "approvers", format!("{people} people in {groups} groups are told"))
    } else if notify.is_configured() {
        Diagnosis::warning(
            ID,
            "approvers",
            format!("no message reaches {shown}"),
            "give the group or its people a channel of a kind that `notify` in `syndic.yaml` sends",
        )
    } else if governance.settings.environment == Environment::Dev {
        let message = format!("{people} people in {groups} groups; no message is sent");
        Diagnosis::fine(ID, "approvers", message)
    } else {
        Diagnosis::warning(
            ID,
            "approvers",
            format!("{people} people in {groups} groups, and no message is sent to them"),
            "say in `notify` of `syndic.yaml` how they are told; until then they must look by themselves",
        )
    }
}

fn is_told(group: &Group, approvers: &Approvers, notify: &Notify) -> bool {
    let people = group.people.iter().filter_map(|person| approvers.people.get(person));
    let mut channels = people.flat_map(|person| &person.channels).chain(&group.channels);
    channels.any(|channel| match channel {
        Channel::Email(_) => notify.smtp.is_some(),
        Channel::Slack(_) => notify.slack.is_some(),
        Channel::Webhook(name) => notify.webhooks.contains_key(name),
    })
}

/// Looks for secrets that are not there; the daemon may be given others.
fn variables(notify: &Notify) -> Option<Diagnosis> {
    notify.is_configured().then(|| secrets("notify", notify.variables()))
}

/// Looks for the secrets of sinks that are not there.
pub(super) fn sinks(patient: &Patient<'_>) -> Option<Diagnosis> {
    let mut sinks = patient.governance?.settings.sinks.iter().peekable();
    sinks.peek()?;
    Some(secrets("sink-secrets", sinks.flat_map(|sink| sink.target.variables())))
}

fn secrets<'a>(id: &'static str, names: impl Iterator<Item = &'a str>) -> Diagnosis {
    let set: BTreeMap<&str, bool> = names
        .map(|name| (name, std::env::var_os(name).is_some_and(|value| !value.is_empty())))
        .collect();
    let unset: Vec<_> =
        set.iter().filter(|(_, set)| !**set).map(|(name, _)| format!("`{name}`")).collect();
    if unset.is_empty() {
        Diagnosis::fine(id, "syndic.yaml", format!("{} secrets are in the environment", set.len()))
    } else {
        Diagnosis::warning(
            id,
            "syndic.yaml",
            format!("not set here: {}", unset.join(", ")),
            "set them where `syndic serve` starts; this looks at the environment it was started in",
        )
    }
}
