//! What has changed between two reports about an agent.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;
use thiserror::Error;

use crate::{Figure, Gap, GapIn, Report, Status};

/// What has changed between two reports about an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// The agent's id.
    pub agent: String,
    /// When the older report was made.
    pub from: Timestamp,
    /// When the newer report was made.
    pub to: Timestamp,
    /// What the reports rest on that is another: `policy`, `model`, `tools`, `purpose`, `mode`, `catalogue` and the like.
    pub grounds: Vec<Changed>,
    /// The seven checks whose status is another.
    pub checks: Vec<Moved>,
    /// The controls whose status is another.
    pub controls: Vec<Moved>,
    /// The controls that do not apply yet of which the evidence shows something else.
    pub not_yet: Vec<Moved>,
    /// Gaps that were not there before.
    pub opened: Vec<Gap>,
    /// Gaps that are not there any more.
    pub closed: Vec<Gap>,
    /// Measured values that are others.
    pub figures: Vec<FigureMoved>,
    /// Statements whose standing is another.
    pub statements: Vec<Changed>,
}

/// Something that is another now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// What.
    pub what: String,
    /// What it was; none where there was nothing.
    pub from: Option<String>,
    /// What it is; none where there is nothing.
    pub to: Option<String>,
}

/// A status that is another now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// The check's name or the control's id.
    pub id: String,
    /// What it was; none where it was not in the report.
    pub from: Option<Status>,
    /// What it is; none where it is not in the report.
    pub to: Option<Status>,
    /// Why it is so now, for people.
    pub why: String,
}

/// A measured value that is another now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FigureMoved {
    /// The probe's id.
    pub probe: String,
    /// The value's name.
    pub name: String,
    /// What it was; none where it was not measured.
    pub from: Option<Figure>,
    /// What it is; none where it is not measured.
    pub to: Option<Figure>,
}

/// Why two reports cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChangesError {
    /// They are about different agents.
    #[error("the reports are about two agents, `{old}` and `{new}`")]
    Agents {
        /// Whom the older one is about.
        old: String,
        /// Whom the newer one is about.
        new: String,
    },
    /// They are of different logs.
    #[error("the reports are of two logs, `{old}` and `{new}`")]
    Logs {
        /// The older one's.
        old: String,
        /// The newer one's.
        new: String,
    },
}

/// Says what has changed from one report to a later one.
///
/// # Errors
/// When they are not about the same agent, or not of the same log.
pub fn changes(old: &Report, new: &Report) -> Result<Changes, ChangesError> {
    if old.agent.id != new.agent.id {
        return Err(ChangesError::Agents { old: old.agent.id.clone(), new: new.agent.id.clone() });
    }
    if old.log.origin != new.log.origin {
        let (old, new) = (old.log.origin.clone(), new.log.origin.clone());
        return Err(ChangesError::Logs { old, new });
    }
    Ok(Changes {
        agent: new.agent.id.clone(),
        from: old.made_at,
        to: new.made_at,
        grounds: grounds(old, new),
        checks: moved(&checks(old), &checks(new)),
        controls: moved(&controls(old), &controls(new)),
        not_yet: moved(&not_yet(old, new), &not_yet(new, old)),
        opened: gaps(new, old),
        closed: gaps(old, new),
        figures: figures(old, new),
        statements: changed(&standings(old), &standings(new)),
    })
}

fn grounds(old: &Report, new: &Report) -> Vec<Changed> {
    let of = |report: &Report| {
        let baseline = &report.policy.baseline;
        let class = report.high_risk.clone().unwrap_or_default();
        BTreeMap::from([
            ("purpose".to_owned(), baseline.purpose.clone()),
            ("model".to_owned(), baseline.model.clone()),
            ("tools".to_owned(), baseline.tools.clone()),
            ("policy".to_owned(), baseline.policy.clone()),
            ("manifest".to_owned(), report.policy.manifest.clone()),
            ("mode".to_owned(), report.agent.mode.clone()),
            ("grades".to_owned(), report.agent.grades.join(", ")),
            ("risk_level".to_owned(), report.agent.risk_level.clone()),
            ("owner".to_owned(), report.agent.owner.clone()),
            ("roles".to_owned(), report.roles.join(", ")),
            ("high_risk".to_owned(), class),
            ("catalogue".to_owned(), report.catalogue.version.to_string()),
            ("program".to_owned(), report.program.clone()),
        ])
    };
    changed(&of(old), &of(new))
}

fn changed(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Vec<Changed> {
    let what: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    what.into_iter()
        .filter(|what| old.get(*what) != new.get(*what))
        .map(|what| Changed {
            what: what.clone(),
            from: old.get(what).cloned(),
            to: new.get(what).cloned(),
        })
        .collect()
}

type Statuses<'a> = BTreeMap<&'a str, (Status, &'a str)>;

fn checks(report: &Report) -> Statuses<'_> {
    let checks = report.checks.iter();
    checks.map(|(name, check)| (name.as_str(), (check.status, check.why.as_str()))).collect()
}

fn controls(report: &Report) -> Statuses<'_> {
    let duties = report.frameworks.iter().flat_map(|framework| &framework.controls);
    duties.map(|duty| (duty.id.as_str(), (duty.status, duty.why.as_str()))).collect()
}

/// Returns what the evidence of one report shows of the controls that apply in neither of two reports yet.
fn not_yet<'a>(of: &'a Report, other: &Report) -> Statuses<'a> {
    let other = controls(other);
    let waits =
        |id: &str| other.get(id).is_some_and(|(status, _)| *status == Status::NotYetApplicable);
    let duties = of.frameworks.iter().flat_map(|framework| &framework.controls);
    duties
        .filter(|duty| waits(&duty.id))
        .filter_map(|duty| Some((duty.id.as_str(), (duty.evaluated?, duty.why.as_str()))))
        .collect()
}

fn moved(old: &Statuses<'_>, new: &Statuses<'_>) -> Vec<Moved> {
    let ids: BTreeSet<_> = old.keys().chain(new.keys()).copied().collect();
    ids.into_iter()
        .map(|id| Moved {
            id: id.to_owned(),
            from: old.get(id).map(|(status, _)| *status),
            to: new.get(id).map(|(status, _)| *status),
            why: new.get(id).map(|(_, why)| (*why).to_owned()).unwrap_or_default(),
        })
        .filter(|moved| moved.from != moved.to)
        .collect()
}

/// Returns the gaps of one report that another does not have.
fn gaps(of: &Report, not_in: &Report) -> Vec<Gap> {
    let key = |gap: &Gap| -> (GapIn, String) { (gap.kind, gap.id.clone()) };
    let there: BTreeSet<_> = not_in.gaps.iter().map(key).collect();
    of.gaps.iter().filter(|gap| !there.contains(&key(gap))).cloned().collect()
}

fn figures(old: &Report, new: &Report) -> Vec<FigureMoved> {
    let of = |report: &Report| -> BTreeMap<(String, String), Figure> {
        let readings = report.readings.iter();
        let named = readings.flat_map(|reading| {
            let values = reading.value.iter();
            values.map(|(name, figure)| ((reading.probe.clone(), name.clone()), figure.clone()))
        });
        named.collect()
    };
    let (old, new) = (of(old), of(new));
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    keys.into_iter()
        .filter(|key| old.get(*key) != new.get(*key))
        .map(|key| FigureMoved {
            probe: key.0.clone(),
            name: key.1.clone(),
            from: old.get(key).cloned(),
            to: new.get(key).cloned(),
        })
        .collect()
}

fn standings(report: &Report) -> BTreeMap<String, String> {
    let statements = report.statements.iter();
    statements.map(|entry| (entry.field.clone(), entry.standing.as_str().to_owned())).collect()
}
