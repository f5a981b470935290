//! Drills: what was tried out on the running system.

use super::Found;
use crate::{Evidence, Figure, Verdict};

/// Reads the newest drill of a kind that was about the agent, or about all.
pub(super) fn drill(evidence: &Evidence<'_>, kind: &str) -> Found {
    let Some(ran) = evidence.facts.drills().newest(kind, evidence.setup.profile.id.as_str()) else {
        return Found::unknown(format!(
            "no drill `{kind}` is on record: run `syndic drill {kind}`"
        ));
    };
    let (verdict, came) = match ran.drill.passed {
        true => (Verdict::Met, "passed"),
        false => (Verdict::NotMet, "failed"),
    };
    let found = Found::new(verdict, format!("the drill `{kind}` {came}: {}", ran.drill.told));
    let found =
        ran.drill.figures.iter().fold(found, |found, (name, figure)| found.count(name, *figure));
    Found { records: Some((ran.index, ran.index)), ..found }
        .with("at", Figure::At(ran.at))
        .with("by", Figure::Text(ran.drill.by.clone()))
        .cite([ran.index])
        .at(ran.at)
}
