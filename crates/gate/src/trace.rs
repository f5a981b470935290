//! What traces are told of actions: a span each, handed on without waiting for anybody.

use std::time::Instant;

use jiff::Timestamp;
use serde_json::{Map, Value};
use syndic_model::{ActionRequest, ActionSpan, Decided, PolicyId, SpanAnswer, TraceParent};
use tokio::sync::mpsc;

use crate::gate::WriteFailed;
use crate::{Gate, SubmitError};

/// How many spans may wait to be taken; further ones are dropped, and counted.
const MOST_WAITING: usize = 4_096;
/// How many of the policies in the way a span names.
const MOST_POLICIES: usize = 32;

/// A span whose action is being decided.
pub(crate) struct Begun {
    trace: [u8; 16],
    span: [u8; 8],
    parent: Option<TraceParent>,
    at: Timestamp,
    since: Instant,
}

impl Gate {
    /// Returns the spans of actions from now on, as long as the directory in force has `telemetry`. Who asked last has
    /// them.
    #[must_use]
    pub fn spans(&self) -> mpsc::Receiver<ActionSpan> {
        let (spans, taken) = mpsc::channel(MOST_WAITING);
        self.spans.store(Some(spans.into()));
        taken
    }

    /// Ends the spans, so that who takes them knows when it has the last.
    pub fn end_spans(&self) {
        self.spans.store(None);
    }

    /// Counts spans that nobody will see.
    pub fn spans_dropped(&self, count: u64) {
        self.metrics.traces_dropped(count);
    }

    /// Begins a span where one is wanted: one look at the settings where none is.
    pub(crate) fn begin_span(&self, request: &ActionRequest) -> Option<Begun> {
        let governance = self.governance.load();
        let telemetry = governance.settings.telemetry.as_ref()?;
        if request.dry_run || self.spans.load().is_none() {
            return None;
        }
        let parent = request.trace.clone().or_else(|| claimed(&request.metadata));
        let trace = match &parent {
            Some(parent) => parent.is_sampled().then_some(parent.trace),
            None => Some(self.draw()).filter(|trace| telemetry.sample.takes(trace)),
        };
        let (trace, span) = (trace?, self.draw());
        Some(Begun { trace, span, parent, at: self.clock.now(), since: Instant::now() })
    }

    /// Hands a span on with what was answered, or drops it.
    pub(crate) fn end_span(
        &self,
        begun: Begun,
        request: &ActionRequest,
        answered: &Result<Decided, SubmitError>,
    ) {
        let spans = self.spans.load();
        let Some(spans) = spans.as_ref() else { return };
        // Room first: what is dropped is not put together.
        let Ok(place) = spans.try_reserve() else { return self.spans_dropped(1) };
        let governance = self.governance.load();
        let profile = governance.agents.get(&request.agent);
        let Begun { trace, span, parent, at, since } = begun;
        place.send(ActionSpan {
            trace,
            span,
            parent,
            begun: at,
            took: since.elapsed(),
            agent: request.agent.clone(),
            agent_name: profile.map(|profile| profile.name.clone()),
            agent_version: request.agent_version.clone(),
            action: request.action.clone(),
            is_known: governance.catalogue.contains_key(&request.action),
            tool: request.tool.clone(),
            session: request.session_id.clone(),
            model: request.model.clone(),
            answered: answered.as_ref().map(answer).map_err(code),
        });
    }

    /// Draws an id, which is never all zeros.
    fn draw<const N: usize>(&self) -> [u8; N] {
        let mut id = [0; N];
        self.clock.fill(&mut id);
        if id == [0; N] { [1; N] } else { id }
    }
}

/// Reads the place in a trace that the MCP proxy found in `_meta`.
fn claimed(metadata: &Map<String, Value>) -> Option<TraceParent> {
    let parent: TraceParent = metadata.get("traceparent")?.as_str()?.parse().ok()?;
    Some(match metadata.get("tracestate").and_then(Value::as_str) {
        Some(state) => parent.with_state(state),
        None => parent,
    })
}

fn answer(decided: &Decided) -> SpanAnswer {
    SpanAnswer {
        event: decided.action_id,
        effect: decided.effect,
        allowed: decided.allowed,
        mode: decided.mode,
        risk_level: decided.risk_level,
        revision: decided.revision.clone(),
        code: decided.message.code,
        policies: in_the_way(decided),
        record: decided.record,
        approval: decided.approval.as_ref().map(|approval| approval.id),
        replayed: decided.replayed,
    }
}

fn in_the_way(decided: &Decided) -> Vec<PolicyId> {
    let mut policies: Vec<PolicyId> = Vec::new();
    for check in decided.violations() {
        if policies.len() < MOST_POLICIES && !policies.contains(&check.policy) {
            policies.push(check.policy.clone());
        }
    }
    policies
}

/// Names an error as the HTTP API does, where it has one name there.
const fn code(error: &SubmitError) -> &'static str {
    match error {
        SubmitError::Role => "wrong-role",
        SubmitError::OtherAgent { .. } => "other-agent",
        SubmitError::ForeignSession => "foreign-session",
        SubmitError::OtherBody => "idempotency-key-reused",
        SubmitError::StillDeciding => "still-deciding",
        SubmitError::Crowded => "crowded",
        SubmitError::Lookup(_) => "lookup-failed",
        SubmitError::Approval(_) => "approval-lookup-failed",
        SubmitError::Write(WriteFailed::Busy) => "busy",
        SubmitError::Write(WriteFailed::Refused) => "record-refused",
        SubmitError::Write(WriteFailed::Closed) => "ledger-closed",
    }
}
