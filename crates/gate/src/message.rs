//! What a model may be told: never a threshold, unless the policy discloses it.

use syndic_model::{Check, CheckResult, Effect, MessageCode, ModelMessage, Retry};
use syndic_policy::Evaluation;

pub(crate) fn model_message(evaluation: &Evaluation, allowed: bool) -> ModelMessage {
    let (code, text, retry) = match (evaluation.effect, allowed) {
        (Effect::Allow, _) => (MessageCode::Allowed, "The action may run.", Retry::Never),
        (_, true) => (
            MessageCode::Observed,
            "The action may run. It is only observed; policy would stop it.",
            Retry::Never,
        ),
        (Effect::Hold, false) => (
            MessageCode::ApprovalRequired,
            "A person must approve this action before it may run. Do not try another way; tell the user that it \
             waits for approval.",
            Retry::Approval,
        ),
        (Effect::Deny, false) => denial(evaluation),
    };
    let mut text = text.to_owned();
    for reason in &evaluation.disclosed {
        text.push(' ');
        text.push_str(reason);
    }
    ModelMessage { code, text, retry }
}

/// The message where the ledger cannot be written.
pub(crate) fn unavailable() -> ModelMessage {
    ModelMessage {
        code: MessageCode::Unavailable,
        text: "The action cannot be recorded, so it may not run. Stop and tell the user."
            .to_owned(),
        retry: Retry::After,
    }
}

fn denial(evaluation: &Evaluation) -> (MessageCode, &'static str, Retry) {
    let in_the_way =
        || evaluation.violations().filter(|check| check.result == CheckResult::Blocked);
    let by = |policy: &str| in_the_way().any(|check: &Check| check.policy.as_str() == policy);
    if by("agent-suspended") {
        let text = "This agent has been stopped by its operators. Do not act until they resume it.";
        return (MessageCode::Suspended, text, Retry::After);
    }
    if by("approval") {
        let text = "A person rejected this action, or nobody can be asked. Do not ask again or try another way; tell \
                    the user.";
        return (MessageCode::NotPermitted, text, Retry::Never);
    }
    if in_the_way().all(|check| check.policy.as_str() == "schema") {
        let text = "The arguments do not fit the action. Correct them and ask again.";
        return (MessageCode::InvalidArguments, text, Retry::Changed);
    }
    if in_the_way().all(|check| check.policy.as_str() == "rate-limit") {
        let text = "This agent acts too often. Wait before you ask again.";
        return (MessageCode::NotPermitted, text, Retry::After);
    }
    let text = "Policy does not permit this action. Do not try it another way; tell the user that it was refused.";
    (MessageCode::NotPermitted, text, Retry::Never)
}
