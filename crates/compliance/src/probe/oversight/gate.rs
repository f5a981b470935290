//! What people were asked about first, and how they stepped in.

use crate::probe::Found;
use crate::{Evidence, Figure, Verdict};

/// Gate coverage.
pub(super) fn coverage(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent().enforced() };
    let calls = agent.calls.sum(evidence.window());
    let (gated, approved) = (calls.gated.n(), calls.approved.n());
    let (verdict, told) = if gated == 0 && calls.held.n() == 0 {
        let why = "nothing that needs an approval was asked for in the last thirty days";
        return Found::unknown(why).enforced();
    } else if gated == 0 && calls.let_through.n() > 0 {
        let told = "what was held or denied was let run all the same";
        (Verdict::NotMet, format!("{told}: {}", calls.let_through.n()))
    } else if gated == 0 {
        let told = "what needs an approval was held, and none of it ran yet";
        (Verdict::Partial, told.to_owned())
    } else if approved == gated {
        (Verdict::Met, format!("all {gated} actions that ran and need an approval have one"))
    } else {
        let told = format!("{approved} of {gated} actions that ran and need an approval have one");
        (Verdict::NotMet, told)
    };
    Found::new(verdict, told)
        .count("ran", gated)
        .count("ran_approved", approved)
        .count("held", calls.held.n())
        .count("let_through", calls.let_through.n())
        .count("by_break_glass", calls.broke_glass.n())
        .share("coverage_permille", approved, gated)
        .over(calls.records)
        .cite([calls.gated, calls.approved].iter().filter_map(|count| count.newest()))
        .enforced()
}

/// Approval bound to action.
pub(super) fn bound(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let window = evidence.window();
    let sum = agent.approvals.sum(window);
    let used = sum.used.n();
    if used == 0 {
        return Found::unknown("no approval was used in the last thirty days");
    }
    let wrong = sum.reused.n() + sum.unfounded.n();
    let incidental = |action: &str| {
        let entry = evidence.setup.catalogue.get(action);
        entry.is_some_and(|entry| !entry.incidental.is_empty())
    };
    let differed = agent.used.iter().filter_map(|(action, of)| Some((action, of.differed?)));
    let mut differed: Vec<(&str, u64)> = differed
        .filter(|(_, (_, at))| *at >= window.from)
        .map(|(action, (index, _))| (action, index))
        .collect();
    differed.sort_unstable();
    let unexplained = differed.iter().filter(|(action, _)| !incidental(action)).count();
    let (verdict, told) = if wrong > 0 {
        let told =
            "actions that were permitted by an approval which was used up, or which nobody gave";
        (Verdict::NotMet, format!("{told}: {wrong}"))
    } else if unexplained > 0 {
        (Verdict::NotMet, "actions were permitted with other arguments than people saw".to_owned())
    } else if sum.unseen.n() > 0 {
        let told =
            "actions that were permitted by an approval whose request is not on record any more";
        (Verdict::Partial, format!("{told}: {}", sum.unseen.n()))
    } else if differed.is_empty() {
        (
            Verdict::Met,
            format!(
                "all {used} actions that an approval permitted have the arguments that people saw"
            ),
        )
    } else {
        let told = "actions were permitted with the arguments that people saw, but for what the catalogue calls incidental";
        (Verdict::Met, told.to_owned())
    };
    Found::new(verdict, told)
        .count("used", used)
        .share("same_arguments_permille", sum.bound.n(), used)
        .count("used_again", sum.reused.n())
        .count("without_an_approval", sum.unfounded.n())
        .with(
            "other_arguments",
            Figure::List(differed.iter().map(|(name, _)| (*name).to_owned()).collect()),
        )
        .over(sum.records)
        .cite([sum.reused, sum.unfounded].iter().filter_map(|count| count.newest()))
        .cite(differed.iter().map(|(_, index)| *index))
}

/// Override used.
pub(super) fn overrides(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let everybody = &evidence.facts.everybody;
    let (own, all) =
        (agent.enforcement.days.sum(evidence.window()), everybody.days.sum(evidence.window()));
    let stops = own.suspended.n() + all.suspended.n();
    let told = format!(
        "the agent was stopped {stops} times and let act again {} times, and {} break-glasses were opened for it",
        own.resumed.n() + all.resumed.n(),
        own.opened.n()
    );
    let mut records = own.records;
    records.plus(all.records);
    let newest = [own.suspended, all.suspended, own.resumed, all.resumed, own.opened, own.reviewed];
    let found = Found::new(Verdict::Told, told)
        .count("stops", stops)
        .count("resumes", own.resumed.n() + all.resumed.n())
        .count("break_glasses_opened", own.opened.n())
        .count("break_glasses_to_review", agent.enforcement.unreviewed)
        .count("drills", own.drilled.n())
        .over(records)
        .cite(newest.iter().filter_map(|count| count.newest()));
    let switched = [&agent.enforcement.switched, &everybody.switched];
    match switched.into_iter().flatten().max_by_key(|(index, _)| *index) {
        Some((index, switched)) => found
            .with("last_reason", Figure::Text(switched.reason.clone()))
            .with("last_by", Figure::Text(switched.by.clone()))
            .cite([*index]),
        None => found,
    }
}
