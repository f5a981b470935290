//! What does a change of the governance directory open, and what does it close?

use std::collections::BTreeSet;

use cedar_policy::{Effect, Policy, PolicySet};
use syndic_model::{ActionName, AgentId, AgentProfile, CatalogueEntry};

use crate::concrete::{self, merged_schema};
use crate::host;
use crate::solver::{Answer, Question};
use crate::witness::{Witness, witness};
use crate::world::in_force;
use crate::{Level, Solver, Subject, World};

/// What became of one agent and action.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The agent.
    pub agent: AgentId,
    /// The action; `None` is every action of the agent.
    pub action: Option<ActionName>,
    /// How the new compares with the old.
    pub relation: Relation,
    /// A request that the new one allows and the old one does not.
    pub opened: Option<(Level, Witness)>,
    /// A request that the old one allows and the new one does not.
    pub closed: Option<(Level, Witness)>,
}

/// How what is allowed after a change compares with what was allowed before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relation {
    /// The same is allowed, and the same is held.
    Equivalent,
    /// Something is no longer allowed, and nothing more is.
    Stricter,
    /// Something more is allowed, and nothing less.
    Looser,
    /// Something more and something less.
    Incomparable,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// The catalogue declares the action otherwise: the requests themselves are not the same.
    Redeclared,
    /// The agent's mode was `enforce` and is `observe`: nothing stops it any more.
    NoLongerEnforced,
    /// The agent's mode was `observe` and is `enforce`.
    NowEnforced,
    /// Nothing is known, and why: to be taken for looser.
    Undecided(String),
}

/// Compares every agent and action of both; `told` hears which one is next.
///
/// # Errors
/// When the two schemas do not go together.
pub async fn diff(
    old: &World<'_>,
    new: &World<'_>,
    solver: &mut Solver,
    told: &mut dyn FnMut(&AgentId, &ActionName),
) -> Result<Vec<Change>, String> {
    let mut changes = outlines(old, new);
    let schema = merged_schema(
        old.subject.engine.schema_text(),
        new.subject.engine.schema_text(),
        &new.named.clone().and(old.named.clone()),
    )?;
    let environments = new.environments_of(&schema);
    for (id, after) in new.subject.agents {
        let Some(before) = old.subject.agents.get(id) else { continue };
        let old_side = Side::new(old, before, after)?;
        let new_side = Side::new(new, after, after)?;
        for (action, environment) in &environments {
            let Some(entry) = same_entry(old, new, action) else { continue };
            told(id, action);
            let question = Question { schema: &schema, environment };
            let pair = Pair { old: &old_side, new: &new_side, action, entry };
            changes.push(pair.compare(question, solver).await);
        }
    }
    changes.sort_by(|a, b| (&a.agent, &a.action).cmp(&(&b.agent, &b.action)));
    Ok(changes)
}

/// Tells what needs no solver: what is new, what is gone, what is declared otherwise.
#[must_use]
pub fn outlines(old: &World<'_>, new: &World<'_>) -> Vec<Change> {
    use syndic_model::Mode::{Enforce, Observe};
    let mut changes = Vec::new();
    let mut change = |agent: &AgentId, action: Option<&ActionName>, relation| {
        let (agent, action) = (agent.clone(), action.cloned());
        changes.push(Change { agent, action, relation, opened: None, closed: None });
    };
    for agent in old.subject.agents.keys().filter(|id| !new.subject.agents.contains_key(*id)) {
        change(agent, None, Relation::Removed);
    }
    for (agent, after) in new.subject.agents {
        let Some(before) = old.subject.agents.get(agent) else {
            change(agent, None, Relation::Added);
            continue;
        };
        match (before.mode, after.mode) {
            (Enforce, Observe) => change(agent, None, Relation::NoLongerEnforced),
            (Observe, Enforce) => change(agent, None, Relation::NowEnforced),
            (Enforce, Enforce) | (Observe, Observe) => {}
        }
        let (olds, news) = (old.subject.catalogue, new.subject.catalogue);
        let actions: BTreeSet<&ActionName> = olds.keys().chain(news.keys()).collect();
        for action in actions {
            match (olds.contains_key(action), news.contains_key(action)) {
                (true, false) => change(agent, Some(action), Relation::Removed),
                (false, _) => change(agent, Some(action), Relation::Added),
                (true, true) if same_entry(old, new, action).is_none() => {
                    change(agent, Some(action), Relation::Redeclared);
                }
                (true, true) => {}
            }
        }
    }
    changes
}

/// Returns the entry of an action that both declare alike, but for how they describe it.
pub(crate) fn same_entry<'a>(
    old: &World<'a>,
    new: &World<'a>,
    action: &ActionName,
) -> Option<&'a CatalogueEntry> {
    let (before, after) = (old.subject.catalogue.get(action)?, new.subject.catalogue.get(action)?);
    let same = before.capabilities == after.capabilities
        && before.tools == after.tools
        && before.input == after.input
        && before.facts == after.facts
        && before.labels == after.labels;
    same.then_some(after)
}

/// One agent in one of the directories.
struct Side<'a> {
    agent: &'a AgentProfile,
    policies: Vec<Policy>,
    subject: Subject<'a>,
}

impl<'a> Side<'a> {
    /// Puts the policies of `world` about an agent side by side with those of a later profile.
    fn new(
        world: &World<'a>,
        agent: &'a AgentProfile,
        later: &AgentProfile,
    ) -> Result<Self, String> {
        let policies = concrete::policies(world.in_force(Level::Unattended), agent, later)?;
        Ok(Self { agent, policies, subject: world.subject })
    }

    fn set(&self, level: Level, entry: &CatalogueEntry, plain: bool) -> Result<PolicySet, String> {
        let counters = || self.subject.engine.counters(&self.agent.id, &entry.name);
        let plain = plain.then(|| {
            host::plain(entry, self.subject.environment, &counters().into_iter().collect())
        });
        concrete::asked(in_force(&self.policies, level), self.agent, entry, plain)
    }
}

struct Pair<'a> {
    old: &'a Side<'a>,
    new: &'a Side<'a>,
    action: &'a ActionName,
    entry: &'a CatalogueEntry,
}

impl Pair<'_> {
    async fn compare(&self, question: Question<'_>, solver: &mut Solver) -> Change {
        let (mut opened, mut closed) = (None, None);
        let mut why = self.fallible(question, solver).await;
        for level in [Level::Unattended, Level::Approved] {
            let more = self.beyond(level, true, question, solver).await;
            let less = self.beyond(level, false, question, solver).await;
            match (more, less) {
                (Ok(more), Ok(less)) => {
                    opened = opened.or(more.map(|witness| (level, witness)));
                    closed = closed.or(less.map(|witness| (level, witness)));
                }
                (Err(reason), _) | (_, Err(reason)) => why = Some(reason),
            }
        }
        let relation = match (why, &opened, &closed) {
            (Some(why), None, _) => Relation::Undecided(why),
            (_, Some(_), Some(_)) => Relation::Incomparable,
            (_, Some(_), None) => Relation::Looser,
            (None, None, Some(_)) => Relation::Stricter,
            (None, None, None) => Relation::Equivalent,
        };
        let (agent, action) = (self.new.agent.id.clone(), Some(self.action.clone()));
        Change { agent, action, relation, opened, closed }
    }

    /// Looks for a request that only one side allows.
    async fn beyond(
        &self,
        level: Level,
        opened: bool,
        question: Question<'_>,
        solver: &mut Solver,
    ) -> Result<Option<Witness>, String> {
        let (wide, by) = if opened { (self.new, self.old) } else { (self.old, self.new) };
        let by = by.set(level, self.entry, false)?;
        let plain = wide.set(level, self.entry, true);
        let wide = wide.set(level, self.entry, false)?;
        if wide == by {
            return Ok(None);
        }
        let found = match solver.implies(question, &wide, &by).await {
            Answer::Holds => return Ok(None),
            Answer::Unknown(why) => return Err(why),
            Answer::Fails(found) => found,
        };
        if let Ok(plain) = plain
            && let Answer::Fails(found) = solver.implies(question, &plain, &by).await
            && let Some(witness) = witness(&found, &plain, &by, Some(self.entry))
        {
            return Ok(Some(witness));
        }
        let told = witness(&found, &wide, &by, Some(self.entry));
        told.map(Some).ok_or_else(|| "Cedar does not agree with the solver's request".to_owned())
    }

    /// Finds an old forbid that is gone or changed and could fail: the gate denies then, and the solver does not know.
    async fn fallible(&self, question: Question<'_>, solver: &mut Solver) -> Option<String> {
        let kept: BTreeSet<_> = self.new.policies.iter().filter_map(Policy::to_cedar).collect();
        for policy in self.old.policies.iter().filter(|policy| policy.effect() == Effect::Forbid) {
            if policy.to_cedar().is_some_and(|text| kept.contains(&text)) {
                continue;
            }
            match solver.never_errors(question, policy).await {
                Ok(true) => {}
                Ok(false) => {
                    let id = policy.annotation("id").unwrap_or_default();
                    return Some(format!("`{id}`, changed or gone, could fail, which denied"));
                }
                Err(why) => return Some(why),
            }
        }
        None
    }
}
