//! A loaded policy set: examine an action, evaluate it, show what is in force.

use std::collections::BTreeMap;
use std::sync::Arc;

use syndic_model::{ActionName, AgentId, Arguments, Effect, Severity, ToolName};

use crate::combine::combine;
use crate::entities::{Action, Agent};
use crate::entry::{Examined, Refusal, blocked};
use crate::evaluate::{Evaluate as _, Question, Unanswerable};
use crate::fast::Fast;
use crate::reserved::{SCHEMA, TOOL_ACCESS};
use crate::slice::Slices;
use crate::{Call, Evaluation, Loaded, Shown, Sources, load};

/// A policy set in which everything is valid. Immutable; loading makes a new one.
#[derive(Debug)]
pub struct Engine {
    pub(crate) agents: BTreeMap<AgentId, Agent>,
    pub(crate) actions: BTreeMap<ActionName, Action>,
    pub(crate) slices: Slices,
    pub(crate) cedar: Fast,
    pub(crate) schema: String,
}

impl Engine {
    /// Compiles profiles and catalogue, reads the policy files, and validates all of it as a whole.
    #[must_use]
    pub fn load(sources: &Sources<'_>) -> Loaded {
        load::load(sources)
    }

    /// Checks arguments against the catalogue: the schema holds, the facts are there, everything is exact.
    /// Pure, and takes no lock.
    ///
    /// # Errors
    /// The check to record, when the action may not even be put to the policies.
    pub fn examine(&self, action: &ActionName, args: &Arguments) -> Result<Examined, Refusal> {
        let known = self.actions.get(action).ok_or_else(|| Refusal::unknown_action(action))?;
        known.entry.examine(args, &known.input, &known.reads)
    }

    /// Answers what all policies say. Never panics, and whatever cannot be answered is a denial.
    #[must_use]
    pub fn evaluate(
        &self,
        agent: &AgentId,
        examined: &Examined,
        tool: Option<&ToolName>,
        call: &Call<'_>,
    ) -> Evaluation {
        let deny = |policy, severity, reason: String| {
            Evaluation::new(
                Effect::Deny,
                vec![blocked(policy, severity, reason)],
                Vec::new(),
                Vec::new(),
            )
        };
        let Some(agent) = self.agents.get(agent) else {
            return deny(
                TOOL_ACCESS,
                Severity::Critical,
                format!("no agent `{agent}` in the registry"),
            );
        };
        let name = examined.action();
        let action =
            self.actions.get(name).filter(|action| Arc::ptr_eq(&action.entry, &examined.entry));
        let Some(action) = action else {
            return deny(
                TOOL_ACCESS,
                Severity::Critical,
                format!("`{name}` was examined by another policy set"),
            );
        };
        let slice = self.slices.of(agent, action);
        let question = Question { agent, action, resource: action.resource(tool), examined, call };
        match self.cedar.answers(&slice, &question) {
            Ok(answers) => {
                let said = slice.rules.iter().zip(answers);
                let said = said
                    .map(|(rule, answer)| rule.said(answer, name, &examined.facts, &agent.profile));
                combine(name, said.collect())
            }
            Err(Unanswerable) => deny(
                SCHEMA,
                Severity::High,
                "the action could not be put to the policies".to_owned(),
            ),
        }
    }

    /// Tells whether an enforced policy about this agent and action reads the time: `context.call.now`,
    /// `.local` or `.open`.
    #[must_use]
    pub fn reads_time(&self, agent: &AgentId, action: &ActionName) -> bool {
        let known = self.agents.get(agent).zip(self.actions.get(action));
        known.is_some_and(|(agent, action)| self.slices.of(agent, action).obeys_time)
    }

    /// Returns every policy in force, the compiled ones first.
    #[must_use]
    pub fn show(&self) -> Vec<Shown> {
        self.slices.rules().iter().map(|rule| rule.shown()).collect()
    }

    /// Returns the generated Cedar schema.
    #[must_use]
    pub fn schema_text(&self) -> &str {
        &self.schema
    }
}
