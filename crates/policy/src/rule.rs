//! One policy in force: what Cedar evaluates, and what surrounds it.

use std::sync::Arc;

use cedar_policy::{ActionConstraint, Effect, Policy, PrincipalConstraint};
use syndic_model::{AgentProfile, TeamName};

use crate::annotation::{AppliesTo, Marks};
use crate::combine::{Answer, Kind, Said};
use crate::condition::Condition;
use crate::determining;
use crate::entities::{Action, Agent};
use crate::outline::outline;
use crate::reads::Reads;
use crate::reason::Told;
use crate::{Listed, Origin, Shown};

/// A policy with its meaning.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) marks: Marks,
    pub(crate) origin: Origin,
    /// Its id inside Cedar is unique: the `@id`, or `<@id>@<what it is compiled from>`.
    pub(crate) policy: Policy,
    pub(crate) condition: Condition,
    pub(crate) reads: Reads,
    pub(crate) reach: Reach,
    /// See [`Determining::hash`](crate::Determining::hash).
    hash: Arc<str>,
    principal: PrincipalConstraint,
    action: ActionConstraint,
}

/// The agents that annotations and the place of the file leave a policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reach {
    pub(crate) team: Option<TeamName>,
    pub(crate) applies_to: Option<AppliesTo>,
}

impl Rule {
    pub(crate) fn new(
        marks: Marks,
        origin: Origin,
        policy: Policy,
        reach: Reach,
        reads: Reads,
    ) -> Self {
        let (principal, action) = (policy.principal_constraint(), policy.action_constraint());
        let condition = Condition::new(&policy, reads.paths.clone());
        let hash = determining::hash(&marks, &policy);
        Self { marks, origin, policy, condition, reads, reach, hash, principal, action }
    }

    /// Tells whether the policy can speak about this agent, whatever it does.
    pub(crate) fn concerns(&self, agent: &Agent) -> bool {
        let principal = match &self.principal {
            PrincipalConstraint::Any => true,
            PrincipalConstraint::Eq(uid) => *uid == agent.uid,
            PrincipalConstraint::In(uid) => agent.is_in(uid),
            PrincipalConstraint::Is(kind) => kind == agent.uid.type_name(),
            PrincipalConstraint::IsIn(kind, uid) => {
                kind == agent.uid.type_name() && agent.is_in(uid)
            }
        };
        principal && self.reach.covers(&agent.profile)
    }

    /// Tells whether the policy can speak about this action, whoever asks.
    pub(crate) fn speaks_of(&self, action: &Action) -> bool {
        match &self.action {
            ActionConstraint::Any => true,
            ActionConstraint::Eq(uid) => *uid == action.uid,
            ActionConstraint::In(uids) => uids.iter().any(|uid| action.is_in(uid)),
        }
    }

    pub(crate) fn is_permit(&self) -> bool {
        self.policy.effect() == Effect::Permit
    }

    /// Puts Cedar's answer in the words of the verdict.
    pub(crate) fn said(&self, answer: Answer, told: &Told<'_>) -> Said {
        let Marks { id, severity, reason, approval, break_glass, shadow, disclose, .. } =
            &self.marks;
        let reason = reason.as_ref().filter(|_| answer == Answer::Satisfied);
        let forbid = || Kind::Forbid {
            approval: approval.clone(),
            break_glass: *break_glass,
            shadow: *shadow,
            disclose: *disclose,
        };
        Said {
            policy: id.clone(),
            kind: if self.is_permit() { Kind::Permit } else { forbid() },
            hash: (answer != Answer::Unsatisfied).then(|| Arc::clone(&self.hash)),
            severity: *severity,
            answer,
            reason: reason.map(|reason| reason.render(told)),
        }
    }

    /// Describes it as the only one of its id, which is not counted yet.
    pub(crate) fn listed(&self) -> (&str, Listed) {
        let listed = Listed {
            id: self.marks.id.clone(),
            origin: self.origin.clone(),
            effect: self.effect(),
            severity: self.marks.severity,
            shadow: self.marks.shadow,
            count: 0,
        };
        (self.marks.id.as_str(), listed)
    }

    fn effect(&self) -> &'static str {
        if self.is_permit() { "permit" } else { "forbid" }
    }

    pub(crate) fn shown(&self) -> Shown {
        let text = self.policy.to_cedar().unwrap_or_default();
        let scope = text.get(outline(&text).scope).unwrap_or_default();
        Shown {
            id: self.marks.id.clone(),
            origin: self.origin.clone(),
            scope: scope.split_whitespace().collect::<Vec<_>>().join(" "),
            effect: self.effect(),
            severity: self.marks.severity,
            shadow: self.marks.shadow,
            annotations: self
                .policy
                .annotations()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            text,
        }
    }
}

impl Reach {
    fn covers(&self, agent: &AgentProfile) -> bool {
        self.team.as_ref().is_none_or(|team| *team == agent.owner.team)
            && self.applies_to.as_ref().is_none_or(|applies| applies.names(agent))
    }

    /// Writes the reach as Cedar conditions, which come before the policy's own so that those never run, and
    /// never fail, for anybody else.
    pub(crate) fn conditions(&self) -> String {
        let mut conditions = Vec::new();
        if let Some(team) = &self.team {
            conditions.push(format!("principal in Team::\"{team}\""));
        }
        if let Some(AppliesTo { agents, levels }) = &self.applies_to {
            let agents = agents.iter().map(|agent| format!("principal == Agent::\"{agent}\""));
            let levels = levels.iter().map(|level| format!("principal.risk_level == \"{level}\""));
            conditions.push(agents.chain(levels).collect::<Vec<_>>().join(" || "));
        }
        conditions.into_iter().map(|condition| format!("\nwhen {{ {condition} }}")).collect()
    }
}
