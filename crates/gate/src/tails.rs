//! The ends of what was sent, against values that are split over messages.

use std::num::NonZeroUsize;

use lru::LruCache;
use parking_lot::Mutex;
use syndic_detect::{Context, Evasion, OverBudget, Tail};
use syndic_governance::Governance;
use syndic_model::{ActionRequest, AgentId, SessionId};
use syndic_policy::{Detected, Facts};

use crate::detect::{context, count};

/// How many agents and sessions are kept in mind; one that is forgotten begins anew.
const MOST: NonZeroUsize = NonZeroUsize::new(16_384).unwrap();

/// The end of what each agent sent, in each session. It is in memory alone, and gone with the process.
#[derive(Debug)]
pub(crate) struct Tails(Mutex<LruCache<(AgentId, Option<SessionId>), Tail>>);

impl Default for Tails {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MOST)))
    }
}

impl Tails {
    /// Finds what the content holds together with what was sent before, and takes note of it.
    pub(crate) fn join(
        &self,
        governance: &Governance,
        request: &ActionRequest,
        facts: &Facts,
    ) -> Result<Detected, OverBudget> {
        let Some(content) = &facts.content else { return Ok(Detected::default()) };
        let before = {
            let mut tails = self.0.lock();
            let key = (request.agent.clone(), request.session_id.clone());
            let tail = tails.get_or_insert_mut(key, Tail::default);
            let before = tail.clone();
            tail.push(content);
            before
        };
        let around = Context { tail: Some(&before), ..context(governance) };
        let end = content.floor_char_boundary(Tail::LENGTH.min(content.len()));
        let beginning = content.get(..end).unwrap_or_default();
        let mut found = governance.scanner.scan(beginning, &around)?;
        found.retain(|finding| finding.evidence.evasion == Some(Evasion::Messages));
        Ok(count(governance, request, facts, beginning, &found))
    }
}
