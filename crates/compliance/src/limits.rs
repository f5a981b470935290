//! What a report does not show.

mod history;
mod stated;

use serde::{Deserialize, Serialize};
use syndic_model::EnforcementGrade;

use self::history::history;
use self::stated::{assumed, dates, statements};
use crate::ground::Ground;
use crate::render::written::count;
use crate::report::{Duty, Framework};
use crate::{Evidence, Status, Verdict};

/// Why something is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotShownKind {
    /// The law itself: evidence is not a judgement.
    Judgement,
    /// Nobody but the log's own key vouches for the history.
    Unwitnessed,
    /// The records and the signed checkpoint do not agree, or none is signed.
    Unsigned,
    /// Records are not kept any more.
    Dropped,
    /// Parts of records were erased.
    Erased,
    /// The clock was set back, so times and windows may be wrong.
    Clock,
    /// Nothing is stopped, or an agent can go past.
    NotEnforced,
    /// Paths that nobody looks at.
    Unobserved,
    /// Policies written in Rust, of which only the ids are on record.
    Native,
    /// Probes that found nothing, or that this program does not measure.
    Unmeasured,
    /// Duties that rest on somebody's word alone.
    AttestedOnly,
    /// Duties of which nothing is known.
    Unknown,
    /// Duties whose evidence is past its time.
    Stale,
    /// Statements that count for nothing, and why.
    Statements,
    /// Dates of the law that are read in two ways, or may be out of date.
    Dates,
    /// What nobody has said about the agent, and what was assumed.
    Assumed,
}

/// Something that a report does not show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotShown {
    /// Why.
    pub kind: NotShownKind,
    /// What, for people: a sentence in lower case without a full stop.
    pub told: String,
    /// The ids of the probes, controls or statements it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<String>,
}

/// Returns what a report does not show, what matters most first.
pub(crate) fn not_shown(
    ground: &Ground<'_>,
    evidence: &Evidence<'_>,
    frameworks: &[Framework],
) -> Vec<NotShown> {
    let duties: Vec<_> = frameworks.iter().flat_map(|framework| &framework.controls).collect();
    let mut limits = vec![NotShown::new(
        NotShownKind::Judgement,
        "a status says what the evidence of this window shows, not that a duty is met in law; duties are in our own \
         words, and this is no legal advice",
    )];
    limits.extend(history(evidence));
    limits.extend(enforcement(ground, evidence));
    limits.extend(native(evidence));
    limits.extend(unmeasured(ground));
    limits.extend(by_status(&duties));
    limits.extend(statements(ground));
    limits.extend(dates(ground, evidence.day(), &duties));
    limits.extend(assumed(ground, evidence));
    limits
}

fn enforcement(ground: &Ground<'_>, evidence: &Evidence<'_>) -> Vec<NotShown> {
    let mut limits = Vec::new();
    if let Some(lacking) = ground.containment.lacking() {
        let about = ground.readings.iter().filter(|one| ground.containment.takes_from(one));
        limits.push(
            NotShown::new(
                NotShownKind::NotEnforced,
                format!("{lacking}; nothing here shows containment"),
            )
            .about(about.map(|reading| reading.probe.clone())),
        );
    }
    if evidence.grades().contains(&EnforcementGrade::Cooperative) {
        limits.push(NotShown::new(
            NotShownKind::NotEnforced,
            "some actions came by a cooperative path: the host that calls could leave the gate out",
        ));
    }
    let canary = ground.readings.iter().find(|reading| reading.probe == "POL-07");
    let told = if canary.is_some_and(|reading| reading.verdict == Verdict::Met) {
        "a call that goes around the gate leaves no record here; only the ways that the canary tried were closed"
    } else {
        "a call that goes around the gate leaves no record here, and no canary has tried that lately"
    };
    limits.push(NotShown::new(NotShownKind::Unobserved, told).about(["POL-07".to_owned()]));
    limits
}

fn native(evidence: &Evidence<'_>) -> Option<NotShown> {
    let ids = &evidence.facts.policies.in_force.as_ref()?.loaded.native;
    let told = format!(
        "{} written in Rust, and not kept: how the records were decided includes them, what the files would decide and \
         their tests do not",
        count(ids.len(), "policy in force is", "policies in force are")
    );
    (!ids.is_empty()).then(|| NotShown::new(NotShownKind::Native, told).about(ids.iter().cloned()))
}

fn unmeasured(ground: &Ground<'_>) -> Option<NotShown> {
    let unknown = ground.readings.iter().filter(|reading| reading.verdict == Verdict::Unknown);
    let about: Vec<_> = unknown.map(|reading| reading.probe.clone()).collect();
    let told =
        format!("{} of {} probes found nothing to go by", about.len(), ground.readings.len());
    (!about.is_empty()).then(|| NotShown::new(NotShownKind::Unmeasured, told).about(about))
}

fn by_status(duties: &[&Duty]) -> Vec<NotShown> {
    let with = |kind: NotShownKind, status: Status, told: &str| {
        let of = |duty: &&&Duty| duty.evaluated.unwrap_or(duty.status) == status;
        let about: Vec<_> = duties.iter().filter(of).map(|duty| duty.id.clone()).collect();
        let later = duties.iter().filter(of).filter(|duty| duty.evaluated.is_some()).count();
        let later = match later {
            0 => String::new(),
            all if all == about.len() => ", not in force yet".to_owned(),
            some => format!(", {some} of them not in force yet"),
        };
        let told = format!("{told} {}{later}", count(about.len(), "duty", "duties"));
        (!about.is_empty()).then(|| NotShown::new(kind, told).about(about))
    };
    [
        with(
            NotShownKind::AttestedOnly,
            Status::SatisfiedAttested,
            "somebody's word alone is behind",
        ),
        with(NotShownKind::Unknown, Status::Unknown, "nothing is known of"),
        with(NotShownKind::Stale, Status::Stale, "evidence is past its time for"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl NotShown {
    fn new(kind: NotShownKind, told: impl Into<String>) -> Self {
        Self { kind, told: told.into(), about: Vec::new() }
    }

    fn about(mut self, about: impl IntoIterator<Item = String>) -> Self {
        self.about = about.into_iter().collect();
        self
    }
}
