//! The governance directory in force: which it is, how it was tested, and who changed it.

use crate::facts::InForce;
use crate::probe::Found;
use crate::{Evidence, Figure, Verdict};

/// Returns the directory that the ledger has last, where it is the one that rules look at.
fn directory<'a>(evidence: &Evidence<'a>) -> Result<&'a InForce, Box<Found>> {
    match &evidence.facts.policies.in_force {
        None => Err(Box::new(Found::unknown("no governance directory is on record yet"))),
        Some(in_force) if in_force.loaded.manifest != evidence.setup.manifest => {
            let told = "the governance directory that was looked at is not the one that the ledger has last";
            Err(Box::new(Found::new(Verdict::NotMet, told).cite([in_force.index])))
        }
        Some(in_force) => Ok(in_force),
    }
}

/// Active policy hash.
pub(super) fn in_force(evidence: &Evidence<'_>) -> Found {
    let in_force = match directory(evidence) {
        Ok(in_force) => in_force,
        Err(found) => return *found,
    };
    let loaded = &in_force.loaded;
    let told = format!("revision {} is in force, and the ledger has its hash", loaded.revision);
    let found = Found::new(Verdict::Met, told)
        .with("manifest", Figure::Text(loaded.manifest.clone()))
        .with("since", Figure::At(in_force.since))
        .with("loaded_by", Figure::Text(loaded.by.clone()))
        .cite([in_force.index]);
    let found = match &loaded.proposed_by {
        Some(by) => found.with("proposed_by", Figure::Text(by.clone())),
        None => found,
    };
    match &in_force.previous {
        Some(previous) => found.with("previous_manifest", Figure::Text(previous.clone())),
        None => found,
    }
}

/// Policy tests.
pub(super) fn tests(evidence: &Evidence<'_>) -> Found {
    let in_force = match directory(evidence) {
        Ok(in_force) => in_force,
        Err(found) => return *found,
    };
    let Some(run) = &evidence.setup.tests else {
        let told =
            "the governance directory in force has no tests: write some to `policies/tests/`";
        return Found::new(Verdict::NotMet, told).cite([in_force.index]);
    };
    let (verdict, told) = if run.failed > 0 {
        (
            Verdict::NotMet,
            format!("{} of {} tests fail", run.failed, run.failed.saturating_add(run.passed)),
        )
    } else if run.passed == 0 {
        (Verdict::NotMet, "no test ran".to_owned())
    } else if run.unreached.is_empty() {
        (Verdict::Met, format!("all {} tests pass, and they reach every policy", run.passed))
    } else {
        let told = format!(
            "all {} tests pass; policies that none reaches: {}",
            run.passed,
            run.unreached.len()
        );
        (Verdict::Partial, told)
    };
    Found::new(verdict, told)
        .count("passed", run.passed)
        .count("failed", run.failed)
        .with("unreached", Figure::List(run.unreached.clone()))
        .with("files", Figure::Text(run.files.clone()))
        .with("manifest", Figure::Text(in_force.loaded.manifest.clone()))
        .cite([in_force.index])
}

/// Policy change control: the changes of the window, else the last one.
pub(super) fn change_control(evidence: &Evidence<'_>) -> Found {
    let policies = &evidence.facts.policies;
    let Some(in_force) = &policies.in_force else {
        return Found::unknown("no governance directory is on record yet");
    };
    let changes = policies.days.sum(evidence.window());
    let (changed, by_two) = match (changes.changed.n(), &in_force.previous) {
        (0, None) => {
            let told = "the governance directory was not changed since the ledger began";
            return Found::new(Verdict::Told, told).count("changes", 0).cite([in_force.index]);
        }
        (0, Some(_)) => (1, u64::from(in_force.keys() == 2)),
        (changed, _) => (changed, changes.by_two.n()),
    };
    let (verdict, told) = if by_two == changed {
        (
            Verdict::Met,
            "each change was proposed with one key and brought into force with another".to_owned(),
        )
    } else {
        let verdict = if by_two > 0 { Verdict::Partial } else { Verdict::NotMet };
        (
            verdict,
            format!("{by_two} of {changed} changes were brought into force with a second key"),
        )
    };
    Found::new(verdict, told)
        .count("changes", changes.changed.n())
        .count("by_two_keys", changes.by_two.n())
        .count("by_one_key", changes.by_one.n())
        .count("by_nobody_on_record", changes.unsigned.n())
        .count("proposals", changes.proposed.n())
        .over(changes.records)
        .cite([in_force.index])
}
