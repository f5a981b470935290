//! Which policies are in force, and what is kept.

use super::super::basis::Basis;
use super::super::{Shown, Source};
use super::list;
use crate::render::written::time;

pub(in crate::dossier) fn program(basis: &Basis<'_>) -> Option<Shown> {
    let told = format!("syndic {}", basis.report.program);
    basis.shown("the program that governs it", told, Source::Report)
}

/// The policies that are enforced for it.
pub(in crate::dossier) fn policies(basis: &Basis<'_>) -> Option<Shown> {
    let policies = basis.setup.policies.iter().filter(|policy| policy.applies && !policy.shadow);
    let told = list(policies.map(|policy| format!("`{}`", policy.id)));
    basis.file("policies that are enforced", told, "policies/".to_owned())
}

/// The policies that are tried before they are enforced.
pub(in crate::dossier) fn shadow(basis: &Basis<'_>) -> Option<Shown> {
    let policies = basis.setup.policies.iter().filter(|policy| policy.applies && policy.shadow);
    let told = list(policies.map(|policy| format!("`{}`", policy.id)));
    basis.file("policies that are evaluated only", told, "policies/".to_owned())
}

pub(in crate::dossier) fn tests(basis: &Basis<'_>) -> Option<Shown> {
    let tests = basis.setup.tests.as_ref()?;
    let mut told = format!("{} passed, {} failed", tests.passed, tests.failed);
    if !tests.unreached.is_empty() {
        told = format!("{told}; no test reaches {}", list(&tests.unreached));
    }
    basis.file("tests of the policies in force", told, "policies/tests/".to_owned())
}

/// The governance directory in force.
pub(in crate::dossier) fn manifest(basis: &Basis<'_>) -> Option<Shown> {
    let setup = basis.setup;
    if setup.manifest.is_empty() {
        return None;
    }
    let told = format!("`{}` in `{}`", setup.manifest, setup.environment);
    basis.shown("the manifest in force", told, Source::Report)
}

/// What would change where its purpose, model, tools or policies do.
pub(in crate::dossier) fn baseline(basis: &Basis<'_>) -> Option<Shown> {
    let baseline = &basis.setup.baseline;
    let hashes = [
        ("purpose", &baseline.purpose),
        ("model", &baseline.model),
        ("tools", &baseline.tools),
        ("policies", &baseline.policy),
    ];
    let hashes = hashes.into_iter().filter(|(_, hash)| !hash.is_empty());
    let told = hashes.map(|(what, hash)| format!("{what} `{hash}`")).collect::<Vec<_>>();
    basis.shown("hashes of what statements speak of", told.join("\n"), Source::Report)
}

/// Servers whose tools are pinned.
pub(in crate::dossier) fn servers(basis: &Basis<'_>) -> Option<Shown> {
    let pins = basis.setup.pins.iter().map(|(server, tools)| format!("{server} ({tools})"));
    basis.file("servers, with how many tools are pinned", list(pins), "mcp.lock.yaml".to_owned())
}

pub(in crate::dossier) fn sinks(basis: &Basis<'_>) -> Option<Shown> {
    basis.settings("where the audit trail is carried", list(&basis.setup.sinks))
}

pub(in crate::dossier) fn channels(basis: &Basis<'_>) -> Option<Shown> {
    basis.settings("how people are told of requests for approval", list(&basis.setup.channels))
}

pub(in crate::dossier) fn kinds(basis: &Basis<'_>) -> Option<Shown> {
    basis.settings("sensitive data that is looked for", list(&basis.setup.kinds))
}

pub(in crate::dossier) fn retention(basis: &Basis<'_>) -> Option<Shown> {
    let retention = basis.setup.retention;
    let told =
        format!("{} days are set; no setting goes below {}", retention.days, retention.floor_days);
    basis.settings("how long records are kept", told)
}

pub(in crate::dossier) fn log(basis: &Basis<'_>) -> Option<Shown> {
    let log = &basis.report.log;
    let mut told = format!("`{}`: {} records, root `{}`", log.origin, log.size, log.root);
    if let Some(at) = log.checkpoint_at {
        told = format!("{told}; newest checkpoint {}", time(at));
    }
    basis.shown("the log", told, Source::Report)
}

pub(in crate::dossier) fn witnesses(basis: &Basis<'_>) -> Option<Shown> {
    let witnesses = basis.report.log.witnesses.iter();
    let told =
        list(witnesses.map(|one| format!("{} over the first {} records", one.name, one.size)));
    basis.shown("witnesses that cosigned the log", told, Source::Report)
}

pub(in crate::dossier) fn incident_plan(basis: &Basis<'_>) -> Option<Shown> {
    let plan = basis.setup.profile.incident_plan.clone();
    basis.profile("what to do when it goes wrong", plan.unwrap_or_default())
}
