//! Who is told: only who may vote is asked.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use syndic_model::{ACTING_USER, Approvers, Channel, GroupName, Person};

use crate::matter::{Address, Asked, Recipient};

/// Returns whom a request asks, `waited` after it was opened, and where.
pub(crate) fn asked(
    approvers: &Approvers,
    asked: &Asked,
    waited: SignedDuration,
) -> BTreeMap<Recipient, Vec<Address>> {
    let mut told = BTreeMap::new();
    for factor in &asked.request.factors {
        if factor.group == ACTING_USER {
            let acting = asked.acting.as_deref().and_then(|id| approvers.people.get(id));
            tell(&mut told, acting.filter(|person| !is_barred(person, asked)));
            continue;
        }
        let Ok(group) = factor.group.parse::<GroupName>() else { continue };
        for name in approvers.asked(&group, waited) {
            let Some(group) = approvers.groups.get(name) else { continue };
            let people = group.people.iter().filter_map(|id| approvers.people.get(id));
            let eligible = people.filter(|person| {
                !is_barred(person, asked) && asked.acting.as_deref() != Some(person.id.as_str())
            });
            eligible.for_each(|person| tell(&mut told, Some(person)));
            for (n, channel) in group.channels.iter().enumerate() {
                told.insert(Recipient::Group(name.to_string(), n), vec![channel.into()]);
            }
        }
    }
    told
}

/// Returns when a request is escalated next, after `waited`.
pub(crate) fn next_step(
    approvers: &Approvers,
    asked: &Asked,
    opened: Timestamp,
    waited: SignedDuration,
) -> Option<Timestamp> {
    let groups = asked
        .request
        .factors
        .iter()
        .filter_map(|factor| approvers.groups.get(factor.group.as_str()));
    let steps = groups.flat_map(|group| &group.escalation).map(|step| step.after);
    steps.filter(|after| *after > waited).min().and_then(|after| opened.checked_add(after).ok())
}

/// Returns everybody but one, and every channel of a group.
pub(crate) fn everybody(
    approvers: &Approvers,
    but: Option<&str>,
) -> BTreeMap<Recipient, Vec<Address>> {
    let mut told = BTreeMap::new();
    let people = approvers.people.values();
    people
        .filter(|person| Some(person.id.as_str()) != but)
        .for_each(|person| tell(&mut told, Some(person)));
    for group in approvers.groups.values() {
        for (n, channel) in group.channels.iter().enumerate() {
            told.insert(Recipient::Group(group.name.to_string(), n), vec![channel.into()]);
        }
    }
    told
}

fn tell(told: &mut BTreeMap<Recipient, Vec<Address>>, person: Option<&Person>) {
    let Some(person) = person.filter(|person| !person.channels.is_empty()) else { return };
    let channels = person.channels.iter().map(Address::from).collect();
    told.insert(Recipient::Person(person.id.to_string()), channels);
}

fn is_barred(person: &Person, asked: &Asked) -> bool {
    let barred: BTreeSet<&str> = asked.request.barred.iter().map(String::as_str).collect();
    person.names().iter().any(|name| barred.contains(name.as_str()))
}

/// Names the kind of a channel, as records and metrics do.
pub(crate) const fn kind(channel: &Address) -> &'static str {
    match channel {
        Address::Email(_) => "email",
        Address::Slack(_) => "slack",
        Address::Webhook(_) => "webhook",
    }
}

/// Finds the person that a Slack user is.
#[must_use]
pub fn slack_person<'a>(approvers: &'a Approvers, user: &str) -> Option<&'a Person> {
    let is_theirs = |channel: &Channel| matches!(channel, Channel::Slack(id) if id == user);
    let mut people =
        approvers.people.values().filter(|person| person.channels.iter().any(is_theirs));
    // An id that is two people's is nobody's.
    people.next().filter(|_| people.next().is_none())
}
