//! On which paths an agent's actions arrive, for whom, and on whose behalf.

use syndic_ledger::{Acted, Leaf, Violation};

use super::count::counts;
use super::days::Days;
use super::named::Named;

counts! {
    /// Actions by who stands behind them.
    Asked:
    /// All of them.
    actions,
    /// Those that name a user.
    users,
    /// Those that name a session.
    sessions,
    /// Those that another agent stands behind.
    delegated,
    /// Those whose claim of an agent behind them does not hold.
    broken,
    /// Those of them that ran all the same.
    broken_allowed,
}

/// On which paths an agent's actions arrive, for whom, and on whose behalf.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Callers {
    pub(crate) grades: Named<8>,
    /// The agents it acts for.
    pub(crate) behind: Named<64>,
    /// How many agents stood behind an action, by number.
    pub(crate) depths: Named<8>,
    pub(crate) actions: Days<Asked>,
}

impl Callers {
    pub(super) fn see(&mut self, acted: &Acted<'_>, leaf: &Leaf) {
        self.grades.see(acted.grade, leaf);
        for agent in acted.chain {
            self.behind.see(agent, leaf);
        }
        let depth = match acted.chain.len() {
            0 => None,
            1 => Some("1"),
            2 => Some("2"),
            3 => Some("3"),
            _ => Some("more"),
        };
        if let Some(depth) = depth {
            self.depths.see(depth, leaf);
        }
        let delegation = |violation: &Violation| violation.policy == "delegation";
        let broken = acted.violations.iter().any(delegation);
        if let Some(day) = self.actions.at(leaf.at) {
            day.records.see(leaf.i);
            day.actions.see(leaf.i);
            day.users.see_if(acted.user_ref.is_some(), leaf.i);
            day.sessions.see_if(acted.session.is_some(), leaf.i);
            day.delegated.see_if(depth.is_some(), leaf.i);
            day.broken.see_if(broken, leaf.i);
            day.broken_allowed.see_if(broken && acted.allowed, leaf.i);
        }
    }
}
