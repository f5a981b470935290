//! What an agent asked for, what was decided, and what became of it.

use syndic_ledger::{Audited, Decision, DecisionApproval, Leaf, Record};

use super::count::counts;
use super::days::Days;
use super::open::Action;

counts! {
    /// What an agent asked for on a day; how it ended is counted on the day of the decision.
    Calls:
    /// Decided.
    decided,
    /// Let run, whatever the verdict.
    allowed,
    /// Decided to be allowed.
    clean,
    /// Decided to be denied.
    denied,
    /// Decided to wait for people.
    held,
    /// Decided while the agent was only observed.
    observed,
    /// Let run although the verdict was another.
    let_through,
    /// Decided on a path that the agent can leave out.
    advisory,
    /// Of an action that no catalogue has.
    undeclared,
    /// Of these, denied.
    undeclared_denied,
    /// Stopped by a limit, or it would have been.
    over_limit,
    /// Allowed since a break-glass was open.
    broke_glass,
    /// Without something that a record of a decision must have.
    incomplete,
    /// Ran, and ended well.
    succeeded,
    /// Ran, and ended with an error.
    failed,
    /// Allowed, and nothing was heard of it in time.
    missing,
    /// Of these, heard of later.
    late,
    /// Ran, or may have, and people had to be asked.
    gated,
    /// Of these, by an approval.
    approved,
    /// Ran as an audited function.
    audited,
}

/// The policies that bound how often and how much.
const LIMITS: [&str; 3] = ["transaction-limit", "rate-limit", "spend-limit"];

impl Days<Calls> {
    pub(super) fn see(&mut self, leaf: &Leaf) {
        if let Record::Decision(decision) = &leaf.record {
            if let Some(day) = self.at(leaf.at) {
                day.decided(decision, leaf.i);
            }
        } else if let Record::Audited(audited) = &leaf.record
            && let Some(day) = self.at(leaf.at)
        {
            day.audited(audited, leaf.i);
        }
    }

    /// Counts what became of an action, on the day it was decided on.
    pub(super) fn ended(&mut self, action: &Action, leaf: &Leaf) {
        let Some(day) = self.on(action.day) else { return };
        day.records.see(leaf.i);
        // What was allowed, and of which nothing was heard, may have run.
        if !action.missing {
            day.gated.see_if(action.gated, leaf.i);
            day.approved.see_if(action.approved, leaf.i);
        }
        let Record::Outcome(outcome) = &leaf.record else {
            day.missing.see(leaf.i);
            return;
        };
        if action.missing {
            day.missing.take_back();
            day.late.see(leaf.i);
        }
        if outcome.status == "ok" {
            day.succeeded.see(leaf.i);
        } else {
            day.failed.see(leaf.i);
        }
    }
}

impl Calls {
    fn decided(&mut self, decision: &Decision, index: u64) {
        self.records.see(index);
        self.decided.see(index);
        self.allowed.see_if(decision.allowed, index);
        match decision.effect.as_str() {
            "allow" => self.clean.see(index),
            "hold" => self.held.see(index),
            _ => self.denied.see(index),
        }
        let stopped = decision.effect != "allow";
        self.observed.see_if(decision.mode == "observe", index);
        self.let_through.see_if(stopped && decision.allowed, index);
        self.advisory.see_if(decision.grade == "advisory", index);
        self.undeclared.see_if(decision.undeclared, index);
        self.undeclared_denied.see_if(decision.undeclared && !decision.allowed, index);
        let mut violations = decision.violations.iter().filter(|violation| !violation.shadow);
        let limited = violations.any(|violation| LIMITS.contains(&violation.policy.as_str()));
        self.over_limit.see_if(limited, index);
        self.broke_glass.see_if(!decision.break_glass.is_empty(), index);
        self.incomplete.see_if(is_incomplete(decision), index);
    }

    fn audited(&mut self, audited: &Audited, index: u64) {
        self.records.see(index);
        self.audited.see(index);
        let incomplete = audited.agent_version == "unknown" || audited.revision.is_empty();
        self.incomplete.see_if(incomplete, index);
    }
}

/// Tells whether people had to be asked before an action: an approval was used up, or something held it.
pub(super) fn is_gated(decision: &Decision) -> bool {
    let held =
        |violation: &syndic_ledger::Violation| violation.result == "held" && !violation.shadow;
    is_approved(decision) || decision.effect == "hold" || decision.violations.iter().any(held)
}

/// Tells whether an approval was used up for an action.
pub(super) const fn is_approved(decision: &Decision) -> bool {
    matches!(decision.approval, Some(DecisionApproval::Used(_)))
}

/// Tells whether a decision lacks what must be in its record. What was refused since nothing is known of its agent or
/// its arguments cannot have their version or digest; it must have the reason.
fn is_incomplete(decision: &Decision) -> bool {
    let known = decision.agent_version != "unknown" && decision.args_digest.is_some();
    let reasoned = decision.effect == "allow" || !decision.violations.is_empty();
    let named = !decision.asked_by.is_empty() && !decision.revision.is_empty();
    (decision.allowed && !known) || !reasoned || !named
}
