//! How the gate and its agents are.

mod finding;

use jiff::Timestamp;
use syndic_approval::BreakGlass;
use syndic_model::{BreakGlassStatus, WitnessState};

use crate::Gate;

pub(crate) use self::finding::Vitals;
pub use self::finding::{GovernanceHealth, HealthFinding, HealthSeverity, HealthState};

/// How the gate is.
#[derive(Debug, Clone)]
pub struct Health {
    /// Whether decisions can be recorded.
    pub ledger_open: bool,
    /// Records on disk.
    pub records: u64,
    /// Records the search index has seen.
    pub indexed_through: u64,
    /// Whether it follows the ledger. Where it does not, decisions go on; repeats, late outcomes and what is read of
    /// the ledger fail until a restart.
    pub index_follows: bool,
    /// Allowed actions whose outcome is awaited.
    pub open_actions: usize,
    /// Sessions that are kept in mind.
    pub sessions: usize,
    /// Agents that are stopped; `*` for all.
    pub suspended: Vec<String>,
    /// Requests for approval that wait for people.
    pub approvals_pending: usize,
    /// Since when the oldest of them waits.
    pub oldest_approval: Option<Timestamp>,
    /// Agents for which a break-glass is open.
    pub break_glass_open: Vec<String>,
    /// How many break-glasses wait for somebody to sign what was done.
    pub break_glass_reviews: usize,
    /// Whether the host's clock is usable.
    pub clock_sane: bool,
    /// How the witnesses of the ledger are.
    pub witnesses: Vec<WitnessState>,
}

impl Gate {
    /// Tells how the gate is.
    #[must_use]
    pub fn health(&self) -> Health {
        let statistics = self.store.statistics();
        let state = self.state();
        let reading = self.read_clock();
        let glasses = |status| {
            state.break_glasses.iter().filter(move |one| one.status(reading.now) == status)
        };
        let agent = |one: &BreakGlass| one.wish.agent.to_string();
        Health {
            ledger_open: self.store.is_open(),
            records: statistics.records,
            indexed_through: statistics.indexed_through,
            index_follows: self.store.is_followed(),
            open_actions: state.open_actions(),
            sessions: state.session_count(),
            suspended: state.suspended_names(),
            approvals_pending: state.approvals.pending_count(),
            oldest_approval: state.approvals.oldest_pending(),
            break_glass_open: glasses(BreakGlassStatus::Open).map(agent).collect(),
            break_glass_reviews: glasses(BreakGlassStatus::Review).count(),
            clock_sane: reading.sane,
            witnesses: self.witnesses().clone(),
        }
    }
}
