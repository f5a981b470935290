//! How far an agent's roll-out is: since when it is observed, and who signed that it be enforced.
//!
//! A risky agent may be observed for two weeks. Loading does not look at the calendar, so that no daemon stops by
//! itself; `syndic check` does.

use std::collections::BTreeMap;

use jiff::civil::Date;
use syndic_model::{AgentId, AgentProfile, Finding, Mode, RiskLevel};

use crate::Governance;
use crate::calendars::Day;
use crate::position::{At, Position, START};
use crate::report::Report;
use crate::wire::AgentFile;

/// How many days an agent of high or critical risk may be observed.
pub const MOST_DAYS_OBSERVED: i32 = 14;
/// From which day on that is told.
const TOLD_AFTER: i32 = 10;

/// How far an agent's roll-out is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RollOut {
    /// The day on which it began to be observed.
    pub observing_since: Option<Date>,
    /// Who signed that its verdicts be enforced, and when.
    pub promoted: Option<(String, Date)>,
    at: Position,
}

/// Reads what a profile says about it.
pub(crate) fn read(
    file: &AgentFile,
    profile: Option<&AgentProfile>,
    report: &mut Report<'_>,
) -> RollOut {
    let since = file.observing_since.as_ref();
    let observing_since = since.and_then(|text| report.read(text)).map(|Day(date)| date);
    let promoted = file.promoted.as_ref().and_then(|At { value, position }| {
        let hint = "`syndic promote` writes it";
        let by = report.require(value.signed_by.as_ref(), *position, "promoted.signed_by", hint);
        let on = report.require(value.on.as_ref(), *position, "promoted.on", hint);
        let on = on.and_then(|text| report.read(text)).map(|Day(date)| date);
        Some((by?.clone(), on?))
    });
    if since.is_none() && profile.is_some_and(is_bounded) {
        let position = file.mode.as_ref().map_or(START, |text| text.position);
        let message = format!(
            "an agent of high or critical risk is observed for at most {MOST_DAYS_OBSERVED} days, and nothing says \
             since when"
        );
        let hint = "add the day on which it begins, like `observing_since: 2026-11-22`, or `mode: enforce`";
        report.error(position, "observing-since", message, hint.to_owned());
    }
    RollOut { observing_since, promoted, at: since.map_or(START, |text| text.position) }
}

fn is_bounded(profile: &AgentProfile) -> bool {
    profile.mode == Mode::Observe && profile.risk_level >= RiskLevel::High
}

/// Finds the risky agents that were observed for too long on the day `today`, those that soon will have been, and
/// those that begin later than today.
#[must_use]
pub fn observed_too_long(governance: &Governance, today: Date) -> Vec<Finding> {
    let bounded = governance.agents.values().filter(|profile| is_bounded(profile));
    let found = bounded.filter_map(|profile| {
        let roll_out = governance.roll_outs.get(&profile.id)?;
        let since = roll_out.observing_since?;
        overdue(&profile.id, since, today, roll_out.at)
    });
    found.collect()
}

fn overdue(id: &AgentId, since: Date, today: Date, at: Position) -> Option<Finding> {
    let path = format!("agents/{id}.yaml");
    let mut report = Report::new(&path);
    let days = today.since(since).map_or(i32::MAX, |span| span.get_days());
    let hint =
        format!("`syndic promote {id}` shows what enforcing would have stopped, and switches");
    if days > MOST_DAYS_OBSERVED {
        let message = format!(
            "`{id}` is observed since {since}, {days} days; at its risk, {MOST_DAYS_OBSERVED} is the most"
        );
        report.error(at, "observed-too-long", message, hint);
    } else if days >= TOLD_AFTER {
        let left = MOST_DAYS_OBSERVED - days;
        let message = format!("`{id}` may be observed for {left} more days; then `check` fails");
        report.warn(at, "observed-long", message, &hint);
    } else if days < -1 {
        // A day is the other one elsewhere.
        let message = format!("`{id}` is observed from {since} on, which is not here yet");
        let hint = "write the day on which it began to be observed".to_owned();
        report.error(at, "observing-since", message, hint);
    }
    report.findings.pop()
}

/// The roll-outs of all agents.
pub(crate) type RollOuts = BTreeMap<AgentId, RollOut>;

#[cfg(test)]
mod tests {
    use super::overdue;

    #[test]
    fn two_weeks_are_the_most() {
        let id = "advisor".parse().unwrap();
        let since = "2026-11-01".parse().unwrap();
        for (today, code) in [
            ("2026-10-30", Some("observing-since")),
            ("2026-10-31", None),
            ("2026-11-01", None),
            ("2026-11-10", None),
            ("2026-11-11", Some("observed-long")),
            ("2026-11-15", Some("observed-long")),
            ("2026-11-16", Some("observed-too-long")),
            ("2027-11-16", Some("observed-too-long")),
        ] {
            let found = overdue(&id, since, today.parse().unwrap(), Some((3, 1)));
            assert_eq!(found.map(|finding| finding.code), code, "{today}");
        }
    }
}
