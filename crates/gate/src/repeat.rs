//! A repeat of a request with the same idempotency key: it answers the original.

use std::pin::pin;
use std::time::Duration;

use serde_json::Value;
use syndic_ledger::{Decision, Idempotency, PartName, Record};
use syndic_model::{
    ActionRequest, ApprovalState, Decided, Effect, EventId, MessageCode, Mode, ModelMessage, Retry,
};
use syndic_store::{EventRow, Stored, checks};

use crate::submit::SubmitError;
use crate::{Gate, gate::WriteFailed};

/// How long a repeat waits for its original.
const ORIGINAL_WITHIN: Duration = Duration::from_secs(5);

impl Gate {
    /// Returns where a repeat of `request` by `key` would be recognised.
    pub(crate) fn idempotency(&self, key: &str, request: &ActionRequest) -> Option<Idempotency> {
        let given = request.idempotency_key.as_ref()?;
        let body = format!(
            "{:?}",
            (
                &request.agent,
                &request.action,
                request.args.canonical().as_deref().unwrap_or(request.args.raw()),
                (&request.tool, &request.server, &request.tool_pin),
                &request.agent_version,
                &request.session_id,
                &request.user_id,
                (&request.on_behalf_of, request.parent_action_id, &request.model),
                Value::Object(request.metadata.clone()).to_string(),
            )
        );
        Some(Idempotency {
            key: self.store.pseudonym("idempotency", &format!("{key}\n{given}")),
            body: self.store.pseudonym("request", &body),
        })
    }

    /// Answers what was answered to `event`, without its permit. Waits while the original is on its way to disk.
    pub(crate) async fn replayed(&self, event: EventId) -> Result<Decided, SubmitError> {
        let row = tokio::time::timeout(ORIGINAL_WITHIN, self.original(event)).await;
        let row = row.map_err(|_| SubmitError::StillDeciding)??;
        let stored = self.read(row.decision).await?;
        let answered = answer(event, row.decision, &stored);
        let approval = self.waits_for(&stored).await?;
        let answered = answered.map(|decided| Decided { approval, ..decided });
        answered.ok_or(SubmitError::Write(WriteFailed::Closed))
    }

    /// Tells how the request stands that a recorded decision opened, joined or used.
    async fn waits_for(&self, stored: &Stored) -> Result<Option<ApprovalState>, SubmitError> {
        let Record::Decision(decision) = &stored.leaf.record else { return Ok(None) };
        let id = decision.approval.as_ref().and_then(|approval| approval.id().parse().ok());
        match id {
            Some(id) => Ok(self.approval_state(id).await.map(Some)?),
            None => Ok(None),
        }
    }

    async fn original(&self, event: EventId) -> Result<EventRow, SubmitError> {
        loop {
            let mut settled = pin!(self.settled.notified());
            settled.as_mut().enable();
            if let Some(row) = self.find(event).await? {
                return Ok(row);
            }
            settled.await;
        }
    }
}

fn answer(event: EventId, index: u64, stored: &Stored) -> Option<Decided> {
    let Record::Decision(decision) = &stored.leaf.record else { return None };
    let sealed = stored.value(PartName::Checks);
    let effect = decision.effect.parse().ok()?;
    Some(Decided {
        action_id: event,
        effect,
        allowed: decision.allowed,
        mode: decision.mode.parse().ok()?,
        checks: checks(decision, sealed.as_ref()),
        message: sealed
            .as_ref()
            .and_then(message)
            .unwrap_or_else(|| plain_message(effect, decision)),
        risk_level: decision.risk.parse().ok(),
        revision: decision.revision.clone(),
        record: Some(index),
        permit: None,
        approval: None,
        replayed: true,
        filters_output: false,
    })
}

fn message(sealed: &Value) -> Option<ModelMessage> {
    let message = sealed.get("message")?;
    Some(ModelMessage {
        code: message.get("code")?.as_str()?.parse().ok()?,
        text: message.get("text")?.as_str()?.to_owned(),
        retry: message.get("retry")?.as_str()?.parse().ok()?,
    })
}

fn plain_message(effect: Effect, decision: &Decision) -> ModelMessage {
    let observed = decision.mode == Mode::Observe.as_str();
    let (code, retry) = match effect {
        Effect::Allow => (MessageCode::Allowed, Retry::Never),
        Effect::Deny | Effect::Hold if decision.allowed && observed => {
            (MessageCode::Observed, Retry::Never)
        }
        Effect::Hold => (MessageCode::ApprovalRequired, Retry::Approval),
        Effect::Deny => (MessageCode::NotPermitted, Retry::Never),
    };
    ModelMessage { code, text: "The details of this decision were erased.".to_owned(), retry }
}
