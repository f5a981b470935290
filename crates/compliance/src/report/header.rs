//! What a report is about and what it rests on.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use syndic_ledger::Baseline;
use syndic_model::{EnforcementGrade, Mode};

use crate::{Catalogue, Log, Setup};

/// Whom a report is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The agent's id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Who answers for it: a person, by name or role.
    pub owner: String,
    /// Their team.
    pub team: String,
    /// How to reach them.
    pub contact: String,
    /// `low`, `medium`, `high` or `critical`.
    pub risk_level: String,
    /// `observe` or `enforce`.
    pub mode: String,
    /// The enforcement grades of the paths its actions came by, weakest first.
    pub grades: Vec<String>,
    /// What it is for.
    pub purpose: String,
}

/// Which catalogue of duties a report was judged by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueUsed {
    /// Its version.
    pub version: u32,
    /// The day whose law it has.
    pub as_of: Date,
    /// Why it should be looked at again before its dates are believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

/// Which log a report rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogUsed {
    /// Its name, as its checkpoints have it.
    pub origin: String,
    /// How many records it has.
    pub size: u64,
    /// The root over them, computed from their bytes (hex).
    pub root: String,
    /// The first record that is still there.
    pub first_kept: u64,
    /// Whether a checkpoint of the log's key over as many records has the same root; left out where none is signed yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<bool>,
    /// When the newest checkpoint was signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint_at: Option<Timestamp>,
    /// By how many seconds the machine's clock was behind the newest record, where it was: then times are that record's.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub clock_behind_seconds: u64,
    /// Who else vouches for it.
    pub witnesses: Vec<Witnessed>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
const fn is_zero(seconds: &u64) -> bool {
    *seconds == 0
}

/// A witness that cosigned a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Witnessed {
    /// Its name.
    pub name: String,
    /// How many records that checkpoint covers.
    pub size: u64,
}

/// Which policies were in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyUsed {
    /// The manifest's hash.
    pub manifest: String,
    /// `dev`, `staging` or `prod`.
    pub environment: String,
    /// Hashes of what statements speak of.
    pub baseline: Baseline,
    /// The ids of the policies that apply to the agent and are enforced.
    pub enforced: Vec<String>,
    /// The ids of those that apply and are evaluated only: all of them while the agent is observed.
    pub shadow: Vec<String>,
}

impl Subject {
    pub(super) fn of(setup: &Setup, grades: &[EnforcementGrade]) -> Self {
        let profile = &setup.profile;
        Self {
            id: profile.id.to_string(),
            name: profile.name.clone(),
            owner: profile.owner.person.clone(),
            team: profile.owner.team.to_string(),
            contact: profile.owner.contact.clone(),
            risk_level: profile.risk_level.to_string(),
            mode: setup.mode.to_string(),
            grades: grades.iter().map(ToString::to_string).collect(),
            purpose: profile.purpose.clone(),
        }
    }
}

impl CatalogueUsed {
    pub(crate) fn of(catalogue: &Catalogue, made_on: Date) -> Self {
        Self {
            version: catalogue.version,
            as_of: catalogue.as_of,
            warning: catalogue.review(made_on),
        }
    }
}

impl LogUsed {
    pub(super) fn of(log: &Log) -> Self {
        let witness = |(name, size): &(String, u64)| Witnessed { name: name.clone(), size: *size };
        Self {
            origin: log.origin.clone(),
            size: log.size,
            root: log.root.clone(),
            first_kept: log.first_kept,
            signed: log.signed,
            checkpoint_at: log.checkpoint_at,
            clock_behind_seconds: log.behind_seconds,
            witnesses: log.witnesses.iter().map(witness).collect(),
        }
    }
}

impl PolicyUsed {
    pub(super) fn of(setup: &Setup) -> Self {
        let observed = setup.mode == Mode::Observe;
        let ids = |shadow: bool| {
            let policies = setup.policies.iter();
            let chosen =
                policies.filter(|policy| policy.applies && (policy.shadow || observed) == shadow);
            chosen.map(|policy| policy.id.clone()).collect()
        };
        Self {
            manifest: setup.manifest.clone(),
            environment: setup.environment.clone(),
            baseline: setup.baseline.clone(),
            enforced: ids(false),
            shadow: ids(true),
        }
    }
}
