//! The status of a control.

use jiff::civil::Date;

use crate::field::fields_of;
use crate::ground::Ground;
use crate::report::Duty;
use crate::weigh::{Measured, Weighed, Word};
use crate::{Applicability, ControlEntry, EvidenceMode, Status, applies};

/// Returns what measured evidence and people's word show together of something that is shown in a mode.
///
/// What is ruled out by somebody, with a reason, is `not_applicable`. Otherwise the first line that fits says it, where
/// `-` is anything:
///
/// | mode | measured | stated | status |
/// | --- | --- | --- | --- |
/// | measured, mixed | not met | - | `not_satisfied` |
/// | - | - | denied | `not_satisfied` |
/// | measured | met | - | `satisfied_measured` |
/// | measured | in part | - | `partial` |
/// | measured | past its time | - | `stale` |
/// | measured | nothing | holds, in part | `partial`: a word does not stand for a measurement |
/// | attested | not met | holds | `partial`: the machine shows otherwise |
/// | attested | - | holds | `satisfied_attested` |
/// | attested | not met | - | `not_satisfied` |
/// | attested | - | in part | `partial` |
/// | mixed | met | holds | `satisfied_measured` |
/// | mixed | met, in part | - | `partial` |
/// | mixed | - | holds, in part | `partial` |
/// | mixed | past its time | - | `stale` |
/// | - | - | out of date | `stale` |
/// | - | - | - | `unknown` |
///
/// Readings that only tell are neither met nor unmet: they take part in nothing. Readings of enforcement are met in part
/// where nothing is enforced.
pub(crate) const fn shown(mode: EvidenceMode, measured: Measured, word: Word) -> Status {
    match (mode, measured, word) {
        (_, _, Word::NotApplicable) => Status::NotApplicable,
        (EvidenceMode::Measured | EvidenceMode::Mixed, Measured::Failed, _)
        | (_, _, Word::Denied) => Status::NotSatisfied,

        (EvidenceMode::Measured, Measured::Met, _)
        | (EvidenceMode::Mixed, Measured::Met, Word::Holds) => Status::SatisfiedMeasured,
        (EvidenceMode::Measured, Measured::Stale, _) => Status::Stale,

        (EvidenceMode::Attested, Measured::Failed, Word::Holds) => Status::Partial,
        (EvidenceMode::Attested, _, Word::Holds) => Status::SatisfiedAttested,
        (EvidenceMode::Attested, Measured::Failed, _) => Status::NotSatisfied,

        (EvidenceMode::Measured | EvidenceMode::Mixed, Measured::Met | Measured::Some, _)
        | (_, _, Word::Holds | Word::Some) => Status::Partial,

        (EvidenceMode::Mixed, Measured::Stale, _) | (_, _, Word::Stale) => Status::Stale,
        (_, _, Word::Nothing) => Status::Unknown,
    }
}

/// Says what the evidence shows of a control, and whether it applies.
pub(crate) fn duty(entry: &ControlEntry, ground: &Ground<'_>) -> Duty {
    let probes = ground.catalogue.evidence_of(entry);
    let mode = mode(entry, ground);
    let reach = reach(entry, ground);
    let about = about(entry, ground);
    let weighed = ground.weigh(&probes);
    let found = shown(mode, weighed.say(), word(entry, ground));
    let limits = [
        reach
            .filter(|reach| is_weak(reach))
            .map(|reach| format!("a runtime reaches only so far ({reach})")),
        // What a control has a runtime do is done by nobody where nothing is enforced, whatever else is measured.
        entry.runtime_controls.as_ref().and(ground.containment.lacking()).map(str::to_owned),
    ];
    let capped = found.is_satisfied() && limits.iter().any(Option::is_some);
    let evaluated = if capped { Status::Partial } else { found };

    let applicability = applicability(entry, ground);
    let (status, later) = dated(evaluated, &applicability, ground.as_of);
    let limits = limits.into_iter().flatten().filter(|_| capped);
    let evidence_told = evidence_told(mode, &weighed, &about, ground);
    let why = why(&applicability, limits.chain(evidence_told));
    let days = entry.readings(ground.high_risk, ground.placed_on);
    Duty {
        id: entry.id.clone(),
        reference: entry.reference.clone(),
        title: entry.title.clone(),
        duty: entry.duty.clone(),
        status,
        evaluated: later,
        why,
        applies_from: days.in_effect,
        date_confidence: entry.applies_from.as_ref().map(|from| from.confidence.to_string()),
        other_reading: days.by_text.filter(|day| days.in_effect != Some(*day)).map(|day| {
            format!("by its text it applies from {day} on, though it can bind nobody before what it presupposes does")
        }),
        bearer: entry.bearers.iter().map(ToString::to_string).collect(),
        evidence_mode: mode.to_string(),
        check: entry.report_check.map(|check| check.to_string()),
        statements: about.into_iter().filter(|field| ground.statement(field).is_some()).collect(),
        policies: policies(entry, ground),
        probes: probes.into_iter().map(str::to_owned).collect(),
        measured_evidence: entry.measured_evidence.clone(),
        attested_evidence: entry.attested_evidence.clone(),
        reach: reach.map(str::to_owned),
        note: entry.note.clone(),
    }
}

/// Returns the status on a day, and what the evidence shows beside it where the control does not apply yet.
fn dated(
    evaluated: Status,
    applicability: &Applicability,
    as_of: Date,
) -> (Status, Option<Status>) {
    match applicability {
        _ if evaluated == Status::NotApplicable => (Status::NotApplicable, None),
        Applicability::NotApplicable { .. } => (Status::NotApplicable, None),
        Applicability::NotYet { .. } => (Status::NotYetApplicable, Some(evaluated)),
        Applicability::Unclassified { from } if *from > as_of => {
            (Status::NotYetApplicable, Some(evaluated))
        }
        Applicability::Applies { .. } | Applicability::Unclassified { .. } => (evaluated, None),
    }
}

/// Returns what meets a control. Where the catalogue does not say, machine evidence alone is enough only for what a
/// runtime does itself; of any other duty with probes a person answers for the rest.
fn mode(entry: &ControlEntry, ground: &Ground<'_>) -> EvidenceMode {
    let source = source(entry, ground);
    source.evidence_mode.unwrap_or_else(|| {
        if source.probes.is_empty() {
            EvidenceMode::Attested
        } else if source.runtime_controls.is_some() {
            EvidenceMode::Measured
        } else {
            EvidenceMode::Mixed
        }
    })
}

/// Returns the control whose evidence is looked at: the one it maps to where it has no probes of its own.
fn source<'a>(entry: &'a ControlEntry, ground: &Ground<'a>) -> &'a ControlEntry {
    let mapped = || entry.maps_to.iter().find_map(|id| ground.catalogue.control(id));
    if entry.probes.is_empty() { mapped().unwrap_or(entry) } else { entry }
}

fn reach<'a>(entry: &'a ControlEntry, ground: &Ground<'a>) -> Option<&'a str> {
    source(entry, ground).honest_reach.as_deref()
}

fn is_weak(reach: &str) -> bool {
    reach.starts_with("partial") || reach.starts_with("weak")
}

/// Returns the fields whose statements are about a control: its id where somebody made one, or else those that speak of
/// it.
fn about(entry: &ControlEntry, ground: &Ground<'_>) -> Vec<String> {
    let direct = ground.statement(&entry.id).map(|_| vec![entry.id.clone()]);
    direct.unwrap_or_else(|| fields_of(&entry.id).into_iter().map(str::to_owned).collect())
}

fn word(entry: &ControlEntry, ground: &Ground<'_>) -> Word {
    let fields = Word::of(&fields_of(&entry.id), ground.statements);
    let direct = Word::of(&[&entry.id], ground.statements);
    if direct == Word::Nothing || fields == Word::Denied { fields } else { direct }
}

/// Tells whether a control binds the operator in any of their roles.
fn applicability(entry: &ControlEntry, ground: &Ground<'_>) -> Applicability {
    let rank = |one: &Applicability| match one {
        Applicability::Applies { .. } => 0,
        Applicability::Unclassified { .. } => 1,
        Applicability::NotYet { .. } => 2,
        Applicability::NotApplicable { .. } => 3,
    };
    let roles = ground.roles.iter();
    roles
        .map(|role| applies(entry, *role, ground.high_risk, ground.placed_on, ground.as_of))
        .min_by_key(rank)
        .unwrap_or(Applicability::Applies { since: None })
}

fn why(applicability: &Applicability, evidence: impl Iterator<Item = String>) -> String {
    let applies = match applicability {
        Applicability::Applies { .. } => None,
        Applicability::NotApplicable { why } => return why.clone(),
        Applicability::NotYet { from, confidence } => {
            Some(format!("it applies from {from} on ({confidence} confidence)"))
        }
        Applicability::Unclassified { from } => Some(format!(
            "nobody has stated whether the agent is high-risk; were it, this would apply from {from} on"
        )),
    };
    applies.into_iter().chain(evidence).collect::<Vec<_>>().join("; ")
}

fn evidence_told(
    mode: EvidenceMode,
    weighed: &Weighed<'_>,
    about: &[String],
    ground: &Ground<'_>,
) -> Vec<String> {
    let mut told = weighed.told();
    let wanted = mode != EvidenceMode::Measured;
    told.extend(about.iter().filter_map(|field| match ground.statement(field) {
        Some(entry) => Some(format!("`{field}`: {}", entry.why)),
        None => wanted.then(|| format!("nobody has stated `{field}`")),
    }));
    if wanted && about.is_empty() {
        told.push("nobody answers for it".to_owned());
    }
    if told.is_empty() {
        told.push("there is nothing to go by".to_owned());
    }
    told
}

fn policies(entry: &ControlEntry, ground: &Ground<'_>) -> Vec<String> {
    let about = ground.policies.get(entry.id.as_str());
    about.into_iter().flatten().map(|id| (*id).to_owned()).collect()
}
