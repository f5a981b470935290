//! What is not satisfied, and what would close it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::field::{Shown, field, fields_of};
use crate::ground::Ground;
use crate::remedy::{attest, of_reading};
use crate::report::Duty;
use crate::{CHECKS, CheckEntry, EvidenceMode, FieldEntry, Standing, Status};

/// What a gap is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapIn {
    /// One of the seven checks of product R7.
    Check,
    /// A control of a framework.
    Control,
}

/// Something that is not satisfied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// The check's name or the control's id.
    pub id: String,
    /// Which of the two it is.
    pub kind: GapIn,
    /// What the evidence shows.
    pub status: Status,
    /// Why, for people.
    pub why: String,
    /// From when on it matters, where the duty does not apply yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// What would close it: commands to run and files to edit, or that this program has nothing that does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closes: Vec<String>,
}

/// Returns what is not satisfied: the checks, then the controls that apply, then those that do not yet.
pub(crate) fn gaps(
    ground: &Ground<'_>,
    checks: &BTreeMap<String, CheckEntry>,
    record: &BTreeMap<String, FieldEntry>,
    duties: &[Duty],
) -> Vec<Gap> {
    let in_checks = CHECKS.iter().filter_map(|name| {
        let check = checks.get(*name).filter(|check| is_open(check.status))?;
        Some(Gap {
            id: (*name).to_owned(),
            kind: GapIn::Check,
            status: check.status,
            why: check.why.clone(),
            from: None,
            closes: close_check(check, record, ground),
        })
    });
    let now = duties.iter().filter(|duty| is_open(duty.status)).map(|duty| (duty, duty.status));
    let later = duties.iter().filter_map(|duty| Some((duty, duty.evaluated?)));
    let later = later.filter(|(_, status)| is_open(*status));
    let in_controls = now.chain(later).map(|(duty, status)| Gap {
        id: duty.id.clone(),
        kind: GapIn::Control,
        status,
        why: duty.why.clone(),
        from: duty.applies_from.filter(|_| duty.evaluated.is_some()),
        closes: close_control(duty, ground),
    });
    in_checks.chain(in_controls).collect()
}

const fn is_open(status: Status) -> bool {
    matches!(status, Status::Partial | Status::NotSatisfied | Status::Unknown | Status::Stale)
}

fn close_check(
    check: &CheckEntry,
    record: &BTreeMap<String, FieldEntry>,
    ground: &Ground<'_>,
) -> Vec<String> {
    let open = |name: &&String| record.get(*name).is_some_and(|entry| is_open(entry.status));
    let fields = check.fields.iter().filter(open).filter_map(|name| field(name));
    distinct(fields.flat_map(|field| {
        let measured = field.shown != Shown::Stated;
        let word = (field.shown != Shown::Measured).then(|| attest(ground.agent, field.name));
        let probes = if measured { field.probes } else { &[] };
        let mut closes = close_probes(probes, ground);
        closes.extend(word);
        closes
    }))
}

/// Returns what would close the gap in a control: what its probes lack, and what nobody answers for.
fn close_control(duty: &Duty, ground: &Ground<'_>) -> Vec<String> {
    let mode = |mode: EvidenceMode| duty.evidence_mode == mode.as_str();
    let probes = if mode(EvidenceMode::Attested) { &[] } else { duty.probes.as_slice() };
    let mut closes = close_probes(probes, ground);
    if !mode(EvidenceMode::Measured) {
        let mut fields = fields_of(&duty.id);
        if fields.is_empty() {
            fields.push(&duty.id);
        }
        let holds = |field: &&str| {
            ground.statement(field).is_some_and(|entry| entry.standing == Standing::Holds)
        };
        let direct = holds(&duty.id.as_str());
        let open = fields.into_iter().filter(|field| !direct && !holds(field));
        closes.extend(open.map(|field| attest(ground.agent, field)));
    }
    if closes.is_empty() {
        closes.push(beyond(duty, ground.agent));
    }
    distinct(closes.into_iter())
}

/// Says what is left where nothing that is run closes a gap: of what is unknown, somebody's word shows part.
fn beyond(duty: &Duty, agent: &str) -> String {
    if duty.evaluated.unwrap_or(duty.status) == Status::Unknown {
        attest(agent, &duty.id)
    } else {
        "nothing that this program does closes it: it shows no more than this part".to_owned()
    }
}

fn close_probes<P: AsRef<str>>(probes: &[P], ground: &Ground<'_>) -> Vec<String> {
    let weighed = ground.weigh(probes);
    let mut closes: Vec<_> =
        weighed.lacking().filter_map(|reading| of_reading(reading, ground.agent)).collect();
    if weighed.is_held_back() {
        closes.extend(ground.containment.remedy(ground.agent));
    }
    closes
}

/// Leaves out what was there before.
pub(crate) fn distinct(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for one in all {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}
