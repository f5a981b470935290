//! Which policies can never do what they are there for, or can fail?

use std::time::Instant;

use cedar_policy::{
    ActionConstraint, Effect, Policy, PolicyId as CedarId, PolicySet, RequestEnv, Schema,
};
use serde_json::json;
use syndic_model::{ActionName, AgentProfile, Place, PolicyId};
use syndic_policy::Origin;

use crate::schema::Named;
use crate::solver::{Answer, Question};
use crate::world::WorldError;
use crate::{Level, Solver, World, host};

/// What the solver says about one policy of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The policy.
    pub policy: PolicyId,
    /// Where it is written.
    pub place: Place,
    /// What is doubtful about it.
    pub kind: DoubtKind,
}

/// What can be doubtful about a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DoubtKind {
    /// No request satisfies it.
    NeverMatches,
    /// It can fail to evaluate, for this action.
    CanError(ActionName),
    /// A permit: other permits permit all that it does.
    Shadowed,
    /// A permit: other policies refuse all that it permits, whichever agent asks and whoever approves.
    Overruled,
    /// Nothing is known, and why.
    Unknown(String),
}

/// Asks about every policy of a file; questions that are not asked by `until` are unknown. `told` hears which one is
/// next.
///
/// # Errors
/// When Cedar does not read what it has written.
pub async fn lint(
    world: &World<'_>,
    solver: &mut Solver,
    until: Instant,
    told: &mut dyn FnMut(&PolicyId),
) -> Result<Vec<Doubt>, WorldError> {
    let written = written(world)?;
    let mut permits: Vec<&Written> = written.iter().filter(|one| one.is_permit()).collect();
    let mut doubts = Vec::new();
    let schema = &world.narrow(Named::by([]));
    for one in &written {
        told(&one.id);
        let mut asked = Asked { world, schema, solver, one, until };
        let kinds = match asked.about(&mut permits).await {
            Ok(kinds) => kinds,
            Err(why) => vec![DoubtKind::Unknown(why)],
        };
        let doubt = |kind| Doubt { policy: one.id.clone(), place: one.place.clone(), kind };
        doubts.extend(kinds.into_iter().map(doubt));
    }
    Ok(doubts)
}

/// A policy of a file, as it is in force.
struct Written {
    id: PolicyId,
    place: Place,
    policy: Policy,
    /// The same as a permit, whatever it is.
    matching: Policy,
}

impl Written {
    fn is_permit(&self) -> bool {
        self.policy.effect() == Effect::Permit
    }

    /// Tells whether the scope names another action.
    fn speaks_of(&self, environment: &RequestEnv) -> bool {
        match self.policy.action_constraint() {
            ActionConstraint::Eq(action) => action == *environment.action(),
            ActionConstraint::Any | ActionConstraint::In(_) => true,
        }
    }
}

fn written(world: &World<'_>) -> Result<Vec<Written>, WorldError> {
    let mut written = Vec::new();
    for shown in world.subject.engine.show() {
        let Origin::File(place) = shown.origin else { continue };
        let id = CedarId::new(shown.id.as_str());
        let policy = Policy::parse(Some(id.clone()), &shown.text).map_err(WorldError::new)?;
        let mut json = policy.to_json().map_err(WorldError::new)?;
        if let Some(effect) = json.get_mut("effect") {
            *effect = json!("permit");
        }
        let matching = Policy::from_json(Some(id), json).map_err(WorldError::new)?;
        written.push(Written { id: shown.id, place, policy, matching });
    }
    Ok(written)
}

/// One policy, with what is needed to ask about it.
struct Asked<'a, 'w> {
    world: &'a World<'w>,
    schema: &'a Schema,
    solver: &'a mut Solver,
    one: &'a Written,
    until: Instant,
}

impl Asked<'_, '_> {
    /// Asks everything; a shadowed permit leaves `permits`, so that of two equal ones one stays.
    async fn about(&mut self, permits: &mut Vec<&Written>) -> Result<Vec<DoubtKind>, String> {
        let mut kinds: Vec<_> = self.can_error().await?.into_iter().collect();
        if self.never_matches().await? {
            kinds.push(DoubtKind::NeverMatches);
        } else if self.one.is_permit() {
            if self.is_shadowed(permits).await? {
                permits.retain(|permit| permit.id != self.one.id);
                kinds.push(DoubtKind::Shadowed);
            } else if self.is_overruled().await? {
                kinds.push(DoubtKind::Overruled);
            }
        }
        Ok(kinds)
    }

    async fn can_error(&mut self) -> Result<Option<DoubtKind>, String> {
        for (action, environment) in self.environments() {
            self.in_time()?;
            let question = Question { schema: self.schema, environment: &environment };
            if !self.solver.never_errors(question, &self.one.policy).await? {
                return Ok(Some(DoubtKind::CanError(action)));
            }
        }
        Ok(None)
    }

    async fn never_matches(&mut self) -> Result<bool, String> {
        self.each(|asked, action| Ok((asked.matching(action, false)?, PolicySet::new()))).await
    }

    async fn is_shadowed(&mut self, permits: &[&Written]) -> Result<bool, String> {
        let others = permits.iter().filter(|permit| permit.id != self.one.id);
        let others = PolicySet::from_policies(others.map(|permit| permit.policy.clone()))
            .map_err(|fault| fault.to_string())?;
        if others.is_empty() {
            return Ok(false);
        }
        self.each(|asked, action| Ok((asked.matching(action, false)?, others.clone()))).await
    }

    async fn is_overruled(&mut self) -> Result<bool, String> {
        self.each(|asked, action| Ok((asked.matching(action, true)?, PolicySet::new()))).await
    }

    /// Tells whether for every action what the first set allows is allowed by the second.
    async fn each(
        &mut self,
        sets: impl Fn(&Self, &ActionName) -> Result<(PolicySet, PolicySet), String>,
    ) -> Result<bool, String> {
        for (action, environment) in self.environments() {
            self.in_time()?;
            let (allowed, by) = sets(self, &action)?;
            let question = Question { schema: self.schema, environment: &environment };
            match self.solver.implies(question, &allowed, &by).await {
                Answer::Holds => {}
                Answer::Fails(_) => return Ok(false),
                Answer::Unknown(why) => return Err(why),
            }
        }
        Ok(true)
    }

    /// Returns the requests that the policy matches and that can be made; `refused` takes those out that the forbids
    /// in force refuse, approved or not.
    fn matching(&self, action: &ActionName, refused: bool) -> Result<PolicySet, String> {
        let mut set = PolicySet::new();
        let mut add = |policy| set.add(policy).map_err(|fault| fault.to_string());
        if refused {
            let agents: Vec<&AgentProfile> = self.world.subject.agents.values().collect();
            let all = self.world.policies(Level::Approved, action, &agents, false)?;
            for policy in all.policies().filter(|policy| policy.effect() == Effect::Forbid) {
                add(policy.clone())?;
            }
        } else if let Some(entry) = self.world.subject.catalogue.get(action) {
            for (number, condition) in host::facts(entry).iter().enumerate() {
                let text = format!("forbid(principal, action, resource) unless {{ {condition} }};");
                let id = CedarId::new(format!("host{number}"));
                add(Policy::parse(Some(id), text).map_err(|fault| fault.to_string())?)?;
            }
        }
        add(self.one.matching.clone().new_id(CedarId::new("matching")))?;
        Ok(set)
    }

    fn environments(&self) -> Vec<(ActionName, RequestEnv)> {
        let all = self.world.environments().into_iter();
        all.filter(|(_, environment)| self.one.speaks_of(environment)).collect()
    }

    fn in_time(&self) -> Result<(), String> {
        if Instant::now() < self.until {
            Ok(())
        } else {
            Err("the time for all was over".to_owned())
        }
    }
}
