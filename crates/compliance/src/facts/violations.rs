//! What stood in the way of an agent's actions.

use syndic_ledger::{Acted, Leaf};

use super::count::counts;
use super::days::Days;
use super::named::Named;

counts! {
    /// Actions that something stood in the way of.
    Stopped:
    /// Those that a policy in force stood in the way of.
    enforced,
    /// Those that a policy would have, that is only evaluated.
    shadowed,
}

/// What stood in the way of an agent's actions, by policy and severity; an action counts for each of its policies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Violations {
    pub(crate) policies: Named<256>,
    pub(crate) severities: Named<8>,
    pub(crate) actions: Days<Stopped>,
}

impl Violations {
    pub(super) fn see(&mut self, acted: &Acted<'_>, leaf: &Leaf) {
        let (mut enforced, mut shadowed) = (false, false);
        for violation in acted.violations {
            shadowed |= violation.shadow;
            enforced |= !violation.shadow;
            if !violation.shadow {
                self.policies.see(&violation.policy, leaf);
                self.severities.see(&violation.severity, leaf);
            }
        }
        if (enforced || shadowed)
            && let Some(day) = self.actions.at(leaf.at)
        {
            day.records.see(leaf.i);
            day.enforced.see_if(enforced, leaf.i);
            day.shadowed.see_if(shadowed, leaf.i);
        }
    }
}
