//! What of a tool's result goes back to the agent and on record: what the action and the agent say of `output`.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;

use lru::LruCache;
use parking_lot::Mutex;
use serde_json::json;
use serde_json::value::RawValue;
use syndic_detect::{Entity, Finding, Findings, Key, Operator, OverBudget, Redaction, Tags};
use syndic_governance::Governance;
use syndic_ledger::OutputFiltered;
use syndic_model::{Clock, Mode, Output, OutputKind};

use crate::Gate;
use crate::binary::Binaries;
use crate::detect::context;
use crate::report::Report;

/// How many sessions' tags are kept in mind; one that is forgotten numbers anew.
const MOST: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

/// Whose result it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Whose {
    pub(crate) agent: String,
    pub(crate) action: String,
    pub(crate) session: Option<String>,
}

/// What a filter left of a result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filtered {
    /// The result to go on with, as JSON text.
    pub result: Option<String>,
    /// The error to go on with.
    pub error: Option<String>,
    /// What was put out of it, by kind.
    pub redacted: BTreeSet<String>,
    /// Why nothing of it goes back: kinds, `max_bytes`, or `unscanned`.
    pub withheld: BTreeSet<String>,
    /// The agent is only observed: nothing was changed.
    pub observed: bool,
}

/// The numbered tags of sessions, so that a value keeps its number.
#[derive(Debug)]
pub(crate) struct SessionTags(Mutex<LruCache<Session, Arc<Mutex<Tags>>>>);

/// An agent, and its session where it has one.
type Session = (String, Option<String>);

impl Default for SessionTags {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MOST)))
    }
}

impl SessionTags {
    /// Does something with the tags of a session.
    pub(crate) fn with<T>(
        &self,
        agent: &str,
        session: Option<&str>,
        clock: &dyn Clock,
        then: impl FnOnce(&mut Tags) -> T,
    ) -> T {
        let key = (agent.to_owned(), session.map(str::to_owned));
        let fresh = || {
            let mut bytes = [0; 32];
            clock.fill(&mut bytes);
            Arc::new(Mutex::new(Tags::new(Key::new(bytes))))
        };
        let tags = Arc::clone(self.0.lock().get_or_insert(key, fresh));
        let mut tags = tags.lock();
        then(&mut tags)
    }
}

impl Filtered {
    /// Tells what is recorded of it; nothing where nothing was found.
    pub(crate) fn record(&self) -> Option<OutputFiltered> {
        let Self { redacted, withheld, observed, .. } = self.clone();
        let found = !redacted.is_empty() || !withheld.is_empty();
        found.then_some(OutputFiltered { redacted, withheld, observed })
    }

    /// Says why nothing goes back.
    #[must_use]
    pub fn told(&self) -> Option<String> {
        let why: Vec<&str> = self.withheld.iter().map(String::as_str).collect();
        let told = format!("the result is withheld ({}); the action was done", why.join(", "));
        (!why.is_empty() && !self.observed).then_some(told)
    }
}

impl Gate {
    /// Filters what is reported, where the action or the agent says so.
    pub(crate) fn filter(&self, whose: &Whose, report: &Report) -> Option<(Report, Filtered)> {
        let governance = self.governance();
        let rules = rules(&governance, whose)?;
        let mode = governance.agents.get(whose.agent.as_str()).map(|profile| profile.mode);
        let session = whose.session.as_deref();
        let clock = self.clock.as_ref();
        let filtered = self.tags.with(&whose.agent, session, clock, |tags| {
            filtered(&governance, &rules, mode, tags, report)
        });
        if filtered.record().is_some() {
            // What an agent makes up is no label: there would be ever more of them.
            let known = governance.catalogue.contains_key(whose.action.as_str());
            let action = if known { whose.action.as_str() } else { "unknown" };
            let withheld = !filtered.withheld.is_empty();
            self.metrics.filtered(&whose.agent, action, withheld, filtered.redacted.iter());
        }
        let (result, error) = (filtered.result.clone(), filtered.error.clone());
        Some((Report { result, error, ..report.clone() }, filtered))
    }

    /// Tells whether results of an action are filtered, so that who runs it waits for what is left of them.
    pub(crate) fn filters(&self, agent: &str, action: &str) -> bool {
        let whose = Whose { agent: agent.to_owned(), action: action.to_owned(), session: None };
        rules(&self.governance(), &whose).is_some()
    }
}

/// Filters what is reported; what is reported by an agent that is only observed stays as it is.
pub(crate) fn filtered(
    governance: &Governance,
    rules: &Output,
    mode: Option<Mode>,
    tags: &mut Tags,
    report: &Report,
) -> Filtered {
    let mut filtered = Filter { governance, rules, tags }.filter(report);
    if mode == Some(Mode::Observe) {
        filtered.observed = true;
        filtered.result.clone_from(&report.result);
        filtered.error.clone_from(&report.error);
    }
    filtered
}

/// Joins what the action and the agent say; `None` where everything goes through.
pub(crate) fn rules(governance: &Governance, whose: &Whose) -> Option<Output> {
    let action = governance.catalogue.get(whose.action.as_str()).map(|entry| &entry.output);
    let agent = governance.agents.get(whose.agent.as_str()).map(|profile| &profile.output);
    let none = Output::default();
    Some(action.unwrap_or(&none).and(agent.unwrap_or(&none))).filter(|rules| !rules.is_open())
}

struct Filter<'a> {
    governance: &'a Governance,
    rules: &'a Output,
    tags: &'a mut Tags,
}

impl Filter<'_> {
    /// Looks through a result and an error. What cannot be looked through does not go back.
    fn filter(mut self, report: &Report) -> Filtered {
        let mut filtered = Filtered::default();
        let bytes = report.result.as_ref().map_or(0, String::len) as u64;
        if self.rules.max_bytes.is_some_and(|most| bytes > most) {
            filtered.withheld.insert("max_bytes".to_owned());
        }
        let result = report.result.as_deref().map(|text| self.json(text, &mut filtered));
        let error = report.error.as_deref().map(|text| self.text(text, &mut filtered));
        (filtered.result, filtered.error) = (result, error);
        if let Some(told) = filtered.told() {
            filtered.result = report.result.as_ref().map(|_| json!({"withheld": told}).to_string());
            filtered.error = report.error.as_ref().map(|_| told);
        }
        filtered
    }

    fn json(&mut self, text: &str, filtered: &mut Filtered) -> String {
        let Ok(json) = serde_json::from_str::<&RawValue>(text) else {
            return self.text(text, filtered);
        };
        let redaction = self.redaction();
        let context = context(self.governance);
        let binaries = Binaries::of(text);
        let scanner = &self.governance.scanner;
        let redacted =
            scanner.redact_json_but(json, &context, &redaction, self.tags, |one| binaries.has(one));
        let redacted = redacted.map(|done| (done.text.get().to_owned(), done.findings));
        self.note(redacted, &redaction, filtered)
    }

    fn text(&mut self, text: &str, filtered: &mut Filtered) -> String {
        let redaction = self.redaction();
        let context = context(self.governance);
        let redacted = self.governance.scanner.redact(text, &context, &redaction, self.tags);
        let redacted = redacted.map(|done| (done.text, done.findings));
        self.note(redacted, &redaction, filtered)
    }

    /// Takes note of what was found, and returns what is left.
    fn note(
        &self,
        redacted: Result<(String, Findings), OverBudget>,
        redaction: &Redaction,
        filtered: &mut Filtered,
    ) -> String {
        let Ok((text, findings)) = redacted else {
            filtered.withheld.insert("unscanned".to_owned());
            return String::new();
        };
        for finding in findings.iter() {
            if redaction.takes(finding) {
                filtered.redacted.insert(finding.entity.to_string());
            }
            if finding.score >= self.governance.settings.detection.block_at
                && covers(&self.rules.block, finding)
            {
                filtered.withheld.insert(finding.entity.to_string());
            }
        }
        text
    }

    /// Tags what is to be redacted, and keeps the rest.
    fn redaction(&self) -> Redaction {
        let kinds = |kind: &OutputKind| -> Vec<Entity> {
            match kind {
                OutputKind::Pii => self.known().filter(|kind| !kind.is_secret()).collect(),
                OutputKind::Secrets => vec![Entity::Secret],
                OutputKind::Kind(name) => {
                    self.known().filter(|kind| kind.as_str() == name).collect()
                }
            }
        };
        let kinds = self.rules.redact.iter().flat_map(kinds);
        let at = self.governance.settings.detection.redact_at;
        let none = Redaction::new(Operator::Keep).at(at);
        kinds.fold(none, |redaction, kind| redaction.of(kind, Operator::Tag))
    }

    fn known(&self) -> impl Iterator<Item = Entity> {
        self.governance.kinds.iter().map(syndic_governance::EntityName::entity)
    }
}

fn covers(kinds: &BTreeSet<OutputKind>, finding: &Finding) -> bool {
    let entity = &finding.entity;
    kinds.iter().any(|kind| kind.covers(entity.as_str(), entity.is_secret()))
}
