//! What was counted beside the log, and what is in its records.

use crate::probe::{Found, NO_CALL};
use crate::{Evidence, Verdict};

/// Says why a rule about counts finds nothing.
const NEVER_COUNTED: &str =
    "calls were not counted beside the ledger in the last thirty days, so nothing can be compared";

/// Coverage of governed calls.
pub(super) fn coverage(evidence: &Evidence<'_>) -> Found {
    let counted = &evidence.facts.counted;
    let Some(last) = counted.last.filter(|last| *last >= evidence.window().from) else {
        return Found::unknown(NEVER_COUNTED);
    };
    let sum = counted.sum(evidence.window());
    let governed = sum.arrived.saturating_sub(sum.refused);
    // What was under way at the last count is on record after it.
    let under_way =
        governed.saturating_sub(sum.decided).saturating_sub(sum.unrecorded).min(counted.since);
    let unanswered = governed.saturating_sub(sum.on_record).saturating_sub(under_way);
    let lost = sum.decided.saturating_sub(sum.on_record);
    let calls = evidence.agent().map(|agent| agent.calls.sum(evidence.window()));
    let missing = calls.as_ref().map_or(0, |calls| calls.missing.n());
    let (verdict, told) = if lost > 0 {
        (
            Verdict::NotMet,
            format!(
                "{lost} of {} actions that were answered have no decision on record",
                sum.decided
            ),
        )
    } else if unanswered > 0 {
        (
            Verdict::Partial,
            format!("{unanswered} of {governed} actions that arrived have no decision on record"),
        )
    } else if missing > 0 {
        (
            Verdict::Partial,
            format!("allowed actions of the agent without an outcome on record: {missing}"),
        )
    } else if calls.as_ref().is_none_or(|calls| calls.decided.n() == 0) {
        return Found::unknown(NO_CALL);
    } else {
        let told = "every action that was counted, of all agents, has its decision on record, and none of the \
                    agent's misses its outcome";
        (Verdict::Met, told.to_owned())
    };
    let covered = governed.saturating_sub(unanswered.max(lost));
    Found::new(verdict, told)
        .count("arrived", sum.arrived)
        .count("refused", sum.refused)
        .count("decided", sum.decided)
        .count("decisions_on_record", sum.on_record)
        .count("decisions_uncounted", sum.uncounted)
        .count("under_way", under_way)
        .count("outcomes_missing", missing)
        .share("coverage_permille", covered, governed)
        .over(sum.records)
        .cite(calls.and_then(|calls| calls.missing.newest()))
        .at(last)
}

/// Dropped events.
pub(super) fn dropped(evidence: &Evidence<'_>) -> Found {
    let counted = &evidence.facts.counted;
    let Some(last) = counted.last.filter(|last| *last >= evidence.window().from) else {
        return Found::unknown(NEVER_COUNTED);
    };
    let sum = counted.sum(evidence.window());
    let (verdict, told) = if sum.dropped > 0 {
        (
            Verdict::NotMet,
            format!("events that were lost before they were on record: {}", sum.dropped),
        )
    } else if sum.unrecorded > 0 {
        let told = format!(
            "actions that were denied since no record could be written: {}",
            sum.unrecorded
        );
        (Verdict::Partial, told)
    } else if sum.rejected > 0 {
        let told =
            format!("events that are on record, and that a sink did not take: {}", sum.rejected);
        (Verdict::Partial, told)
    } else {
        (Verdict::Met, "no event was lost, and every sink took what it was given".to_owned())
    };
    Found::new(verdict, told)
        .count("dropped", sum.dropped)
        .count("unrecorded", sum.unrecorded)
        .count("sink_rejected", sum.rejected)
        .over(sum.records)
        .at(last)
}

/// Record completeness.
pub(super) fn completeness(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let calls = agent.calls.sum(evidence.window());
    let events = calls.decided.n() + calls.audited.n();
    let (verdict, told) = match (events, calls.incomplete.n()) {
        (0, _) => return Found::unknown("the agent did nothing in the last thirty days"),
        (_, 0) => (
            Verdict::Met,
            "every event names agent, version, key, action, arguments, policy, verdict and reason"
                .to_owned(),
        ),
        (events, lacking) if lacking < events => (
            Verdict::Partial,
            format!(
                "{lacking} of {events} events lack the agent's version, a digest of arguments, or a reason"
            ),
        ),
        _ => (
            Verdict::NotMet,
            "every event lacks the agent's version, a digest of arguments, or a reason".to_owned(),
        ),
    };
    Found::new(verdict, told)
        .count("events", events)
        .count("incomplete", calls.incomplete.n())
        .share("complete_permille", events.saturating_sub(calls.incomplete.n()), events)
        .over(calls.records)
        .cite(calls.incomplete.newest())
}
