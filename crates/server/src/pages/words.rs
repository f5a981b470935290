//! Words the gate uses, as an approver reads them.

use maud::{Markup, html};
use syndic_model::{ApprovalStatus, RiskLevel, Vote, VoteMethod};

/// Shows a risk level.
pub(crate) fn risk(level: RiskLevel) -> Markup {
    html! { span class={ "tag " (level.as_str()) } { (level.as_str()) " risk" } }
}

/// Shows what became of a request.
pub(crate) fn status(status: ApprovalStatus) -> Markup {
    html! { span class={ "tag " (status.as_str()) } { (status_word(status)) } }
}

/// Says what became of a request.
pub(crate) const fn status_word(status: ApprovalStatus) -> &'static str {
    match status {
        ApprovalStatus::Pending => "waiting",
        ApprovalStatus::Approved => "approved",
        ApprovalStatus::Rejected => "rejected",
        ApprovalStatus::Timeout => "not answered in time",
        ApprovalStatus::Cancelled => "cancelled by the agent",
    }
}

/// Says how a request stands after an answer.
pub(crate) const fn stands(status: ApprovalStatus) -> &'static str {
    match status {
        ApprovalStatus::Pending => "Others must answer too before anything runs.",
        ApprovalStatus::Approved
        | ApprovalStatus::Rejected
        | ApprovalStatus::Timeout
        | ApprovalStatus::Cancelled => consequence(status),
    }
}

/// Says what an end means for the action.
pub(crate) const fn consequence(status: ApprovalStatus) -> &'static str {
    match status {
        ApprovalStatus::Pending => "Nothing runs until it is decided.",
        ApprovalStatus::Approved => {
            "The agent may do exactly this, once, within five minutes of the approval."
        }
        ApprovalStatus::Rejected => "The action does not run. The agent is told so.",
        ApprovalStatus::Timeout => "Nobody answered in time, so the action does not run.",
        ApprovalStatus::Cancelled => "The agent does not want it any more, so nothing runs.",
    }
}

/// Says how unavoidable syndic is on the path of an action.
pub(crate) fn grade(word: &str) -> &'static str {
    match word {
        "advisory" => "the agent's own program asks; it could go around",
        "cooperative" => "the program that runs the agent asks before it acts",
        "in-path" => "the call goes through syndic",
        "exclusive" => "nothing but syndic can make the call",
        _ => "",
    }
}

/// Says what somebody voted.
pub(crate) const fn voted(vote: Vote) -> &'static str {
    match vote {
        Vote::Approve => "approved",
        Vote::Reject => "rejected",
    }
}

/// Says how somebody was known.
pub(crate) const fn method(method: VoteMethod) -> &'static str {
    match method {
        VoteMethod::Key => "by their key",
        VoteMethod::Session => "signed in",
        VoteMethod::Link => "by the link in their message",
        VoteMethod::Slack => "in Slack",
        VoteMethod::Embedded => "in the program that embeds syndic",
    }
}
