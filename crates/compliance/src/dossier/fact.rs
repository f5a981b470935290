//! What the governance directory in force and the report say of an agent.

mod acting;
mod keeping;

use std::fmt::Display;

pub(super) use acting::{
    actions, approvers, capabilities, inputs, limits, mode, output, paths, threshold,
};
pub(super) use keeping::{
    baseline, channels, incident_plan, kinds, log, manifest, policies, program, retention, servers,
    shadow, sinks, tests, witnesses,
};

use super::basis::Basis;
use super::{Shown, Source};

/// Says something, where there is something to say.
pub(super) type Fact = fn(&Basis<'_>) -> Option<Shown>;

pub(super) fn agent(basis: &Basis<'_>) -> Option<Shown> {
    let profile = &basis.setup.profile;
    basis.profile("agent", format!("{} (`{}`)", profile.name, profile.id))
}

pub(super) fn purpose(basis: &Basis<'_>) -> Option<Shown> {
    basis.profile("purpose", basis.setup.profile.purpose.clone())
}

pub(super) fn owner(basis: &Basis<'_>) -> Option<Shown> {
    let owner = &basis.setup.profile.owner;
    basis.profile("owner", format!("{}, {}, {}", owner.person, owner.team, owner.contact))
}

pub(super) fn version(basis: &Basis<'_>) -> Option<Shown> {
    basis.profile("version", basis.setup.profile.version.clone())
}

pub(super) fn model(basis: &Basis<'_>) -> Option<Shown> {
    basis.profile("model", basis.setup.profile.model.clone().unwrap_or_default())
}

pub(super) fn risk_level(basis: &Basis<'_>) -> Option<Shown> {
    basis.profile("risk level", basis.setup.profile.risk_level.to_string())
}

/// What it is classed as in law, and since when it is on the market.
pub(super) fn class(basis: &Basis<'_>) -> Option<Shown> {
    let high_risk = basis.report.high_risk.as_ref().map(|class| format!("high-risk by {class}"));
    let placed_on = basis.report.placed_on;
    let placed_on = placed_on.map(|day| format!("on the market or in service since {day}"));
    let told: Vec<_> = high_risk.into_iter().chain(placed_on).collect();
    basis.file("class", told.join("; "), format!("compliance/{}.yaml", basis.setup.profile.id))
}

pub(super) fn stakeholders(basis: &Basis<'_>) -> Option<Shown> {
    basis.profile("who is affected", basis.setup.profile.stakeholders.join("; "))
}

pub(super) fn failure_modes(basis: &Basis<'_>) -> Option<Shown> {
    basis.profile("how it can fail", basis.setup.profile.failure_modes.join("; "))
}

pub(super) fn data_access(basis: &Basis<'_>) -> Option<Shown> {
    basis.profile("which data it may reach", basis.setup.profile.data_access.join("; "))
}

impl Basis<'_> {
    /// Says something of the agent's profile, unless there is nothing.
    fn profile(&self, what: &str, told: String) -> Option<Shown> {
        self.file(what, told, format!("agents/{}.yaml", self.setup.profile.id))
    }

    /// Says something of the settings, unless there is nothing.
    fn settings(&self, what: &str, told: String) -> Option<Shown> {
        self.file(what, told, "syndic.yaml".to_owned())
    }

    fn file(&self, what: &str, told: String, file: String) -> Option<Shown> {
        self.shown(what, told, Source::File(file))
    }

    fn shown(&self, what: &str, told: String, from: Source) -> Option<Shown> {
        let what = what.to_owned();
        (!told.trim().is_empty()).then(|| Shown { what, told, on: self.day(), from })
    }
}

/// Writes names with commas between.
fn list<T: Display>(all: impl IntoIterator<Item = T>) -> String {
    all.into_iter().map(|one| one.to_string()).collect::<Vec<_>>().join(", ")
}
