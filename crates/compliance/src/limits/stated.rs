//! What rests on statements that count for nothing, on dates that are read in two ways, or on what nobody has said.

use jiff::civil::Date;
use syndic_model::{ComplianceRecord, OperatorRole};

use super::{NotShown, NotShownKind};
use crate::field::{Shown, field};
use crate::ground::Ground;
use crate::render::written::count;
use crate::report::{Duty, roles};
use crate::{Evidence, Standing, StatementEntry};

/// Statements that count for nothing.
pub(super) fn statements(ground: &Ground<'_>) -> Vec<NotShown> {
    let ids = |wanted: &dyn Fn(&StatementEntry) -> bool| {
        let about = ground.statements.iter().filter(|entry| wanted(entry));
        about.map(|entry| entry.field.clone()).collect::<Vec<_>>()
    };
    [
        (
            ids(&|entry| !ground.catalogue.knows(&entry.field)),
            "about controls that the catalogue does not have, which counts for nothing",
        ),
        (
            ids(&|entry| matches!(entry.standing, Standing::Expired | Standing::Outdated)),
            "out of date: expired, or older than a change of what was stated",
        ),
        (
            ids(&|entry| entry.standing == Standing::Ahead),
            "dated after this report, which counts for nothing",
        ),
        (
            ids(&|entry| field(&entry.field).is_some_and(|field| field.shown == Shown::Measured)),
            "about what is measured, where nobody's word counts",
        ),
    ]
    .into_iter()
    .filter(|(about, _)| !about.is_empty())
    .map(|(about, told)| {
        let told = format!("{} {told}", count(about.len(), "statement is", "statements are"));
        NotShown::new(NotShownKind::Statements, told).about(about)
    })
    .collect()
}

pub(super) fn dates(ground: &Ground<'_>, day: Date, duties: &[&Duty]) -> Vec<NotShown> {
    let mut limits = Vec::new();
    let review = ground.catalogue.review(day);
    limits.extend(review.map(|told| NotShown::new(NotShownKind::Dates, told)));
    if day < ground.catalogue.as_of {
        let told = format!(
            "the day of this report, {day}, is before the duties were written down ({}): a clock may be wrong",
            ground.catalogue.as_of
        );
        limits.push(NotShown::new(NotShownKind::Dates, told));
    }
    let unsure = duties.iter().filter(|duty| duty.other_reading.is_some());
    let about: Vec<_> = unsure.map(|duty| duty.id.clone()).collect();
    if !about.is_empty() {
        let told = format!(
            "the first day of {} is read in two ways",
            count(about.len(), "duty", "duties")
        );
        limits.push(NotShown::new(NotShownKind::Dates, told).about(about));
    }
    limits
}

/// Whose duties are looked at, where nobody has stated the operator's role or only those of one were asked for.
fn role(ground: &Ground<'_>, record: &ComplianceRecord) -> Option<NotShown> {
    let named = |roles: &[OperatorRole]| {
        roles.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
    };
    let stated = match record.roles.as_slice() {
        [] => "nobody has stated the operator's role".to_owned(),
        roles => format!("the operator is stated to be {}", named(roles)),
    };
    let told = if ground.roles != roles(record) {
        format!(
            "only the duties of a {} were asked for, so those of others alone are shown as not applicable; {stated}",
            named(ground.roles)
        )
    } else if record.roles.is_empty() {
        format!("{stated}, so the duties of providers and of deployers are both looked at")
    } else {
        return None;
    };
    Some(NotShown::new(NotShownKind::Assumed, told))
}

/// What nobody has said about the agent, and what was taken instead.
pub(super) fn assumed(ground: &Ground<'_>, evidence: &Evidence<'_>) -> Vec<NotShown> {
    let record = &evidence.setup.record;
    let made_on = evidence.day();
    let assumed =
        |when: bool, told: String| when.then(|| NotShown::new(NotShownKind::Assumed, told));
    [
        assumed(
            ground.as_of != made_on,
            format!(
                "which duties apply is judged for {}, by evidence of {made_on}",
                ground.as_of
            ),
        ),
        role(ground, record),
        assumed(
            record.high_risk.is_none(),
            "nobody has stated whether the agent is high-risk, so its duties are shown as if it were".to_owned(),
        ),
        assumed(
            record.placed_on.is_none(),
            "nobody has stated when the agent was placed on the market, so it counts as new".to_owned(),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}
