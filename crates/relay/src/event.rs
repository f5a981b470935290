//! What happened, for programs: the body of a webhook.

use serde_json::{Value, json};

use crate::matter::{About, Matter, Subject};
use crate::notice::Given;

pub(crate) fn event(matter: &Matter, about: About, given: &Given<'_>) -> Value {
    let kind = match about {
        About::Requested => "approval.requested",
        About::Escalated => "approval.escalated",
        About::Ended => "approval.ended",
        About::GlassAsked => "break_glass.asked",
        About::GlassOpened => "break_glass.opened",
        About::GlassUnreviewed => "break_glass.unreviewed",
    };
    let ended = matter.ended.as_ref();
    let at = match about {
        About::Ended | About::GlassUnreviewed => ended.map_or(matter.at, |ended| ended.at),
        About::Requested | About::Escalated | About::GlassAsked | About::GlassOpened => matter.at,
    };
    let data = match &matter.subject {
        Subject::Approval(asked) => {
            let groups: Vec<&str> =
                asked.request.factors.iter().map(|factor| factor.group.as_str()).collect();
            json!({
                "id": matter.id,
                "status": ended.map_or("pending", |ended| &ended.status),
                "decided_by": ended.and_then(|ended| ended.by.as_deref()),
                "agent": asked.agent,
                "owner": asked.owner,
                "action": asked.action,
                "risk": asked.request.risk,
                "groups": groups,
                "amount": asked.amount,
                "recipients": asked.recipients,
                "affected_people": asked.affected_people,
                "reasons": given.reasons,
                "url": format!("{}/approvals/{}", given.in_force.config.public_url, matter.id),
                "requested_at": matter.at,
                "expires_at": matter.until,
            })
        }
        Subject::BreakGlass(asked) => json!({
            "id": matter.id,
            "agent": asked.agent,
            "person": asked.person,
            "agreed_by": matter.agreed,
            "reason": asked.reason,
            "asked_at": matter.at,
            "until": matter.until,
        }),
    };
    json!({ "type": kind, "timestamp": at, "data": data })
}
