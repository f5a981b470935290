//! LOG: what the log shows of itself.

mod counted;

use jiff::SignedDuration;

use counted::{completeness, coverage, dropped};

use super::drill::drill;
use super::{Found, NO_RECORD, Probe};
use crate::facts::{SIX_MONTHS_DAYS, midnight};
use crate::{Evidence, Figure, Verdict};

pub(super) const PROBES: &[Probe] = &[
    Probe { id: "LOG-01", version: 1, fresh_for_days: 1, rule: Ok(oldest) },
    Probe { id: "LOG-02", version: 1, fresh_for_days: 1, rule: Ok(verified) },
    Probe { id: "LOG-03", version: 1, fresh_for_days: 1, rule: Ok(sequence) },
    Probe { id: "LOG-04", version: 1, fresh_for_days: 1, rule: Ok(coverage) },
    Probe { id: "LOG-05", version: 1, fresh_for_days: 1, rule: Ok(dropped) },
    Probe { id: "LOG-06", version: 1, fresh_for_days: 1, rule: Ok(retention) },
    Probe { id: "LOG-07", version: 1, fresh_for_days: 1, rule: Ok(witnessed) },
    Probe { id: "LOG-08", version: 1, fresh_for_days: 7, rule: Ok(clock) },
    Probe { id: "LOG-09", version: 1, fresh_for_days: 180, rule: Ok(|all| drill(all, "restore")) },
    Probe { id: "LOG-10", version: 1, fresh_for_days: 1, rule: Ok(completeness) },
    Probe {
        id: "LOG-11",
        version: 1,
        fresh_for_days: 30,
        rule: Ok(|all| drill(all, "fail-closed").enforced()),
    },
    Probe { id: "LOG-12", version: 1, fresh_for_days: 90, rule: Ok(|all| drill(all, "export")) },
];

/// Oldest retained record.
fn oldest(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let (Some(first), Some(at)) = (agent.records.range().map(|range| range.0), agent.first) else {
        return Found::unknown(NO_RECORD);
    };
    let days = evidence.days_since(at);
    let set = evidence.setup.retention.days;
    let (verdict, told) = if evidence.facts.custody.early.n() > 0 {
        (Verdict::NotMet, "records were dropped before they were six months old".to_owned())
    } else if days >= u64::from(SIX_MONTHS_DAYS) {
        (Verdict::Met, format!("the oldest record of the agent is {days} days old"))
    } else {
        let told = format!(
            "all records of the agent since its first are there, for {days} days; retention is set to {set} days"
        );
        (Verdict::Partial, told)
    };
    Found::new(verdict, told)
        .count("oldest_index", first)
        .with("oldest_at", Figure::At(at))
        .count("age_days", days)
        .count("retention_days", u64::from(set))
        .count("first_kept_index", evidence.log.first_kept)
        .over(agent.records)
}

/// Chain and tree verified.
fn verified(evidence: &Evidence<'_>) -> Found {
    let log = evidence.log;
    if log.size == 0 {
        return Found::unknown(NO_RECORD);
    }
    let found = match log.signed {
        Some(true) => Found::new(
            Verdict::Met,
            "the root over the bytes of all records is the one that the newest checkpoint signs",
        ),
        Some(false) => Found::new(
            Verdict::NotMet,
            "the root over the bytes of the records is not the one that the newest checkpoint signs",
        ),
        None => Found::unknown("no checkpoint signs as many records yet"),
    };
    let last = log.size.saturating_sub(1);
    Found { records: Some((log.first_kept.min(last), last)), ..found }
        .count("tree_size", log.size)
        .with("root", Figure::Text(log.root.clone()))
        .count("first_kept_index", log.first_kept)
        .cite([log.first_kept.min(last), last])
}

/// Sequence gaps.
fn sequence(evidence: &Evidence<'_>) -> Found {
    let (facts, log) = (evidence.facts, evidence.log);
    let sequence = &facts.sequence;
    let (Some((first, _)), Some((last, _))) = (sequence.first, sequence.last) else {
        return Found::unknown(NO_RECORD);
    };
    if (facts.seen(), first) != (log.size, log.first_kept) {
        return Found::unknown("the records that were read are not all that the log has")
            .count("first_read_index", first)
            .count("read_size", facts.seen());
    }
    let breaks = sequence.gaps.n() + sequence.repeated.n();
    let (verdict, told) = if breaks > 0 {
        (Verdict::NotMet, "records are missing, or their numbers repeat")
    } else if sequence.continued.n() > 0 {
        (
            Verdict::Partial,
            "a restored ledger went on as this one, and what came after the backup is lost",
        )
    } else {
        (Verdict::Met, "the records are numbered without a gap")
    };
    let pace = sequence.pace(evidence.window());
    let broken = [sequence.gaps, sequence.repeated, sequence.continued];
    Found { records: Some((first, last)), ..Found::new(verdict, told) }
        .count("missing_records", sequence.missing)
        .count("repeated_numbers", sequence.repeated.n())
        .count("longest_silence_seconds", pace.silence_seconds)
        .cite([first, last])
        .cite(broken.iter().filter_map(|count| count.newest()))
}

/// Retention setting and deletions.
fn retention(evidence: &Evidence<'_>) -> Found {
    let Some((first, at)) = evidence.facts.sequence.first else { return Found::unknown(NO_RECORD) };
    let (custody, retention) = (&evidence.facts.custody, evidence.setup.retention);
    let changes = custody.days.sum(evidence.window());
    let days = retention.days.max(retention.floor_days);
    let (verdict, told) = if custody.early.n() > 0 {
        (Verdict::NotMet, "records were dropped before they were six months old".to_owned())
    } else if days < SIX_MONTHS_DAYS {
        (
            Verdict::NotMet,
            format!("records are kept for {days} days, which is less than six months"),
        )
    } else if changes.overridden.n() > 0 {
        let told = "what was recorded of a user was erased before it was six months old; that it was recorded is \
                    still there";
        (Verdict::Partial, told.to_owned())
    } else {
        (Verdict::Met, format!("records are kept for {days} days, and none was dropped earlier"))
    };
    let keep = SignedDuration::from_hours(24 * i64::from(days));
    let found = Found::new(verdict, told)
        .count("retention_days", u64::from(days))
        .count("floor_days", u64::from(retention.floor_days))
        .count("drops", changes.pruned.n())
        .count("erasures", changes.redacted.n())
        .count("erasures_before_six_months", changes.overridden.n())
        .count("holds", u64::try_from(custody.holds.len()).unwrap_or(u64::MAX))
        .over(changes.records)
        .cite([first])
        .cite(custody.early.newest())
        .cite(changes.overridden.newest());
    let found = match &custody.last_pruned {
        Some((index, at, pruned)) => found
            .with("last_drop_at", Figure::At(*at))
            .with("last_drop_by", Figure::Text(pruned.by.clone()))
            .with("last_drop_archived", Figure::Text(pruned.archived.to_string()))
            .cite([*index]),
        None => found,
    };
    match at.checked_add(keep) {
        Ok(earliest) => found.with("earliest_drop_at", Figure::At(earliest)),
        Err(_) => found,
    }
}

/// Checkpoint witnessed.
fn witnessed(evidence: &Evidence<'_>) -> Found {
    let log = evidence.log;
    if log.size == 0 {
        return Found::unknown(NO_RECORD);
    }
    let Some(at) = log.checkpoint_at else {
        return Found::unknown("no checkpoint is signed yet");
    };
    let covered = log.witnesses.iter().map(|(_, size)| *size).max().unwrap_or_default();
    let day = SignedDuration::from_hours(24);
    let yesterday = midnight(evidence.now.checked_sub(day).unwrap_or(evidence.now));
    let recent = crate::Window { from: yesterday, to: evidence.now };
    let since = evidence.facts.sequence.pace(recent).records.range();
    let old = since.map_or(log.size, |(first, _)| first);
    let (verdict, told) = if log.witnesses.is_empty() {
        (
            Verdict::NotMet,
            "nobody but the key holder has seen the log: the key holder could rewrite this history",
        )
    } else if covered < old {
        let told = "records older than a day are under no checkpoint that a witness cosigned: the key holder could \
                    rewrite that part";
        (Verdict::Partial, told)
    } else {
        (Verdict::Met, "witnesses cosigned a checkpoint over all records that are older than a day")
    };
    Found::new(verdict, told)
        .with("checkpoint_at", Figure::At(at))
        .with(
            "witnesses",
            Figure::List(log.witnesses.iter().map(|(name, _)| name.clone()).collect()),
        )
        .count("witnessed_records", covered)
        .count("unwitnessed_records", log.size.saturating_sub(covered))
        .at(at)
}

/// Clock trust.
fn clock(evidence: &Evidence<'_>) -> Found {
    let behind = evidence.log.behind_seconds;
    if behind > 0 {
        let told = "the machine's clock is behind the newest record: one of the two is wrong";
        return Found::new(Verdict::NotMet, told).count("behind_seconds", behind);
    }
    let pace = evidence.facts.sequence.pace(evidence.window());
    if pace.records.range().is_none() {
        return Found::unknown("the ledger has no record of the last thirty days");
    }
    let (mut steps, mut largest, mut newest) = (0, 0, None);
    for step in evidence.facts.sequence.steps_back(evidence.window()) {
        (steps, largest, newest) = (steps + 1, step.millis().max(largest), Some(step.index));
    }
    let (verdict, told) = match steps {
        0 => (
            Verdict::Partial,
            "no record is more than a second older than the one before it; how far the clock is from the true time \
             is not measured"
                .to_owned(),
        ),
        n => (Verdict::NotMet, format!("records that are more than a second older than the one before: {n}")),
    };
    Found::new(verdict, told)
        .count("steps_back", steps)
        .count("largest_step_back_ms", largest)
        .over(pace.records)
        .cite(newest)
}
