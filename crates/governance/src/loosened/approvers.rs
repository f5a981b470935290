//! What a change loosens in who is asked.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use syndic_model::{
    AgentProfile, Approvers, Channel, Group, GroupName, Person, canonical_identities,
};

use super::{Loosened, everywhere};
use crate::{Governance, Settings};

/// Lists what a change of `approvers/` and of `notify` loosens: fewer must agree, others may, somebody is told apart
/// from an owner no longer, or a link goes elsewhere. How long a request waits is not among it: who must agree stays.
pub(super) fn approvers(old: &Governance, new: &Governance) -> Vec<Loosened> {
    let mut all = Vec::new();
    for (name, group) in &new.approvers.groups {
        let Some(before) = old.approvers.groups.get(name) else { continue };
        let what = group_changes(before, group).into_iter();
        all.extend(what.map(|what| everywhere(format!("group `{name}`: {what}"))));
    }
    for (id, person) in &new.approvers.people {
        let Some(before) = old.approvers.people.get(id) else { continue };
        all.extend(
            person_change(before, person).map(|what| everywhere(format!("person `{id}` {what}"))),
        );
    }
    if sent_elsewhere(&old.settings, &new.settings) {
        all.push(everywhere("requests for approval are sent elsewhere".to_owned()));
    }
    all
}

/// Tells whether another owner lets somebody approve for an agent who might not before.
pub(super) fn frees_an_approver(
    before: &AgentProfile,
    after: &AgentProfile,
    approvers: &Approvers,
) -> bool {
    let owner = |agent: &AgentProfile| {
        let both = [&agent.owner.person, &agent.owner.contact];
        both.into_iter().flat_map(|name| canonical_identities(name)).collect::<BTreeSet<String>>()
    };
    let (was, is) = (owner(before), owner(after));
    was != is
        && approvers.people.values().map(Person::names).any(|names| {
            let owns = |owner: &BTreeSet<String>| owner.iter().any(|name| names.contains(name));
            owns(&was) && !owns(&is)
        })
}

fn group_changes(before: &Group, after: &Group) -> Vec<String> {
    let mut all = Vec::new();
    if after.approvals < before.approvals {
        all.push(format!("{} must approve, and {} had to", after.approvals, before.approvals));
    }
    if after.rejections > before.rejections {
        let (is, was) = (after.rejections, before.rejections);
        all.push(format!("{is} must reject before that is final, and {was} had to"));
    }
    let joined: Vec<_> = after.people.difference(&before.people).map(ToString::to_string).collect();
    if !joined.is_empty() {
        all.push(format!("{} may approve too", joined.join(", ")));
    }
    let was = steps(before);
    for (to, after) in steps(after) {
        match was.get(to) {
            None => all.push(format!("it escalates to `{to}` too")),
            Some(earlier) if after < *earlier => {
                all.push(format!("it escalates to `{to}` earlier"));
            }
            Some(_) => {}
        }
    }
    if adds_channel(&before.channels, &after.channels) {
        all.push("it is asked elsewhere too".to_owned());
    }
    all
}

fn steps(group: &Group) -> BTreeMap<&GroupName, SignedDuration> {
    group.escalation.iter().map(|step| (&step.to, step.after)).collect()
}

/// Says what is loosened about a person. A name that is gone may have kept them from approving for their own agent; one
/// that is new may make them the user that an agent acts for.
fn person_change(before: &Person, after: &Person) -> Option<&'static str> {
    if before.names() != after.names() {
        Some("is known by other names")
    } else {
        adds_channel(&before.channels, &after.channels).then_some("is asked elsewhere too")
    }
}

fn adds_channel(before: &[Channel], after: &[Channel]) -> bool {
    let before: BTreeSet<_> = before.iter().collect();
    after.iter().any(|channel| !before.contains(channel))
}

fn sent_elsewhere(old: &Settings, new: &Settings) -> bool {
    let (was, is) = (&old.notify, &new.notify);
    let moved = is.smtp.is_some() && was.smtp != is.smtp
        || is.slack.is_some() && was.slack != is.slack
        || is.webhooks.iter().any(|(name, webhook)| was.webhooks.get(name) != Some(webhook));
    moved || is.is_configured() && old.public_url != new.public_url
}
