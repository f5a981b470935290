//! What the governance directory in force says about an agent.

use std::collections::BTreeMap;

use syndic_ledger::Baseline;
use syndic_model::{
    ActionName, AgentProfile, CatalogueEntry, ComplianceRecord, Mode, StatementField,
};

/// What the governance directory in force says about an agent. It is made from files that the data directory keeps, so
/// that a reader can make it again.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The agent.
    pub profile: AgentProfile,
    /// What people answer for in `compliance/<agent>.yaml`.
    pub record: ComplianceRecord,
    /// What each statement of that file spoke of on its day, and when it came into the file; none where that is not kept
    /// any more.
    pub spoke_of: BTreeMap<StatementField, Vec<Baseline>>,
    /// Whether verdicts are enforced for it now, promotions included.
    pub mode: Mode,
    /// The actions of the catalogue.
    pub catalogue: BTreeMap<ActionName, CatalogueEntry>,
    /// The agents that the directory has.
    pub agents: Vec<String>,
    /// `dev`, `staging` or `prod`.
    pub environment: String,
    /// The manifest's hash.
    pub manifest: String,
    /// What statements speak of, as it is now.
    pub baseline: Baseline,
    /// The hash of the policies that was in the baseline while the agent was only observed by what bounds it now: what was
    /// stated then holds on when it is promoted. None while it is observed.
    pub policy_before_promotion: Option<String>,
    /// The policies in force.
    pub policies: Vec<Control>,
    /// What the tests of the policies say of the directory in force; `None` where it has none.
    pub tests: Option<TestRun>,
    /// How long records are kept.
    pub retention: Retention,
    /// The sinks that carry the audit trail elsewhere.
    pub sinks: Vec<String>,
    /// Witnesses that are asked to cosign.
    pub witnesses: Vec<String>,
    /// Tools whose definition is pinned, by server.
    pub pins: BTreeMap<String, u64>,
    /// Kinds of sensitive data that are looked for.
    pub kinds: Vec<String>,
    /// Message channels that tell people of requests for approval.
    pub channels: Vec<String>,
}

/// A policy in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// Its id.
    pub id: String,
    /// The ids of controls it says it is about.
    pub controls: Vec<String>,
    /// It is evaluated, not enforced.
    pub shadow: bool,
    /// It applies to the agent.
    pub applies: bool,
}

/// What the tests of the policies say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestRun {
    /// How many passed.
    pub passed: u64,
    /// How many failed.
    pub failed: u64,
    /// Policies that no test reaches.
    pub unreached: Vec<String>,
    /// The hash under which their files are kept, so that a reader can run them again.
    pub files: String,
}

/// How long records are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Days that are set.
    pub days: u32,
    /// Days below which no setting goes.
    pub floor_days: u32,
}
