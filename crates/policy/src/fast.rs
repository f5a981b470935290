//! Asking Cedar's evaluator itself: the conditions of a slice, on the few values that they read.

use std::sync::{Arc, Mutex, PoisonError};

use cedar_policy::Entities;
use cedar_policy_core::ast::{
    Context, Expr, Literal, PartialValue, Request, SlotEnv, Value as Cedar, ValueKind, Var,
};
use cedar_policy_core::evaluator::Evaluator;
use cedar_policy_core::extensions::Extensions;
use jiff::Timestamp;
use syndic_model::{AgentId, LabelName};

use crate::combine::Answer;
use crate::convert::{datetime, local, record, texts};
use crate::entities::{Action, Agent};
use crate::evaluate::{Evaluate, Question, Unanswerable};
use crate::paths::Paths;
use crate::residue::{Given, Residue};
use crate::rule::Rule;
use crate::slice::Slice;
use crate::{Call, Session, usage};

/// Evaluates with the internals of `cedar-policy`, `cedar-policy-core`, and leaves out what cannot matter: scopes
/// that the slice has tested, and values that no policy reads.
#[derive(Debug)]
pub(crate) struct Fast {
    entities: Entities,
    /// The last time that was converted; Cedar has no way to make one but from text, which takes longer than most
    /// policies.
    now: Mutex<Option<(Timestamp, Cedar)>>,
    /// How many limits the agent with most has.
    limits: usize,
}

impl Fast {
    pub(crate) const fn new(entities: Entities, limits: usize) -> Self {
        Self { entities, now: Mutex::new(None), limits }
    }

    fn now(&self, now: Timestamp) -> Option<Cedar> {
        let mut last = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, value)) = last.as_ref().filter(|(last, _)| *last == now) {
            return Some(value.clone());
        }
        let value = datetime(now)?;
        *last = Some((now, value.clone()));
        Some(value)
    }

    /// Makes the record `context.call`, of what is read.
    pub(crate) fn call(&self, call: &Call<'_>, read: &Paths) -> Result<Cedar, Unanswerable> {
        let text = |text: &str| Cedar::from(text);
        let mut fields = Vec::new();
        let mut add = |name: &'static str, value: &dyn Fn(&Paths) -> Option<Cedar>| {
            if let Some(read) = read.of_attribute(name) {
                fields.push((name, value(read).ok_or(Unanswerable)?));
            }
            Ok(())
        };
        let known = call.known_recipients.iter().map(String::as_str);
        add("environment", &|_| Some(text(call.environment)))?;
        add("suspended", &|_| Some(call.suspended.into()))?;
        add("pii", &|_| Some(texts(call.detected.pii.iter().map(String::as_str))))?;
        add("secrets", &|_| Some(texts(call.detected.secrets.iter().map(String::as_str))))?;
        add("obfuscated", &|_| Some(call.detected.obfuscated.into()))?;
        add("detected", &|_| Some(texts(call.detected.labels())))?;
        add("anomaly", &|_| Some(i64::from(call.anomaly).into()))?;
        add("grade", &|_| Some(text(call.grade.as_str())))?;
        add("now", &|_| self.now(call.now))?;
        add("local", &|_| Some(local(call.local)))?;
        add("open", &|_| Some(texts(call.open.iter().copied())))?;
        add("session", &|_| Some(session(call.session)))?;
        add("known_recipients", &|_| Some(texts(known.clone())))?;
        add("delegation", &|_| delegation(&call.delegation))?;
        add("usage", &|read| usage::value(call.usage, self.limits, read))?;
        Ok(record(fields))
    }
}

/// Makes the record `context.call.session`.
pub(crate) fn session(session: Session<'_>) -> Cedar {
    let Session { id, labels, known_recipients } = session;
    let id = id.map(|id| ("id", id.as_str().into()));
    let sets = [
        ("labels", texts(labels.iter().map(LabelName::as_str))),
        ("known_recipients", texts(known_recipients.iter().map(String::as_str))),
    ];
    record(id.into_iter().chain(sets))
}

/// Makes the record `context.call.delegation`.
pub(crate) fn delegation(behind: &[&AgentId]) -> Option<Cedar> {
    let depth = i64::try_from(behind.len()).ok()?;
    let agents = texts(behind.iter().map(|agent| agent.as_str()));
    Some(record([("depth", depth.into()), ("agents", agents)]))
}

impl Evaluate for Fast {
    fn answers(&self, slice: &Slice, question: &Question<'_>) -> Result<Vec<Answer>, Unanswerable> {
        let Question { resource, examined, call, .. } = question;
        let residues = slice.residues.get_or_init(|| self.residues(slice, question));
        let call = match slice.reads.of_attribute("call") {
            Some(read) => Some(self.call(call, read)?),
            None => None,
        };
        let resource = resource.evaluate(Var::Resource);
        let PartialValue::Value(resource) = resource else { return Err(Unanswerable) };
        let given = Given { examined: &examined.context, call: call.as_ref(), resource: &resource };
        let mut cedar = None;
        let answer = |residue: &Residue| match residue {
            Residue::Known(answer) => *answer,
            Residue::Test(test) => test.answer(given),
            Residue::Expression(expression) => {
                let cedar = cedar.get_or_insert_with(|| self.evaluator(question, given.call));
                answer(cedar, expression)
            }
        };
        Ok(residues.iter().map(answer).collect())
    }
}

impl Fast {
    /// Looks at the conditions of a slice when it is first asked.
    fn residues(&self, slice: &Slice, question: &Question<'_>) -> Box<[Residue]> {
        let known = self.evaluator(question, None);
        let rules = slice.rules.iter();
        rules.map(|rule| Residue::of(rule.condition.expression.as_ref(), &known)).collect()
    }

    /// Returns the answers that follow from agent and action alone; `None` for those that depend on the request.
    pub(crate) fn known_answers(
        &self,
        slice: &Slice,
        agent: &Agent,
        action: &Action,
    ) -> Vec<Option<Answer>> {
        let request = Request::new_unchecked(
            agent.known.clone(),
            action.known.clone(),
            action.resource(None),
            Some(Context::Value(Arc::default())),
        );
        let known = Evaluator::new(request, self.entities.as_ref(), Extensions::all_available());
        let answer =
            |rule: &Arc<Rule>| match Residue::of(rule.condition.expression.as_ref(), &known) {
                Residue::Known(answer) => Some(answer),
                Residue::Test(_) | Residue::Expression(_) => None,
            };
        slice.rules.iter().map(answer).collect()
    }

    pub(crate) fn evaluator(&self, question: &Question<'_>, call: Option<&Cedar>) -> Evaluator<'_> {
        let Question { agent, action, resource, examined, .. } = question;
        let mut context = examined.context.clone();
        context.extend(call.map(|call| ("call".into(), call.clone())));
        let request = Request::new_unchecked(
            agent.known.clone(),
            action.known.clone(),
            resource.clone(),
            Some(Context::Value(Arc::new(context))),
        );
        Evaluator::new(request, self.entities.as_ref(), Extensions::all_available())
    }
}

fn answer(cedar: &Evaluator<'_>, expression: &Expr) -> Answer {
    let found = cedar.interpret(expression, &SlotEnv::new());
    match found.as_ref().map(Cedar::value_kind) {
        Ok(ValueKind::Lit(Literal::Bool(holds))) => Answer::of(*holds),
        Ok(_) | Err(_) => Answer::Failed,
    }
}
