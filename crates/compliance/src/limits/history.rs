//! What nobody but the operator vouches for, and what is gone.

use syndic_ledger::UNWITNESSED;

use super::{NotShown, NotShownKind};
use crate::Evidence;

pub(super) fn history(evidence: &Evidence<'_>) -> Vec<NotShown> {
    let log = evidence.log;
    let mut limits = Vec::new();
    let witnessed = log.witnesses.iter().map(|(_, size)| *size).max();
    match witnessed {
        None => limits.push(NotShown::new(
            NotShownKind::Unwitnessed,
            format!("no witness cosigned this log, so {UNWITNESSED}"),
        )),
        Some(size) if size < log.size => limits.push(NotShown::new(
            NotShownKind::Unwitnessed,
            format!(
                "witnesses vouch for the first {size} of {} records; of the others, {UNWITNESSED}",
                log.size
            ),
        )),
        Some(_) => {}
    }
    match log.signed {
        Some(true) => {}
        Some(false) => limits.push(NotShown::new(
            NotShownKind::Unsigned,
            "the newest checkpoint signs another root than the records have, so they were changed or belong to another \
             log: nothing below can be relied on",
        )),
        None => limits.push(NotShown::new(
            NotShownKind::Unsigned,
            "no checkpoint is signed over these records yet",
        )),
    }
    if log.first_kept > 0 {
        let told = format!(
            "records before number {} are dropped, but for those that outlive their segment",
            log.first_kept
        );
        limits.push(NotShown::new(NotShownKind::Dropped, told));
    }
    let erased = evidence.facts.custody.days.sum(evidence.window()).redacted.n();
    if erased > 0 {
        let told = format!(
            "what was recorded of users was erased ({erased} in this window): it cannot be looked at any more, though \
             the records that it belonged to are still proven"
        );
        limits.push(NotShown::new(NotShownKind::Erased, told));
    }
    limits.extend(behind(evidence));
    limits.extend(clock(evidence));
    limits
}

fn clock(evidence: &Evidence<'_>) -> Option<NotShown> {
    let steps = evidence.facts.sequence.steps_back(evidence.window());
    let (back, largest) =
        steps.fold((0_u64, 0), |(back, largest), step| (back + 1, step.millis().max(largest)));
    let told = format!(
        "the clock was set back ({back} in this window, by up to {} s): what is told of times, and which records lie in \
         this window, goes by a clock that was wrong before or is wrong now",
        largest / 1_000
    );
    (back > 0).then(|| NotShown::new(NotShownKind::Clock, told).about(["LOG-08".to_owned()]))
}

fn behind(evidence: &Evidence<'_>) -> Option<NotShown> {
    let seconds = evidence.log.behind_seconds;
    let told = format!(
        "the machine's clock was {seconds} s behind the newest record when this was made, and one of the two is wrong: \
         the day, what applies by then, and what lies in this window go by the record"
    );
    (seconds > 0).then(|| NotShown::new(NotShownKind::Clock, told).about(["LOG-08".to_owned()]))
}
