//! The outcome of an action that was allowed.

use std::borrow::Cow;

use syndic_ledger::{Outcome, PartName, Record};
use syndic_model::{Caller, EventId};
use syndic_store::{Entry, Pending, Slot, Subject};
use thiserror::Error;

use crate::Gate;
use crate::events::EventsError;
use crate::gate::{WriteFailed, committed};
use crate::heavy::heavy;
use crate::output::{Filtered, Whose};
use crate::record::subject;
use crate::state::Open;

/// What the caller reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Whether the tool succeeded.
    pub ok: bool,
    /// The digest of the arguments it ran with.
    pub args_digest: String,
    /// The result, as JSON text.
    pub result: Option<String>,
    /// The error.
    pub error: Option<String>,
    /// How long it ran.
    pub duration_ms: Option<u64>,
    /// Tokens read.
    pub input_tokens: Option<u64>,
    /// Tokens written.
    pub output_tokens: Option<u64>,
    /// The model.
    pub model: Option<String>,
}

/// A recorded outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// Position in the ledger.
    pub record: u64,
    /// It came after it had been recorded as missing.
    pub late: bool,
    /// What a filter left of the result, where there is one: go on with this.
    pub filtered: Option<Filtered>,
}

/// Says why an outcome was not taken.
#[derive(Debug, Error)]
pub enum ReportError {
    /// Only agents report.
    #[error("only the agent key that submitted an action reports its outcome")]
    Role,
    /// No such action.
    #[error("there is no action `{0}`")]
    Unknown(EventId),
    /// Another key submitted it.
    #[error("another key submitted this action; only that key reports its outcome")]
    Foreign,
    /// It ran with other arguments than were permitted.
    #[error("`args_digest` is not the digest of the permitted arguments")]
    OtherArguments,
    /// It was not allowed.
    #[error("the action was not allowed, so it has no outcome")]
    NotAllowed,
    /// There is one already.
    #[error("an outcome of this action is already recorded")]
    Second,
    /// The ledger cannot be read.
    #[error(transparent)]
    Lookup(#[from] EventsError),
    /// It cannot be recorded.
    #[error(transparent)]
    Write(#[from] WriteFailed),
}

impl Gate {
    /// Records what became of an action, once, by the key that submitted it.
    ///
    /// # Errors
    /// When it is not this caller's to report, was reported already, or cannot be recorded.
    pub async fn report(
        &self,
        caller: &Caller,
        event: EventId,
        report: &Report,
    ) -> Result<Reported, ReportError> {
        let Caller::Agent { .. } = caller else { return Err(ReportError::Role) };
        let slot = self.reserve()?;
        let whose =
            self.state().awaited(event).filter(|open| caller.owns(&open.key)).map(Open::whose);
        let Some(whose) = whose else { return self.report_late(caller, event, report, slot).await };
        let (report, filtered) = self.filtered(&whose, report);
        match self.report_awaited(caller, event, &report, filtered.as_ref(), slot)? {
            Ok(pending) => {
                let record = committed(pending).await?.get().index();
                Ok(Reported { record, late: false, filtered })
            }
            Err(slot) => self.report_late(caller, event, &report, slot).await,
        }
    }

    /// Takes the outcome of an action that waits for it; gives the slot back where none does.
    fn report_awaited(
        &self,
        caller: &Caller,
        event: EventId,
        report: &Report,
        filtered: Option<&Filtered>,
        slot: Slot,
    ) -> Result<Result<Pending, Slot>, ReportError> {
        let mut state = self.state();
        let subject = match state.awaited(event) {
            None => return Ok(Err(slot)),
            Some(open) if !caller.owns(&open.key) => return Err(ReportError::Foreign),
            Some(open) if open.args_ref != self.args_ref(&report.args_digest) => {
                return Err(ReportError::OtherArguments);
            }
            Some(open) => open.subject,
        };
        let now = self.now();
        let entry = outcome_entry(event, (report, filtered), false, subject, now);
        if let Record::Outcome(outcome) = &entry.record {
            state.spend(Some(event), outcome, now);
        }
        state.close(Some(event));
        Ok(Ok(if self.in_place { slot.enqueue_in_company(entry) } else { slot.enqueue(entry) }))
    }

    /// Filters what is reported; what is not filtered is not copied.
    fn filtered<'a>(
        &self,
        whose: &Whose,
        report: &'a Report,
    ) -> (Cow<'a, Report>, Option<Filtered>) {
        let bytes = [&report.result, &report.error].into_iter().flatten().map(String::len).sum();
        match heavy(bytes, || self.filter(whose, report)) {
            Some((report, filtered)) => (Cow::Owned(report), Some(filtered)),
            None => (Cow::Borrowed(report), None),
        }
    }

    /// Takes an outcome after it was recorded as missing: better late than lost.
    async fn report_late(
        &self,
        caller: &Caller,
        event: EventId,
        report: &Report,
        slot: Slot,
    ) -> Result<Reported, ReportError> {
        if !self.state().reporting.insert(event) {
            return Err(ReportError::Second);
        }
        let recorded = self.record_late(caller, event, report, slot).await;
        self.state().reporting.remove(&event);
        recorded
    }

    async fn record_late(
        &self,
        caller: &Caller,
        event: EventId,
        report: &Report,
        slot: Slot,
    ) -> Result<Reported, ReportError> {
        let row = self.find(event).await?.ok_or(ReportError::Unknown(event))?;
        let stored = self.read(row.decision).await?;
        let Record::Decision(decision) = &stored.leaf.record else {
            return Err(ReportError::Unknown(event));
        };
        if !caller.owns(&decision.asked_by) {
            return Err(ReportError::Foreign);
        }
        if !decision.allowed {
            return Err(ReportError::NotAllowed);
        }
        if decision.args_digest != Some(self.args_ref(&report.args_digest)) {
            return Err(ReportError::OtherArguments);
        }
        if row.outcome.is_some() || row.late.is_some() {
            return Err(ReportError::Second);
        }
        let subject = subject(&decision.acted(), stored.leaf.at);
        let whose = Whose {
            agent: decision.agent.clone(),
            action: decision.action.clone(),
            session: decision.session.clone(),
        };
        let (report, filtered) = self.filtered(&whose, report);
        let entry = (&*report, filtered.as_ref());
        let entry = outcome_entry(event, entry, true, subject, self.now());
        let record = committed(slot.enqueue(entry)).await?.get().index();
        Ok(Reported { record, late: true, filtered })
    }
}

fn outcome_entry(
    event: EventId,
    (report, filtered): (&Report, Option<&Filtered>),
    late: bool,
    subject: Option<Subject>,
    at: jiff::Timestamp,
) -> Entry {
    let mut parts = Vec::new();
    if let Some(result) = &report.result {
        parts.push((PartName::Result, result.clone()));
    }
    if let Some(error) = &report.error {
        parts.push((PartName::Error, serde_json::Value::from(error.as_str()).to_string()));
    }
    let outcome = Outcome {
        id: event.to_string(),
        status: if report.ok { "ok" } else { "error" }.to_owned(),
        duration_ms: report.duration_ms,
        input_tokens: report.input_tokens,
        output_tokens: report.output_tokens,
        model: report.model.clone(),
        late,
        filtered: filtered.and_then(Filtered::record),
    };
    Entry { record: Record::Outcome(outcome), at, parts, subject }
}
