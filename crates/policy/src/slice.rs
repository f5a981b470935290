//! The policies that can speak about one agent and one action.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use lru::LruCache;
use syndic_model::Counter;

use crate::entities::{Action, Agent};
use crate::paths::Paths;
use crate::reason::Template;
use crate::residue::Residue;
use crate::rule::Rule;
use crate::usage;

/// How many slices are kept.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// A small part of the policy set with the same answers about its agent and action.
#[derive(Debug)]
pub(crate) struct Slice {
    pub(crate) rules: Vec<Arc<Rule>>,
    /// What they read of the context.
    pub(crate) reads: Paths,
    /// What they, and their reasons, read below `context.call.usage`.
    pub(crate) counters: Vec<Counter>,
    /// One that is enforced reads the time.
    pub(crate) obeys_time: bool,
    /// What is left of their conditions, in the order of `rules`.
    pub(crate) residues: OnceLock<Box<[Residue]>>,
}

impl Slice {
    pub(crate) fn cut(agent: &Agent, action: &Action, limits: usize) -> Self {
        let rules = action.rules.iter().filter(|rule| rule.concerns(agent));
        let mut rules: Vec<_> = rules.map(Arc::clone).collect();
        // The order of checks that pass, so that most requests find nothing to sort.
        rules.sort_by(|a, b| a.marks.order().cmp(&b.marks.order()));
        Self::of(rules, limits)
    }

    pub(crate) fn of(rules: Vec<Arc<Rule>>, limits: usize) -> Self {
        let mut reads = Paths::nothing();
        for rule in &rules {
            reads.join(&rule.condition.reads);
        }
        let obeys_time = rules.iter().any(|rule| rule.reads.time && !rule.marks.shadow);
        let told = rules.iter().filter_map(|rule| rule.marks.reason.as_ref());
        let mut counters = usage::counters(&reads, limits);
        counters.extend(told.flat_map(Template::counters));
        counters.sort_unstable();
        counters.dedup();
        Self { rules, reads, counters, obeys_time, residues: OnceLock::new() }
    }
}

/// Slices as they are needed, the least used thrown away.
#[derive(Debug)]
pub(crate) struct Slices {
    rules: Vec<Arc<Rule>>,
    limits: usize,
    cut: Mutex<LruCache<(usize, usize), Arc<Slice>>>,
}

impl Slices {
    pub(crate) fn new(rules: Vec<Arc<Rule>>, limits: usize) -> Self {
        Self { rules, limits, cut: Mutex::new(LruCache::new(CAPACITY)) }
    }

    pub(crate) fn rules(&self) -> &[Arc<Rule>] {
        &self.rules
    }

    pub(crate) fn of(&self, agent: &Agent, action: &Action) -> Arc<Slice> {
        let key = (agent.number, action.number);
        if let Some(slice) = self.cut().get(&key) {
            return Arc::clone(slice);
        }
        // The lock is free meanwhile; who cuts the same slice cuts the same.
        let slice = Arc::new(Slice::cut(agent, action, self.limits));
        self.cut().put(key, Arc::clone(&slice));
        slice
    }

    /// Cuts a slice that is not kept, for who looks at many that nobody asks for.
    pub(crate) fn passing(&self, agent: &Agent, action: &Action) -> Slice {
        Slice::cut(agent, action, self.limits)
    }

    fn cut(&self) -> MutexGuard<'_, LruCache<(usize, usize), Arc<Slice>>> {
        self.cut.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
