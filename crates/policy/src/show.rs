//! Every policy as it is in force, for people to read.

use std::fmt;

use syndic_model::{ActionName, AgentId, Place, PolicyId, Severity};

/// Where a policy comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Compiled from the profile of one agent.
    Profile(AgentId),
    /// Compiled once for the profiles of all agents.
    EveryProfile,
    /// Compiled from an entry of the catalogue.
    Catalogue(ActionName),
    /// Written in a file.
    File(Place),
    /// Written in Rust, in the program that embeds the engine.
    Native,
}

/// One policy in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its `@id`; compiled policies share theirs between agents.
    pub id: PolicyId,
    /// Where it comes from.
    pub origin: Origin,
    /// What its scope says, such as `principal, action == Action::"pay", resource`.
    pub scope: String,
    /// `permit` or `forbid`.
    pub effect: &'static str,
    /// How bad a violation is.
    pub severity: Severity,
    /// Evaluated and recorded, never enforced.
    pub shadow: bool,
    /// All annotations, by name.
    pub annotations: Vec<(String, String)>,
    /// The Cedar text that is evaluated, with what the loader added to it; empty for a native policy.
    pub text: String,
}

/// The policies in force that share an id, without their texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Their `@id`.
    pub id: PolicyId,
    /// Where the first of them comes from.
    pub origin: Origin,
    /// `permit` or `forbid`.
    pub effect: &'static str,
    /// How bad a violation is.
    pub severity: Severity,
    /// None of them is enforced.
    pub shadow: bool,
    /// How many there are; compiled policies share theirs.
    pub count: usize,
}

impl Origin {
    /// Returns the place to mend when the policy is wrong.
    pub(crate) fn place(&self) -> Place {
        let file = |file: String| Place { file, position: None };
        match self {
            Self::Profile(agent) => file(format!("agents/{agent}.yaml")),
            Self::EveryProfile => file("agents".to_owned()),
            Self::Catalogue(_) => file("actions".to_owned()),
            Self::File(place) => place.clone(),
            Self::Native => file("native".to_owned()),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile(agent) => write!(f, "profile of {agent}"),
            Self::EveryProfile => f.write_str("every profile"),
            Self::Catalogue(action) => write!(f, "catalogue entry {action}"),
            Self::File(place) => place.fmt(f),
            Self::Native => f.write_str("native"),
        }
    }
}
