//! The policies that can speak about one agent and one action.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use cedar_policy::{PolicyId as CedarId, PolicySet};
use lru::LruCache;
use syndic_model::{ActionName, AgentId};

use crate::entities::{Action, Agent};
use crate::rule::Rule;

/// How many slices are kept.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// A small part of the policy set with the same answers about its agent and action.
#[derive(Debug)]
pub(crate) struct Slice {
    pub(crate) rules: Vec<Arc<Rule>>,
    /// Where in `rules` a policy is.
    pub(crate) index: HashMap<CedarId, usize>,
    pub(crate) permits: PolicySet,
    /// Shadow policies too: each forbid answers for itself.
    pub(crate) forbids: PolicySet,
    /// A policy reads the time; in most slices none does, and none is made.
    pub(crate) reads_time: bool,
    /// One that is enforced does.
    pub(crate) obeys_time: bool,
}

impl Slice {
    fn cut(rules: &[Arc<Rule>], agent: &Agent, action: &Action) -> Self {
        let rules: Vec<Arc<Rule>> =
            rules.iter().filter(|rule| rule.concerns(agent, action)).map(Arc::clone).collect();
        let set = |permits: bool| {
            let chosen = rules.iter().filter(|rule| rule.is_permit() == permits);
            PolicySet::from_policies(chosen.map(|rule| rule.lean.clone())).ok()
        };
        // Ids are unique since load; were they not, nothing would be permitted.
        let (permits, forbids) = set(true).zip(set(false)).unwrap_or_default();
        let index =
            rules.iter().enumerate().map(|(i, rule)| (rule.policy.id().clone(), i)).collect();
        let reads_time = rules.iter().any(|rule| rule.reads.time);
        let obeys_time = rules.iter().any(|rule| rule.reads.time && !rule.marks.shadow);
        Self { rules, index, permits, forbids, reads_time, obeys_time }
    }
}

/// Slices as they are needed, the least used thrown away.
#[derive(Debug)]
pub(crate) struct Slices {
    rules: Vec<Arc<Rule>>,
    cut: Mutex<LruCache<(AgentId, ActionName), Arc<Slice>>>,
}

impl Slices {
    pub(crate) fn new(rules: Vec<Arc<Rule>>) -> Self {
        Self { rules, cut: Mutex::new(LruCache::new(CAPACITY)) }
    }

    pub(crate) fn rules(&self) -> &[Arc<Rule>] {
        &self.rules
    }

    pub(crate) fn of(&self, agent: &Agent, action: &Action) -> Arc<Slice> {
        let key = (agent.profile.id.clone(), action.entry.declared.name.clone());
        let mut cut = self.cut.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cut.get_or_insert(key, || Arc::new(Slice::cut(&self.rules, agent, action))))
    }
}
