//! Where a decision meets requests for approval: a hold asks people, joins those who are asked, or is lifted.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use syndic_approval::{Bound, binding_text, request_text};
use syndic_ledger::{ApprovalOpened, DecisionApproval, Factor, Forbid};
use syndic_model::{
    ACTING_USER, APPROVAL_WITHIN, ApprovalId, ApprovalStatus, Effect, GroupName, RiskLevel,
    canonical_identities, canonical_identity,
};
use syndic_policy::Facts;

use crate::Gate;
use crate::approval::Held;
use crate::approval::held::KEPT_AFTER;
use crate::decide::{Situation, Verdict, decide};
use crate::enrich::Enriched;
use crate::lift::{Lift, forbid};
use crate::permit::hex;
use crate::state::{Crowded, State};

/// What is asked for, beside what the state knows of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Consulted<'a> {
    pub(crate) key: &'a str,
    pub(crate) enriched: &'a Enriched<'a>,
}

impl Gate {
    /// Finds what a verdict has to do with requests for approval, and decides again where people have lifted what
    /// holds it, or have refused. Everything else that stands in the way still does.
    pub(crate) fn consult(
        &self,
        state: &State,
        asked: Consulted<'_>,
        situation: &mut Situation<'_>,
        verdict: &mut Verdict,
    ) -> Result<Option<DecisionApproval>, Crowded> {
        if verdict.effect != Effect::Hold || verdict.allowed {
            return Ok(None);
        }
        let now = situation.reading.now;
        let request = self.request_hash(asked, situation);
        let forbids: BTreeSet<Forbid> = verdict.determining.iter().map(forbid).collect();
        let same = state.approvals.of_request(&request);
        if let Some(held) = same.filter(|held| forbids.is_subset(&held.forbids)) {
            let id = held.id.to_string();
            match answer(held, now) {
                // While the time cannot be told, neither can how long ago people said so.
                Answer::Lifted if !situation.reading.sane => {
                    let reason = "the host's clock stepped back: the approval cannot be used until it is right again";
                    situation.refused = Some(reason.to_owned());
                    *verdict = decide(asked.enriched, situation);
                    return Ok(None);
                }
                Answer::Lifted => {
                    let by = format!("approval {id}");
                    situation.lifts.push(Lift { by, forbids: held.forbids.clone() });
                    *verdict = decide(asked.enriched, situation);
                    // What is not allowed all the same uses nothing up.
                    return Ok(verdict.allowed.then_some(DecisionApproval::Used(id)));
                }
                Answer::Awaited => return Ok(Some(DecisionApproval::Joined(id))),
                Answer::Refused => {
                    situation.refused =
                        Some(format!("people rejected this request (approval {id})"));
                    *verdict = decide(asked.enriched, situation);
                    return Ok(Some(DecisionApproval::Refused(id)));
                }
                Answer::None => {}
            }
        }
        match self.opened(asked, situation, verdict, request, forbids) {
            Ok(opened) => {
                state.approvals.room(asked.key).map_err(|_| Crowded)?;
                Ok(Some(DecisionApproval::Opened(Box::new(opened))))
            }
            Err(impossible) => {
                situation.refused = Some(impossible);
                *verdict = decide(asked.enriched, situation);
                Ok(None)
            }
        }
    }

    /// Says whom to ask for what, or why nobody can be asked.
    fn opened(
        &self,
        asked: Consulted<'_>,
        situation: &Situation<'_>,
        verdict: &Verdict,
        request: String,
        forbids: BTreeSet<Forbid>,
    ) -> Result<ApprovalOpened, String> {
        let Consulted { enriched, .. } = asked;
        let (action, user) = (&enriched.request.action, enriched.request.user_id.as_deref());
        let approvers = &enriched.governance.approvers;
        let risk =
            enriched.actors().map(|actor| actor.risk_level).max().unwrap_or(RiskLevel::Critical);
        let groups: BTreeSet<&GroupName> =
            verdict.determining.iter().filter_map(|stands| stands.approval.as_ref()).collect();
        let (mut factors, mut within) = (Vec::new(), None::<SignedDuration>);
        for group in groups {
            let (factor, timeout) = match approvers.groups.get(group) {
                _ if group.as_str() == ACTING_USER => {
                    acting_user(enriched, risk)?;
                    (factor(group, 1, 1), APPROVAL_WITHIN)
                }
                Some(named) => {
                    (factor(group, named.approvals, named.rejections), named.timeout_of(action))
                }
                None => return Err(format!("nobody can approve it: there is no group `{group}`")),
            };
            factors.push(factor);
            within = Some(within.map_or(timeout, |within| within.min(timeout)));
        }
        let named = forbids.iter().map(|of| (of.policy.as_str(), of.hash.as_str()));
        let binding = self.store.pseudonym("approval-binding", &binding_text(&request, named));
        let owners =
            enriched.actors().flat_map(|actor| [&actor.owner.person, &actor.owner.contact]);
        let barred: BTreeSet<String> = owners.flat_map(|name| canonical_identities(name)).collect();
        let now = situation.reading.now;
        Ok(ApprovalOpened {
            id: ApprovalId::draw(self.clock.as_ref()).to_string(),
            request,
            binding,
            forbids: forbids.into_iter().collect(),
            factors,
            people: if risk == RiskLevel::Critical { 2 } else { 1 },
            barred: barred.into_iter().collect(),
            user: user.map(|user| self.user_name(user)),
            risk: risk.as_str().to_owned(),
            expires: now.saturating_add(within.unwrap_or(APPROVAL_WITHIN)).unwrap_or(now),
        })
    }

    /// Returns the name under which a user votes, or is kept from it: a keyed pseudonym without case.
    pub(crate) fn user_name(&self, user: &str) -> String {
        format!("user:{}", self.store.pseudonym("user-identity", &canonical_identity(user)))
    }

    /// Returns the keyed hash over what is asked for, the policies apart.
    fn request_hash(&self, asked: Consulted<'_>, situation: &Situation<'_>) -> String {
        let Consulted { key, enriched } = asked;
        let request = enriched.request;
        let chain: Vec<String> =
            enriched.ancestors.iter().map(|profile| profile.id.to_string()).collect();
        let files = &enriched.governance.files;
        let profile =
            |id: &str| files.get(&format!("agents/{id}.yaml")).cloned().unwrap_or_default();
        let profiles: Vec<String> =
            enriched.actors().map(|actor| profile(actor.id.as_str())).collect();
        let text = request_text(&Bound {
            environment: situation.environment.as_str(),
            agent: request.agent.as_str(),
            key,
            chain: &chain,
            user: request.user_id.as_deref(),
            session: request.session_id.as_ref().map(|session| session.as_str()),
            action: request.action.as_str(),
            tool: tool(enriched),
            server: request.server.as_ref().map(|server| server.as_str()),
            tool_pin: request.tool_pin.as_ref().map(|pin| pin.as_str()),
            args: &enriched.bound_args().unwrap_or_default(),
            facts: enriched.examined.as_ref().map(|examined| facts(examined.facts())),
            profiles: &profiles,
        });
        self.store.pseudonym("approval-request", &text)
    }
}

/// Names the tool the action runs through: the one that was named, or the only one it can be, which need not be named.
fn tool<'a>(enriched: &'a Enriched<'_>) -> Option<&'a str> {
    let request = enriched.request;
    let declared =
        enriched.governance.catalogue.get(&request.action).map(|entry| entry.tools.as_slice());
    let only = match declared {
        Some([]) => Some(request.action.as_str()),
        Some([only]) => Some(only.as_str()),
        Some(_) | None => None,
    };
    request.tool.as_ref().map(|tool| tool.as_str()).or(only)
}

/// What people said so far, where it still counts.
enum Answer {
    Lifted,
    Awaited,
    Refused,
    None,
}

fn answer(held: &Held, now: Timestamp) -> Answer {
    let approval = &held.approval;
    match approval.status() {
        ApprovalStatus::Pending if now < approval.request().expires => Answer::Awaited,
        ApprovalStatus::Approved if approval.usable(now).is_ok() => Answer::Lifted,
        ApprovalStatus::Rejected => {
            let until = approval.ended().and_then(|at| at.checked_add(KEPT_AFTER).ok());
            if until.is_some_and(|until| now < until) { Answer::Refused } else { Answer::None }
        }
        ApprovalStatus::Pending
        | ApprovalStatus::Approved
        | ApprovalStatus::Timeout
        | ApprovalStatus::Cancelled => Answer::None,
    }
}

/// Only a user whom `approvers/` knows can be asked, and not about high risk.
fn acting_user(enriched: &Enriched<'_>, risk: RiskLevel) -> Result<(), String> {
    if risk >= RiskLevel::High {
        return Err(format!("the acting user cannot approve at risk {}", risk.as_str()));
    }
    let user = enriched.request.user_id.as_deref();
    let user = user.ok_or("nobody can approve it: it asks the acting user, and names none")?;
    match enriched.governance.approvers.known_as(user) {
        Some(_) => Ok(()),
        None => {
            Err("nobody can approve it: the acting user is in no file of approvers/".to_owned())
        }
    }
}

fn factor(group: &GroupName, approvals: u8, rejections: u8) -> Factor {
    Factor { group: group.to_string(), approvals, rejections }
}

/// What the catalogue found; content by its digest, since it may be long.
fn facts(facts: &Facts) -> Value {
    let Facts { amount, currency, recipients, affected_people, content, resource } = facts;
    let mut found = json!({
        "amount": amount.map(|amount| amount.to_string()),
        "currency": currency.map(|currency| currency.to_string()),
        "recipients": recipients,
        "affected_people": affected_people,
        "content": content.as_ref().map(|content| hex(&Sha256::digest(content))),
        "resource": resource,
    });
    if let Value::Object(members) = &mut found {
        members.retain(|_, value| !value.is_null());
    }
    found
}
