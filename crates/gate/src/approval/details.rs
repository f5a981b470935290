//! Everything a person needs to decide one request.

use jiff::Timestamp;
use syndic_ledger::{ApprovalNotified, Concern, PartName, Record};
use syndic_model::{ApprovalId, ApprovalStatus, AuditEvent, EventId, PersonId, SessionId, Vote};
use syndic_store::{ApprovalQuery, Query, ReadError, Store, Stored};

use crate::Gate;
use crate::approval::ApprovalView;
use crate::approval::index::{ApprovalError, Found, find};
use crate::events::event_of;

/// How many of what the session did before are told, and of earlier requests like this one.
const MOST_EARLIER: usize = 10;

/// A request with what it is about.
#[derive(Debug, Clone)]
pub struct ApprovalDetails {
    /// The request.
    pub view: ApprovalView,
    /// The held action, with its arguments and every reason.
    pub event: AuditEvent,
    /// The arguments as they arrived, every digit of them; `None` when erased.
    pub args: Option<String>,
    /// What the session did before, newest first.
    pub before: Vec<Earlier>,
    /// Earlier requests of the agent for the same action, newest first.
    pub alike: Vec<ApprovalView>,
    /// What was said, with reasons, oldest first.
    pub said: Vec<Said>,
    /// Everything recorded about the request, oldest first.
    pub trail: Vec<Noted>,
}

/// Something a session did before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// The action's id.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub action: String,
    /// `allow`, `deny` or `hold`.
    pub effect: String,
    /// Whether it might run.
    pub allowed: bool,
    /// How much money, as in `150 USD`.
    pub amount: Option<String>,
}

/// What somebody said, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Who.
    pub person: PersonId,
    /// What.
    pub vote: Vote,
    /// Why; `None` where they did not say, or it was erased.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Something recorded about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// Its position in the ledger.
    pub record: u64,
    /// When.
    pub at: Timestamp,
    /// What, for people.
    pub what: String,
}

impl Gate {
    /// Tells one request with everything it is about.
    ///
    /// # Errors
    /// When there is none, or the ledger cannot be read.
    pub async fn approval_details(&self, id: ApprovalId) -> Result<ApprovalDetails, ApprovalError> {
        let found = self.reading(move |store| details(store, id)).await?;
        found.ok_or(ApprovalError::Unknown(id))
    }
}

fn details(store: &Store, id: ApprovalId) -> Result<Option<ApprovalDetails>, ReadError> {
    let Some(found) = find(store, id)? else { return Ok(None) };
    let Some(row) = store.find(&found.row.event)? else { return Ok(None) };
    let (Some(view), Some(event)) =
        (ApprovalView::of(&found.held), event_of(store, &row, &found.decision)?)
    else {
        return Ok(None);
    };
    let args = found.decision.parts.get(&PartName::Args);
    let args = args.and_then(|part| part.text()).map(str::to_owned);
    let before = before(store, &found)?;
    let alike = alike(store, &found)?;
    let said = found.trail.iter().filter_map(said).collect();
    let trail = found.trail.iter().filter_map(noted).collect();
    Ok(Some(ApprovalDetails { view, event, args, before, alike, said, trail }))
}

fn before(store: &Store, found: &Found) -> Result<Vec<Earlier>, ReadError> {
    let decision = &found.held.decision;
    let session = decision.session.as_ref().and_then(|id| id.parse::<SessionId>().ok());
    let (Some(session), Ok(agent)) = (session, decision.agent.parse()) else {
        return Ok(Vec::new());
    };
    let query = Query {
        agent: Some(agent),
        session: Some(session),
        cursor: Some(found.row.opened),
        limit: MOST_EARLIER,
        ..Query::default()
    };
    let read = store.events(&query)?.rows.into_iter().map(|row| store.read(row.decision));
    Ok(read.collect::<Result<Vec<_>, _>>()?.iter().filter_map(earlier).collect())
}

fn earlier(stored: &Stored) -> Option<Earlier> {
    let Record::Decision(decision) = &stored.leaf.record else { return None };
    let (amount, currency) = (&decision.counted.amount, &decision.counted.currency);
    let amount = amount.as_ref().zip(currency.as_ref());
    Some(Earlier {
        id: decision.id.parse().ok()?,
        at: stored.leaf.at,
        action: decision.action.clone(),
        effect: decision.effect.clone(),
        allowed: decision.allowed,
        amount: amount.map(|(amount, currency)| format!("{amount} {currency}")),
    })
}

/// Finds earlier requests of the same agent for the same action that have ended.
fn alike(store: &Store, found: &Found) -> Result<Vec<ApprovalView>, ReadError> {
    let decision = &found.held.decision;
    let query = ApprovalQuery {
        agent: decision.agent.parse().ok(),
        action: decision.action.parse().ok(),
        cursor: Some(found.row.opened),
        limit: MOST_EARLIER,
        ..ApprovalQuery::default()
    };
    let rows = store.approvals(&query)?.rows;
    let ended = rows.iter().filter(|row| row.status != ApprovalStatus::Pending.as_str());
    let found: Result<Vec<_>, ReadError> =
        ended.filter_map(|row| row.id.parse().ok()).map(|id| find(store, id)).collect();
    Ok(found?.into_iter().flatten().filter_map(|found| ApprovalView::of(&found.held)).collect())
}

fn said(stored: &Stored) -> Option<Said> {
    let Record::ApprovalVoted(voted) = &stored.leaf.record else { return None };
    let reason = stored.value(PartName::Reason);
    Some(Said {
        person: voted.person.parse().ok()?,
        vote: voted.vote.parse().ok()?,
        reason: reason.and_then(|reason| reason.as_str().map(str::to_owned)),
        at: stored.leaf.at,
    })
}

fn noted(stored: &Stored) -> Option<Noted> {
    let record = &stored.leaf.record;
    let what = match record.concern() {
        Concern::Decided(decision) => format!("used by action {}", decision.id),
        Concern::Approval(_) => happened(record)?,
        Concern::Audited(_) | Concern::Action(_) | Concern::Other => return None,
    };
    Some(Noted { record: stored.leaf.i, at: stored.leaf.at, what })
}

/// Says what happened to a request for approval.
fn happened(record: &Record) -> Option<String> {
    if let Record::ApprovalVoted(voted) = record {
        return Some(format!("{} voted {} by {}", voted.person, voted.vote, voted.method));
    }
    if let Record::ApprovalEnded(ended) = record {
        let status: Option<ApprovalStatus> = ended.status.parse().ok();
        return Some(format!("it {}", status.map_or("has ended", ApprovalStatus::as_predicate)));
    }
    if let Record::ApprovalNotified(told) = record {
        let ApprovalNotified { to, channel, about, error, .. } = told;
        let why = error.as_deref().unwrap_or("no answer");
        return Some(match told.ok {
            true => format!("{to} told by {channel} ({about})"),
            false => format!("{to} could not be told by {channel}: {why}"),
        });
    }
    if let Record::ApprovalViewed(viewed) = record {
        return Some(format!("{} looked at it", viewed.person));
    }
    None
}
