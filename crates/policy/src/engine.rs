//! A loaded policy set: examine an action, evaluate it, show what is in force.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use syndic_model::{ActionName, AgentId, Arguments, Counter, PolicyId, Severity, ToolName};

use crate::annotation::Marks;
use crate::combine::{Answer, Said, combine};
use crate::embed::Natives;
use crate::entities::{Action, Agent};
use crate::entry::{Examined, Refusal, blocked};
use crate::evaluate::{Evaluate as _, Question, Unanswerable};
use crate::fast::Fast;
use crate::native::Native;
use crate::reason::Told;
use crate::reserved::{SCHEMA, TOOL_ACCESS};
use crate::rule::Rule;
use crate::slice::{Slice, Slices};
use crate::view::{ActionView, ContextView};
use crate::{Call, Evaluation, Listed, Loaded, Shown, Sources, load};

/// A policy set in which everything is valid. Immutable; loading makes a new one.
#[derive(Debug)]
pub struct Engine {
    pub(crate) agents: BTreeMap<AgentId, Agent>,
    pub(crate) actions: BTreeMap<ActionName, Action>,
    pub(crate) slices: Slices,
    pub(crate) cedar: Fast,
    pub(crate) natives: Natives,
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
        let mut examined = known.entry.examine(args, &known.input, &known.reads)?;
        if !self.natives.all.is_empty() {
            examined.args = args.shared();
        }
        Ok(examined)
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
            Evaluation::denied(vec![blocked(policy, severity, reason)])
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
                let told = Told {
                    action: name,
                    facts: &examined.facts,
                    agent: &agent.profile,
                    usage: call.usage,
                    detected: call.detected,
                    anomaly: call.anomaly,
                };
                let said = said.map(|(rule, answer)| rule.said(answer, &told));
                combine(name, said.chain(self.ask_natives(&question, tool)))
            }
            Err(Unanswerable) => deny(
                SCHEMA,
                Severity::High,
                "the action could not be put to the policies".to_owned(),
            ),
        }
    }

    /// Asks the policies written in Rust that apply to the agent.
    fn ask_natives<'a>(
        &'a self,
        question: &'a Question<'a>,
        tool: Option<&'a ToolName>,
    ) -> impl Iterator<Item = Said> + 'a {
        let Natives { all, attributes } = &self.natives;
        let action = ActionView::new(&question.action.entry.declared, tool);
        let context = ContextView { question, cedar: &self.cedar, attributes };
        let profile = &question.agent.profile;
        let asked = all.iter().filter(|native| native.concerns(profile));
        asked.map(move |native| native.said(profile, &action, &context))
    }

    /// Returns the counters that policies about this agent and action read. One written in Rust may read any.
    #[must_use]
    pub fn counters(&self, agent: &AgentId, action: &ActionName) -> Vec<Counter> {
        let known = self.agents.get(agent).zip(self.actions.get(action));
        let Some((agent, action)) = known else { return Vec::new() };
        if self.natives.all.iter().any(|native| native.concerns(&agent.profile)) {
            return Counter::all(agent.profile.limits.len()).collect();
        }
        self.slices.of(agent, action).counters.clone()
    }

    /// Tells whether an enforced policy about this agent and action reads the time: `context.call.now`,
    /// `.local` or `.open`. One written in Rust may.
    #[must_use]
    pub fn reads_time(&self, agent: &AgentId, action: &ActionName) -> bool {
        let known = self.agents.get(agent).zip(self.actions.get(action));
        known.is_some_and(|(agent, action)| {
            let mut natives = self.natives.all.iter().filter(|one| one.concerns(&agent.profile));
            natives.any(Native::obeys_time) || self.slices.of(agent, action).obeys_time
        })
    }

    /// Tells whether no request of the agent for the action is ever allowed, or held, whatever its arguments. Policies
    /// written in Rust are not asked; an agent or action that is not known is never allowed.
    #[must_use]
    pub fn never_allows(&self, agent: &AgentId, action: &ActionName) -> bool {
        let known = self.agents.get(agent).zip(self.actions.get(action));
        let Some((agent, action)) = known else { return true };
        self.never_permits(&self.slices.of(agent, action), agent, action)
    }

    /// Returns the actions of which [`Self::never_allows`] is not true for an agent; none where it is unknown.
    #[must_use]
    pub fn callable(&self, agent: &AgentId) -> Vec<ActionName> {
        let Some(agent) = self.agents.get(agent) else { return Vec::new() };
        let all = self.actions.iter().filter(|(_, action)| {
            !self.never_permits(&self.slices.passing(agent, action), agent, action)
        });
        all.map(|(name, _)| name.clone()).collect()
    }

    fn never_permits(&self, slice: &Slice, agent: &Agent, action: &Action) -> bool {
        let answers = self.cedar.known_answers(slice, agent, action);
        let mut permitted = false;
        for (rule, answer) in slice.rules.iter().zip(answers) {
            let Marks { approval, shadow, .. } = &rule.marks;
            match (rule.is_permit(), answer) {
                (true, None | Some(Answer::Satisfied)) => permitted = true,
                (false, Some(Answer::Failed)) if !shadow => return true,
                (false, Some(Answer::Satisfied)) if !shadow && approval.is_none() => return true,
                _ => {}
            }
        }
        !permitted
    }

    /// Returns the ids of all policies in force; compiled ones share theirs.
    pub fn policies(&self) -> impl Iterator<Item = &PolicyId> {
        let rules = self.slices.rules().iter().map(|rule| &rule.marks.id);
        rules.chain(self.natives.all.iter().map(|native| &native.id))
    }

    /// Returns the enforced policies that can stand in the way of an agent, whatever it asks for, by id and severity.
    #[must_use]
    pub fn forbids(&self, agent: &AgentId) -> BTreeSet<(PolicyId, Severity)> {
        let Some(agent) = self.agents.get(agent) else { return BTreeSet::new() };
        let enforced = |rule: &&Arc<Rule>| !rule.is_permit() && !rule.marks.shadow;
        let rules = self.slices.rules().iter().filter(enforced);
        let rules = rules.filter(|rule| rule.concerns(agent));
        let rules = rules.map(|rule| (rule.marks.id.clone(), rule.marks.severity));
        let natives = self.natives.all.iter().filter(|native| native.concerns(&agent.profile));
        let natives = natives.filter(|native| !native.is_shadow());
        rules.chain(natives.map(|native| (native.id.clone(), native.policy.severity))).collect()
    }

    /// Returns every policy in force, the compiled ones first, those written in Rust last.
    #[must_use]
    pub fn show(&self) -> Vec<Shown> {
        let rules = self.slices.rules().iter().map(|rule| rule.shown());
        rules.chain(self.natives.all.iter().map(Native::shown)).collect()
    }

    /// Lists the policies in force by id, without their texts.
    #[must_use]
    pub fn list(&self) -> Vec<Listed> {
        let mut all = BTreeMap::<&str, Listed>::new();
        let rules = self.slices.rules().iter().map(|rule| rule.listed());
        for one in rules.chain(self.natives.all.iter().map(Native::listed)) {
            let (id, shadow) = (one.0, one.1.shadow);
            let listed = all.entry(id).or_insert(one.1);
            listed.count += 1;
            listed.shadow &= shadow;
        }
        all.into_values().collect()
    }

    /// Returns every policy in force that can speak about an agent, in the same order; `None` where it is unknown.
    #[must_use]
    pub fn show_for(&self, agent: &AgentId) -> Option<Vec<Shown>> {
        let agent = self.agents.get(agent)?;
        let rules = self.slices.rules().iter().filter(|rule| rule.concerns(agent));
        let natives = self.natives.all.iter().filter(|one| one.concerns(&agent.profile));
        Some(rules.map(|rule| rule.shown()).chain(natives.map(Native::shown)).collect())
    }

    /// Returns the policies in force that have an id, in the same order, and at most `most` of them; then how many there
    /// are. Compiled ones share theirs between agents.
    #[must_use]
    pub fn show_named(&self, id: &str, most: usize) -> (Vec<Shown>, usize) {
        let rules = || self.slices.rules().iter().filter(|rule| rule.marks.id.as_str() == id);
        let natives = || self.natives.all.iter().filter(|one| one.policy.id() == id);
        let shown = rules().map(|rule| rule.shown()).chain(natives().map(Native::shown));
        (shown.take(most).collect(), rules().count() + natives().count())
    }

    /// Returns the generated Cedar schema.
    #[must_use]
    pub fn schema_text(&self) -> &str {
        &self.schema
    }
}
