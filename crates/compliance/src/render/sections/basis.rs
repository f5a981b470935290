//! Whom a report is about, and what it rests on.

use super::super::document::{Block, Line, Section};
use super::super::written::{time, window};
use super::told_or;
use crate::Report;

pub(super) fn section(report: &Report) -> Section {
    let mut section = Section::new("basis", "Whom it is about, and what it rests on");
    section.parts = vec![
        Section::new("agent", "The agent").with(Block::Facts(agent(report))),
        Section::new("log", "The log").with(Block::Facts(log(report))),
        Section::new("policy", "The policies").with(Block::Facts(policy(report))),
        Section::new("catalogue", "The catalogue of duties").with(Block::Facts(catalogue(report))),
    ];
    section
}

fn agent(report: &Report) -> Vec<(&'static str, Line)> {
    let agent = &report.agent;
    vec![
        ("Name", Line::told(&agent.name)),
        ("Purpose", told_or(Some(&agent.purpose), "none is stated")),
        ("Contact", Line::told(&agent.contact)),
        ("Enforcement grades", told_or(Some(&agent.grades.join(", ")), "no action was seen")),
        ("Operator's part", told_or(Some(&report.roles.join(", ")), "nobody has said")),
        ("High-risk by", told_or(report.high_risk.as_deref(), "nobody has said")),
        (
            "On the market or in service",
            told_or(
                report.placed_on.map(|day| format!("since {day}")).as_deref(),
                "nobody has said",
            ),
        ),
    ]
}

fn log(report: &Report) -> Vec<(&'static str, Line)> {
    let log = &report.log;
    let signed = match log.signed {
        Some(true) => "a checkpoint of the log's key has the same root",
        Some(false) => "the checkpoint of the log's key has another root",
        None => "no checkpoint is signed over as many records",
    };
    let witnesses = log.witnesses.iter().map(|witness| {
        Line::coded(&witness.name).tell(&format!(" over the first {} records", witness.size))
    });
    let witnesses = Line::new().all(witnesses);
    vec![
        ("Origin", Line::coded(&log.origin)),
        (
            "Records",
            Line::told(&format!("{}, of which {} is the first kept", log.size, log.first_kept)),
        ),
        ("Root", Line::coded(&log.root)),
        ("Checkpoint", Line::told(signed)),
        ("Signed at", told_or(log.checkpoint_at.map(time).as_deref(), "never")),
        ("Witnesses", if witnesses.is_empty() { Line::new().quiet("none") } else { witnesses }),
        ("Window", Line::told(&window(report.window))),
    ]
}

fn policy(report: &Report) -> Vec<(&'static str, Line)> {
    let policy = &report.policy;
    let names = |ids: &[String]| {
        let names = Line::new().all(ids.iter().map(|id| Line::coded(id)));
        if names.is_empty() { Line::new().quiet("none") } else { names }
    };
    let hash = |hash: &str| match hash {
        "" => Line::new().quiet("none"),
        hash => Line::coded(hash),
    };
    vec![
        ("Manifest", hash(&policy.manifest)),
        ("Environment", Line::told(&policy.environment)),
        ("Enforced", names(&policy.enforced)),
        ("Evaluated only", names(&policy.shadow)),
        ("Hash of the purpose", hash(&policy.baseline.purpose)),
        ("Hash of the model", hash(&policy.baseline.model)),
        ("Hash of tools and actions", hash(&policy.baseline.tools)),
        ("Hash of the policies", hash(&policy.baseline.policy)),
    ]
}

fn catalogue(report: &Report) -> Vec<(&'static str, Line)> {
    let catalogue = &report.catalogue;
    let mut facts = vec![
        ("Version", Line::told(&catalogue.version.to_string())),
        ("Law as of", Line::told(&catalogue.as_of.to_string())),
        ("Program", Line::told("syndic ").tell(&report.program)),
    ];
    facts.extend(catalogue.warning.as_deref().map(|warning| ("Warning", Line::told(warning))));
    facts
}
