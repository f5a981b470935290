//! Does every invariant hold?

use std::time::{Duration, Instant};

use cedar_policy::{Policy, PolicySet};
use syndic_model::{ActionName, AgentProfile};

use crate::schema::Named;
use crate::solver::{Answer, Question};
use crate::witness::{Witness, witness};
use crate::{Invariant, Level, Solver, World};

/// What is known about one invariant, at one level, for one action.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    /// The `@id` of the invariant.
    pub invariant: String,
    /// The policies it is about.
    pub level: Level,
    /// The action it is about.
    pub action: ActionName,
    /// What the solver said.
    pub outcome: Outcome,
    /// How long it took to say.
    pub took: Duration,
}

/// An answer; only the first is one to rely on.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It holds for every request that can be made.
    Proved,
    /// It does not hold for this one.
    Refuted(Box<Witness>),
    /// Nothing is known, and why.
    Unknown(String),
    /// The invariant can itself fail to evaluate, and would then prove anything: it is refused.
    CanError(String),
}

/// Asks about every invariant for every action; `told` hears of each answer as it comes.
pub async fn prove(
    world: &World<'_>,
    invariants: &[Invariant],
    solver: &mut Solver,
    told: &mut dyn FnMut(&Proof),
) -> Vec<Proof> {
    let mut proofs = Vec::new();
    let texts: Vec<String> = invariants.iter().map(|one| one.policies.to_string()).collect();
    let schema = world.narrow(Named::by(texts.iter().map(String::as_str)));
    for invariant in invariants {
        for (action, environment) in world.environments() {
            let question = Question { schema: &schema, environment: &environment };
            let started = Instant::now();
            let unsound = can_error(&invariant.policies, question, solver).await;
            let mut spent = started.elapsed();
            for level in invariant.levels.iter().copied() {
                let started = Instant::now();
                let outcome = match &unsound {
                    Some(outcome) => outcome.clone(),
                    None => one(world, invariant, level, &action, question, solver).await,
                };
                let took = started.elapsed() + std::mem::take(&mut spent);
                let (invariant, action) = (invariant.id.clone(), action.clone());
                let proof = Proof { invariant, level, action, outcome, took };
                told(&proof);
                proofs.push(proof);
            }
        }
    }
    proofs
}

/// Looks for a policy of the invariant that can fail: Cedar would skip it, and the proof would be about nothing.
async fn can_error(
    spec: &PolicySet,
    question: Question<'_>,
    solver: &mut Solver,
) -> Option<Outcome> {
    let name = |policy: &Policy| {
        policy.annotation("id").map(str::to_owned).unwrap_or_else(|| policy.id().to_string())
    };
    for policy in spec.policies() {
        match solver.never_errors(question, policy).await {
            Ok(true) => {}
            Ok(false) => return Some(Outcome::CanError(name(policy))),
            Err(why) => return Some(Outcome::Unknown(why)),
        }
    }
    None
}

async fn one(
    world: &World<'_>,
    invariant: &Invariant,
    level: Level,
    action: &ActionName,
    question: Question<'_>,
    solver: &mut Solver,
) -> Outcome {
    let agents: Vec<&AgentProfile> = world.subject.agents.values().collect();
    let allowed = match world.policies(level, action, &agents, false) {
        Ok(allowed) => allowed,
        Err(why) => return Outcome::Unknown(why),
    };
    let spec = &invariant.policies;
    let found = match solver.implies(question, &allowed, spec).await {
        Answer::Holds => return Outcome::Proved,
        Answer::Unknown(why) => return Outcome::Unknown(why),
        Answer::Fails(found) => found,
    };
    let entry = world.subject.catalogue.get(action);
    // It does not hold; a request that people can make themselves says so better, where there is one.
    if let Ok(plain) = world.policies(level, action, &agents, true)
        && let Answer::Fails(found) = solver.implies(question, &plain, spec).await
        && let Some(witness) = witness(&found, &plain, spec, entry)
    {
        return Outcome::Refuted(Box::new(witness));
    }
    match witness(&found, &allowed, spec, entry) {
        Some(witness) => Outcome::Refuted(Box::new(witness)),
        None => Outcome::Unknown("Cedar does not agree with the solver's request".to_owned()),
    }
}
