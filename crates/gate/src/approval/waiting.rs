//! What waits for people, counted as it comes and goes: asking how much that is takes no look at each.

use std::collections::{BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use syndic_approval::Request;
use syndic_model::ApprovalId;

/// Requests that are pending, by agent and by when half of their time is over.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    of_agent: HashMap<String, usize>,
    half: BTreeSet<(Timestamp, ApprovalId)>,
}

impl Waiting {
    pub(crate) fn begin(&mut self, id: ApprovalId, agent: &str, request: &Request) {
        if self.half.insert((half(request), id)) {
            *self.of_agent.entry(agent.to_owned()).or_default() += 1;
        }
    }

    pub(crate) fn end(&mut self, id: ApprovalId, agent: &str, request: &Request) {
        if !self.half.remove(&(half(request), id)) {
            return;
        }
        if let Some(count) = self.of_agent.get_mut(agent) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.of_agent.remove(agent);
            }
        }
    }

    /// Returns how many wait for each agent that any wait for.
    pub(crate) const fn by_agent(&self) -> &HashMap<String, usize> {
        &self.of_agent
    }

    /// Returns those that half of their time is over for.
    pub(crate) fn half_over(&self, now: Timestamp) -> impl Iterator<Item = ApprovalId> {
        self.half.iter().take_while(move |(half, _)| *half <= now).map(|(_, id)| *id)
    }
}

fn half(request: &Request) -> Timestamp {
    let whole = request.expires.duration_since(request.opened).max(SignedDuration::ZERO);
    request.opened.saturating_add(whole / 2).unwrap_or(request.expires)
}
