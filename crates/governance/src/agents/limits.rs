//! How often and how much.

use syndic_model::{Limit, MAX_LIMITS, Period};

use super::{Around, check_declared};
use crate::position::At;
use crate::report::Report;
use crate::wire::{AgentFile, LimitFields};

const MEASURE: &str = "say how much, like `calls: 60` or `amount: 1000 USD`";

/// Reads the limits, and refuses those that an agent could slip by naming another session or user.
pub(super) fn read(file: &AgentFile, around: &Around<'_>, report: &mut Report<'_>) -> Vec<Limit> {
    let Some(At { value, position }) = &file.limits else { return Vec::new() };
    if value.len() > MAX_LIMITS {
        let message = format!("there are more than {MAX_LIMITS} limits");
        report.error(*position, "too-many-limits", message, "join some of them".to_owned());
        return Vec::new();
    }
    let read =
        |fields: &At<LimitFields>, report: &mut Report<'_>| read_one(file, fields, around, report);
    let limits: Vec<_> = value.iter().map(|fields| read(fields, report)).collect();
    for (limit, fields) in limits.iter().zip(value) {
        if let Some(limit) =
            limit.as_ref().filter(|limit| !has_ceiling(limit, limits.iter().flatten()))
        {
            let message = format!(
                "the agent says itself which {} it serves, so this limit needs a ceiling",
                limit.per
            );
            let hint =
                "add a limit of the same kind and scope `per: day`, `hour` or `minute`".to_owned();
            report.error(fields.position, "no-ceiling", message, hint);
        }
    }
    limits.into_iter().flatten().collect()
}

fn read_one(
    file: &AgentFile,
    fields: &At<LimitFields>,
    around: &Around<'_>,
    report: &mut Report<'_>,
) -> Option<Limit> {
    let At { value, position } = fields;
    let LimitFields { actions, capability, per, calls, amount, recipients, tokens } = value;
    let hint = "one of minute, hour, day, session, user";
    let per =
        report.require(per.as_ref(), *position, "per", hint).and_then(|text| report.read(text));
    let bounds = [calls, recipients, tokens];
    if amount.is_none() && bounds.into_iter().all(Option::is_none) {
        report.error(*position, "empty-limit", "the limit bounds nothing", MEASURE.to_owned());
    }
    let scope = capability.as_ref().map_or(Some(None), |text| report.read(text).map(Some));
    if let (Some(text), Some(Some(capability))) = (capability, scope) {
        check_declared(file, capability, text.position, report);
    }
    let actions =
        actions.iter().flatten().filter_map(|text| around.read_action(text, report)).collect();
    let amount = amount.as_ref().map_or(Some(None), |text| report.read(text).map(Some));
    Some(Limit {
        actions,
        capability: scope?,
        per: per?,
        calls: *calls,
        amount: amount?,
        recipients: *recipients,
        tokens: *tokens,
    })
}

/// Tells whether each measure of a limit per session or user is bounded for the agent as a whole, too.
fn has_ceiling<'a>(limit: &Limit, all: impl Iterator<Item = &'a Limit> + Clone) -> bool {
    if !matches!(limit.per, Period::Session | Period::User) {
        return true;
    }
    let over = all.filter(|other| {
        matches!(other.per, Period::Minute | Period::Hour | Period::Day)
            && (other.actions.is_empty() || other.actions == limit.actions)
            && (other.capability.is_none() || other.capability == limit.capability)
    });
    let bounded =
        |measured: bool, measures: fn(&Limit) -> bool| !measured || over.clone().any(measures);
    bounded(limit.calls.is_some(), |other| other.calls.is_some())
        && bounded(limit.amount.is_some(), |other| other.amount.is_some())
        && bounded(limit.recipients.is_some(), |other| other.recipients.is_some())
        && bounded(limit.tokens.is_some(), |other| other.tokens.is_some())
}
