//! Groups that lift holds.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use syndic_model::{
    ACTING_USER, APPROVAL_WITHIN, ActionName, Escalation, Group, GroupName, PersonId,
};

use super::{Around, Roster, Wait, channels};
use crate::position::{At, Position};
use crate::report::Report;
use crate::text::{Text, did_you_mean};
use crate::wire::{ApproversFile, GroupFields, Keyed, StepFields};

/// The shortest and the longest time a request may wait.
const SHORTEST: SignedDuration = SignedDuration::from_secs(10);
const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The most people of one group.
const MOST_MEMBERS: usize = 1_000;
/// The most steps of an escalation.
const MOST_STEPS: usize = 16;
/// The most actions with a time of their own.
const MOST_TIMEOUTS: usize = 1_000;

impl Roster {
    pub(super) fn read_groups(
        &mut self,
        file: &ApproversFile,
        around: Around<'_>,
        report: &mut Report<'_>,
    ) {
        for (id, fields) in file.groups.iter().flat_map(|groups| &groups.0) {
            let Ok(name) = id.raw.parse::<GroupName>() else { continue };
            if self.groups.get(&name) != Some(&report.place(id.position)) {
                continue;
            }
            let group = self.read_group(name, id.position, fields, around, report);
            self.approvers.groups.extend(group.map(|group| (group.name.clone(), group)));
        }
    }

    fn read_group(
        &self,
        name: GroupName,
        named_at: Position,
        At { value, .. }: &At<GroupFields>,
        around: Around<'_>,
        report: &mut Report<'_>,
    ) -> Option<Group> {
        let GroupFields { people, approvals, rejections, timeout, timeouts, escalate, channels } =
            value;
        let hint = "who may lift the hold: `people: [support-lead-1]`";
        let people = report.require(people.as_ref(), named_at, "people", hint);
        let people = people.map(|people| self.read_members(people, report));
        let size = people.as_ref().map_or(usize::MAX, BTreeSet::len);
        let approvals = read_quorum("approvals", approvals.as_ref(), size, report);
        let rejections = read_quorum("rejections", rejections.as_ref(), size, report);
        let timeout = timeout.as_ref().map_or(Some(APPROVAL_WITHIN), |text| {
            report.read(text).map(|Wait(wait)| bounded(wait, text.position, report))
        });
        let timeouts = timeouts
            .as_ref()
            .map_or_else(BTreeMap::new, |timeouts| read_timeouts(timeouts, around, report));
        let longest = timeout.into_iter().chain(timeouts.values().copied()).max();
        let escalation = escalate.as_ref().map_or_else(Vec::new, |steps| {
            self.read_steps(&name, steps, longest.unwrap_or(LONGEST), report)
        });
        let channels = channels.as_ref().map(|channels| channels::read(channels, around, report));
        Some(Group {
            name,
            people: people?,
            channels: channels.unwrap_or_default(),
            approvals: approvals?,
            rejections: rejections?,
            timeout: timeout?,
            timeouts,
            escalation,
        })
    }

    fn read_members(
        &self,
        At { value, position }: &At<Vec<Text<PersonId>>>,
        report: &mut Report<'_>,
    ) -> BTreeSet<PersonId> {
        if value.is_empty() {
            let hint = "name at least one person, or leave the group out".to_owned();
            report.error(*position, "empty-group", "nobody is in the group", hint);
        }
        if value.len() > MOST_MEMBERS {
            let message = format!("there are more than {MOST_MEMBERS} people in the group");
            report.error(*position, "too-many-approvers", message, "leave some out".to_owned());
        }
        let mut people = BTreeSet::new();
        for text in value {
            let Some(person) = report.read(text) else { continue };
            if self.whole && !self.people.contains_key(&person) {
                let hint = did_you_mean(&text.raw, self.people.keys().map(PersonId::as_str));
                let hint = hint
                    .unwrap_or_else(|| "declare them under `people` in `approvers/`".to_owned());
                let message = format!("person `{person}` is in no file of `approvers/`");
                report.error(text.position, "unknown-person", message, hint);
            }
            if !people.insert(person) {
                let message = format!("`{}` is listed twice", text.raw);
                report.warn(text.position, "listed-twice", message, "keep one of them");
            }
        }
        people
    }

    fn read_steps(
        &self,
        group: &GroupName,
        At { value, position }: &At<Vec<At<StepFields>>>,
        longest: SignedDuration,
        report: &mut Report<'_>,
    ) -> Vec<Escalation> {
        if value.len() > MOST_STEPS {
            let message = format!("there are more than {MOST_STEPS} steps");
            report.error(*position, "too-many-approvers", message, "leave some out".to_owned());
        }
        let mut steps: Vec<Escalation> = Vec::new();
        for At { value: StepFields { after, to }, position } in value.iter().take(MOST_STEPS) {
            let hint = "how long after the request: `after: 120s`";
            let after_text = report.require(after.as_ref(), *position, "after", hint);
            let hint = "which group is asked too: `to: finance-lead`";
            let to_text = report.require(to.as_ref(), *position, "to", hint);
            let (Some(after_text), Some(to_text)) = (after_text, to_text) else { continue };
            let (after, to) = (report.read(after_text), report.read(to_text));
            let (Some(Wait(after)), Some(to)) = (after, to) else { continue };
            if after >= longest {
                let message = "the request ended by then: the step is not before the `timeout`";
                let hint = "make `after` shorter, or `timeout` longer".to_owned();
                report.error(after_text.position, "escalation", message, hint);
            }
            let message = match &to {
                to if to == group => Some("the group escalates to itself".to_owned()),
                to if to.as_str() == ACTING_USER => {
                    Some(format!("`{ACTING_USER}` cannot be asked too: a policy asks them or not"))
                }
                to if steps.iter().any(|step| step.to == *to) => {
                    Some(format!("group `{to}` is asked already by an earlier step"))
                }
                _ => None,
            };
            if let Some(message) = message {
                let hint = "name another group, or leave the step out".to_owned();
                report.error(to_text.position, "escalation", message, hint);
                continue;
            }
            self.check_group(to_text, &to, report);
            steps.push(Escalation { after, to });
        }
        steps.sort_by_key(|step| step.after);
        steps
    }
}

fn read_quorum(
    field: &str,
    given: Option<&At<u64>>,
    size: usize,
    report: &mut Report<'_>,
) -> Option<u8> {
    let Some(At { value, position }) = given else { return Some(1) };
    let quorum = u8::try_from(*value).ok().filter(|quorum| (1..=100).contains(quorum));
    let message = match quorum {
        None => format!("`{field}` is {value}, and is 1 to 100"),
        Some(quorum) if usize::from(quorum) > size.max(1) => {
            format!("`{field}` is {quorum}, and the group has {size}: it can never be reached")
        }
        Some(_) => return quorum,
    };
    let hint = format!("write `{field}: {}`, or name more people", size.clamp(1, 100));
    report.error(*position, "quorum", message, hint);
    quorum
}

fn read_timeouts(
    timeouts: &Keyed<ActionName, String>,
    around: Around<'_>,
    report: &mut Report<'_>,
) -> BTreeMap<ActionName, SignedDuration> {
    let mut read = BTreeMap::new();
    for (action, At { value, position }) in timeouts.0.iter().take(MOST_TIMEOUTS) {
        let wait = report.read(&Text::<Wait>::new(value.clone(), *position));
        let wait = wait.map(|Wait(wait)| bounded(wait, *position, report));
        let Some(name) = report.read(action) else { continue };
        let places = &around.catalogue.places;
        if around.catalogue.whole && !places.contains_key(&name) {
            let hint = did_you_mean(&action.raw, places.keys().map(ActionName::as_str));
            let hint = hint.unwrap_or_else(|| "declare it in `actions/`".to_owned());
            let message = format!("action `{name}` is in no catalogue");
            report.error(action.position, "unknown-action", message, hint);
        }
        read.extend(wait.map(|wait| (name, wait)));
    }
    if let Some((action, _)) = timeouts.0.get(MOST_TIMEOUTS) {
        let message = format!("there are more than {MOST_TIMEOUTS} times of actions");
        report.error(action.position, "too-many-approvers", message, "leave some out".to_owned());
    }
    read
}

/// Refuses a time nobody can answer in, and one that keeps an agent waiting for ever.
fn bounded(wait: SignedDuration, position: Position, report: &mut Report<'_>) -> SignedDuration {
    if !(SHORTEST..=LONGEST).contains(&wait) {
        let message = format!("a request waits 10 seconds to 7 days, and not {wait:#}");
        report.error(position, "timeout-bounds", message, "like `300s`, `5m` or `1d`".to_owned());
    }
    wait.clamp(SHORTEST, LONGEST)
}
