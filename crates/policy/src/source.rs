//! What a policy set is made of, and what loading it says.

use std::collections::{BTreeMap, BTreeSet};

use syndic_model::{
    ActionName, AgentId, AgentProfile, CalendarName, CatalogueEntry, Finding, GroupName, TeamName,
};

use crate::Engine;

/// One `.cedar` file, read by somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFile {
    /// Path relative to the governance directory, such as `policies/org/limits.cedar`.
    pub path: String,
    /// The team, for files in `policies/teams/<team>/`; its policies may only restrict, and only its agents.
    pub team: Option<TeamName>,
    /// The text of the file.
    pub text: String,
}

/// Everything a policy set depends on.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The agents, by id.
    pub agents: &'a BTreeMap<AgentId, AgentProfile>,
    /// The action catalogue, by id.
    pub catalogue: &'a BTreeMap<ActionName, CatalogueEntry>,
    /// The ids of the calendars.
    pub calendars: &'a BTreeSet<CalendarName>,
    /// The groups of approvers; `None` where they are not known, and any may be named.
    pub groups: Option<&'a BTreeSet<GroupName>>,
    /// The kinds of personal data that are looked for; none where they are not known, and any may be named.
    pub pii: &'a BTreeSet<String>,
    /// The policy files, in the order in which their policies are shown.
    pub files: &'a [PolicyFile],
}

/// The outcome of loading.
#[derive(Debug)]
pub struct Loaded {
    /// The policy set; absent exactly when a finding is an error.
    pub engine: Option<Engine>,
    /// What is wrong, or worth knowing: errors first, then by place.
    pub findings: Vec<Finding>,
}
