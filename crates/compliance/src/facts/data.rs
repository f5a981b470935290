//! What an agent read, sent, and had taken out of its results.

use syndic_ledger::{Decision, Leaf, Outcome};

use super::count::counts;
use super::days::{Days, day};
use super::distinct::Distinct;
use super::named::Named;

counts! {
    /// Actions and results with data in them.
    Handled:
    /// Allowed actions that send something to somebody.
    sent,
    /// Results of which something was taken out.
    redacted,
    /// Results that did not go back.
    withheld,
    /// Results with such data that went back all the same, since the agent is only observed.
    observed,
}

/// What an agent read, sent, and had taken out of its results.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Data {
    /// Who was sent something.
    pub(crate) recipients: Distinct,
    /// What allowed actions left on their sessions.
    pub(crate) labels: Named<64>,
    /// Kinds that were found in results, redacted, withheld or let through.
    pub(crate) kinds: Named<256>,
    pub(crate) results: Days<Handled>,
    /// Declared actions that ran.
    pub(crate) ran: Named<1024>,
    /// Declared actions that were stopped.
    pub(crate) stopped: Named<1024>,
}

impl Data {
    pub(super) fn decided(&mut self, decision: &Decision, leaf: &Leaf) {
        if !decision.undeclared {
            let actions = if decision.allowed { &mut self.ran } else { &mut self.stopped };
            actions.see(&decision.action, leaf);
        }
        if !decision.allowed {
            return;
        }
        for label in &decision.labels {
            self.labels.see(label, leaf);
        }
        let recipients = &decision.counted.recipients;
        if recipients.is_empty() {
            return;
        }
        for recipient in recipients {
            self.recipients.see(recipient, day(leaf.at));
        }
        if let Some(day) = self.results.at(leaf.at) {
            day.records.see(leaf.i);
            day.sent.see(leaf.i);
        }
    }

    pub(super) fn ended(&mut self, outcome: &Outcome, leaf: &Leaf) {
        let Some(filtered) = &outcome.filtered else { return };
        for kind in filtered.redacted.union(&filtered.withheld) {
            self.kinds.see(kind, leaf);
        }
        if let Some(day) = self.results.at(leaf.at) {
            day.records.see(leaf.i);
            day.redacted.see_if(!filtered.redacted.is_empty() && !filtered.observed, leaf.i);
            day.withheld.see_if(!filtered.withheld.is_empty() && !filtered.observed, leaf.i);
            day.observed.see_if(filtered.observed, leaf.i);
        }
    }
}
