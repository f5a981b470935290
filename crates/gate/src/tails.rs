//! The ends of what was sent, against values that are split over messages.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use lru::LruCache;
use parking_lot::Mutex;
use syndic_detect::{Context, Evasion, OverBudget, Tail};
use syndic_governance::Governance;
use syndic_model::{ActionRequest, AgentId};
use syndic_policy::{Detected, Facts};

use crate::detect::{context, count};

/// How many agents and destinations are kept in mind; one that is forgotten begins anew.
const MOST: NonZeroUsize = NonZeroUsize::new(16_384).unwrap();

/// The end of what each agent sent, by whom it went to, whatever the session. It is in memory alone, and gone with the
/// process.
#[derive(Debug)]
pub(crate) struct Tails(Mutex<LruCache<Way, Tail>>);

/// From an agent to recipients.
type Way = (AgentId, BTreeSet<String>);

impl Default for Tails {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MOST)))
    }
}

impl Tails {
    /// Finds what the content holds together with what was sent the same way before.
    pub(crate) fn join(
        &self,
        governance: &Governance,
        request: &ActionRequest,
        facts: &Facts,
    ) -> Result<Detected, OverBudget> {
        let Some(content) = &facts.content else { return Ok(Detected::default()) };
        let before = self.0.lock().get(&way(request, facts)).cloned();
        let Some(before) = before else { return Ok(Detected::default()) };
        let around = Context { tail: Some(&before), ..context(governance) };
        let end = content.floor_char_boundary(Tail::LENGTH.min(content.len()));
        let beginning = content.get(..end).unwrap_or_default();
        let mut found = governance.scanner.scan(beginning, &around)?;
        found.retain(|finding| finding.evidence.evasion == Some(Evasion::Messages));
        Ok(count(governance, request, facts, beginning, &found))
    }

    /// Takes note of what may be sent.
    pub(crate) fn note(&self, request: &ActionRequest, facts: &Facts) {
        if let Some(content) = &facts.content {
            let mut tails = self.0.lock();
            tails.get_or_insert_mut(way(request, facts), Tail::default).push(content);
        }
    }
}

fn way(request: &ActionRequest, facts: &Facts) -> Way {
    (request.agent.clone(), facts.recipients.clone().unwrap_or_default())
}
