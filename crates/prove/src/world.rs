//! A loaded governance directory as the solver sees it.

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{Policy, PolicyId as CedarId, PolicySet, RequestEnv, Schema};
use syndic_model::{ActionName, AgentId, AgentProfile, CatalogueEntry};
use syndic_policy::Engine;
use thiserror::Error;

use crate::Level;
use crate::host;
use crate::schema::{Named, narrowed};

/// What a proof is about: a loaded governance directory, borrowed.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The policies in force.
    pub engine: &'a Engine,
    /// The agents, by id.
    pub agents: &'a BTreeMap<AgentId, AgentProfile>,
    /// What can be done.
    pub catalogue: &'a BTreeMap<ActionName, CatalogueEntry>,
    /// `dev`, `staging` or `prod`; witnesses are looked for here first.
    pub environment: &'a str,
}

/// The same, ready to be asked about. Policies in shadow mode are left out: they stop nothing.
#[derive(Debug)]
pub struct World<'a> {
    pub(crate) subject: Subject<'a>,
    pub(crate) schema: Schema,
    /// The counters that the policies name.
    pub(crate) named: Named,
    policies: Vec<Policy>,
    teams: BTreeSet<String>,
}

/// What was loaded cannot be read again.
#[derive(Debug, Error)]
#[error("the loaded policies cannot be read again: {0}")]
pub struct WorldError(String);

impl WorldError {
    #[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
    pub(crate) fn new(fault: impl ToString) -> Self {
        Self(fault.to_string())
    }
}

impl<'a> World<'a> {
    /// Reads the policies in force.
    ///
    /// # Errors
    /// When Cedar does not read what it has written.
    pub fn new(subject: Subject<'a>) -> Result<Self, WorldError> {
        let text = subject.engine.schema_text();
        let (schema, _) = Schema::from_cedarschema_str(text).map_err(WorldError::new)?;
        let mut policies = Vec::new();
        let all = subject.engine.show();
        let named = Named::by(all.iter().map(|shown| shown.text.as_str()));
        for (number, shown) in all.iter().enumerate() {
            let id = CedarId::new(format!("policy{number}"));
            if !shown.shadow {
                policies.push(Policy::parse(Some(id), &shown.text).map_err(WorldError::new)?);
            }
        }
        let written = policies.iter().flat_map(Policy::entity_literals);
        let mut teams: BTreeSet<String> = written
            .filter(|uid| uid.type_name().to_string() == "Team")
            .map(|uid| uid.id().unescaped().to_owned())
            .collect();
        teams.extend(subject.agents.values().map(|agent| agent.owner.team.to_string()));
        Ok(Self { subject, schema, named, policies, teams })
    }

    /// Returns the schema for the solver, where policies beside those in force name counters too.
    pub(crate) fn narrow(&self, others: Named) -> Schema {
        let text = narrowed(self.subject.engine.schema_text(), &self.named.clone().and(others));
        let narrow = Schema::from_cedarschema_str(&text).map(|(schema, _)| schema);
        narrow.unwrap_or_else(|_| self.schema.clone())
    }

    /// Returns the request environments of actions in the catalogue, in the order of the actions.
    pub(crate) fn environments(&self) -> BTreeMap<ActionName, RequestEnv> {
        self.environments_of(&self.schema)
    }

    /// Returns the same of another schema that has these actions too.
    pub(crate) fn environments_of(&self, schema: &Schema) -> BTreeMap<ActionName, RequestEnv> {
        let known = |environment: RequestEnv| {
            let name: ActionName = environment.action().id().unescaped().parse().ok()?;
            self.subject.catalogue.contains_key(&name).then_some((name, environment))
        };
        schema.request_envs().filter_map(known).collect()
    }

    /// Returns the policies in force at a level.
    pub(crate) fn in_force(&self, level: Level) -> impl Iterator<Item = &Policy> {
        in_force(&self.policies, level)
    }

    /// Returns the policies in force at a level, with what the host makes sure of about `action` as forbids:
    /// what they allow is what can be asked for, and is allowed.
    pub(crate) fn policies(
        &self,
        level: Level,
        action: &ActionName,
        asking: &[&AgentProfile],
        plain: bool,
    ) -> Result<PolicySet, String> {
        let mut all: Vec<Policy> = self.in_force(level).cloned().collect();
        let agents: Vec<String> =
            asking.iter().map(|agent| host::is_agent(agent, &self.teams)).collect();
        let mut holds = vec![host::any(&agents)];
        if let Some(entry) = self.subject.catalogue.get(action) {
            holds.extend(host::facts(entry));
            if plain {
                let engine = self.subject.engine;
                let read = asking.iter().flat_map(|agent| engine.counters(&agent.id, action));
                holds.extend(host::plain(entry, self.subject.environment, &read.collect()));
            }
        }
        for (number, condition) in holds.iter().enumerate() {
            let text = format!("forbid(principal, action, resource) unless {{ {condition} }};");
            let id = CedarId::new(format!("host{number}"));
            all.push(Policy::parse(Some(id), text).map_err(|fault| fault.to_string())?);
        }
        PolicySet::from_policies(all).map_err(|fault| fault.to_string())
    }
}

/// Returns those of `policies` that are in force at a level.
pub(crate) fn in_force(policies: &[Policy], level: Level) -> impl Iterator<Item = &Policy> {
    policies
        .iter()
        .filter(move |policy| level == Level::Unattended || policy.annotation("approval").is_none())
}
