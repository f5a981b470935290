//! Whether verdicts were enforced for an agent, and when people stepped in.

use jiff::Timestamp;
use syndic_ledger::{AgentPromoted, AgentSwitched, Leaf, Record};

use super::count::counts;
use super::days::Days;

/// How the reason begins for which a drill stops an agent.
const DRILL: &str = "drill:";

counts! {
    /// How people stepped in on a day.
    SteppedIn:
    /// Its verdicts were not enforced any more.
    observed,
    /// Somebody signed that they be enforced.
    promoted,
    /// It was stopped.
    suspended,
    /// It could act again.
    resumed,
    /// It was stopped to see whether it can be.
    drilled,
    /// Somebody asked for a break-glass.
    asked,
    /// A second person agreed to it.
    opened,
    /// A third looked at what was done.
    reviewed,
}

/// Whether verdicts were enforced for an agent, and when people stepped in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Enforcement {
    pub(crate) days: Days<SteppedIn>,
    /// The last signature that verdicts be enforced, its record, and when it was made.
    pub(crate) promoted: Option<(u64, Timestamp, AgentPromoted)>,
    /// The last time that somebody stopped it or let it act again, and the record of it.
    pub(crate) switched: Option<(u64, AgentSwitched)>,
    /// Break-glasses that were opened, and that nobody looked at yet.
    pub(crate) unreviewed: u64,
    /// What it asked for last was only observed.
    observed: Option<bool>,
}

impl Enforcement {
    pub(super) fn see(&mut self, leaf: &Leaf) {
        if let Record::Decision(decision) = &leaf.record {
            let observed = decision.mode == "observe";
            if self.observed.replace(observed) == Some(false) && observed {
                self.step(leaf, |day| day.observed.see(leaf.i));
            }
        } else if let Record::AgentPromoted(promoted) = &leaf.record {
            self.promoted = Some((leaf.i, leaf.at, promoted.clone()));
            self.step(leaf, |day| day.promoted.see(leaf.i));
        } else if let Record::AgentSuspended(switched) = &leaf.record {
            if switched.reason.starts_with(DRILL) {
                self.step(leaf, |day| day.drilled.see(leaf.i));
            } else {
                self.switched = Some((leaf.i, switched.clone()));
                self.step(leaf, |day| day.suspended.see(leaf.i));
            }
        } else if let Record::AgentResumed(switched) = &leaf.record {
            if !switched.reason.starts_with(DRILL) {
                self.switched = Some((leaf.i, switched.clone()));
                self.step(leaf, |day| day.resumed.see(leaf.i));
            }
        } else {
            self.glass(leaf);
        }
    }

    fn glass(&mut self, leaf: &Leaf) {
        if let Record::BreakGlassAsked(_) = leaf.record {
            self.step(leaf, |day| day.asked.see(leaf.i));
        } else if let Record::BreakGlassOpened(_) = leaf.record {
            self.unreviewed += 1;
            self.step(leaf, |day| day.opened.see(leaf.i));
        } else if let Record::BreakGlassReviewed(_) = leaf.record {
            self.unreviewed = self.unreviewed.saturating_sub(1);
            self.step(leaf, |day| day.reviewed.see(leaf.i));
        }
    }

    fn step(&mut self, leaf: &Leaf, count: impl FnOnce(&mut SteppedIn)) {
        if let Some(day) = self.days.at(leaf.at) {
            day.records.see(leaf.i);
            count(day);
        }
    }
}
