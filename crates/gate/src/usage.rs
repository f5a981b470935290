//! What agents did over time, as limits and policies count it: a view of the ledger's decisions and outcomes.
//!
//! Counted is by agent, session and user, and by action below each, whatever limits there are: so a limit that comes
//! into force counts from the first moment what was done before it.

mod metered;

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use syndic_governance::Governance;
use syndic_ledger::Decision;
use syndic_model::{AgentProfile, CatalogueEntry, Counter, Currency, Limit, Period, Scope, Window};
use syndic_policy::Used;

use crate::kept::kept;
use crate::past::Past;
use crate::tally::{Span, Sum, Tally, Total};
use crate::weight::Weight;

/// The most sessions, and as many users, that are counted apart for one agent; a new one beyond it is over all limits.
const MOST_APART: usize = 20_000;
/// How long a session or a user that does nothing is counted apart.
const IDLE: SignedDuration = SignedDuration::from_hours(24);

/// The use of every agent.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    agents: HashMap<String, OfAgent>,
}

#[derive(Debug, Default)]
struct OfAgent {
    all: Meter,
    /// What names no session or no user is counted together.
    sessions: HashMap<Option<String>, Meter>,
    users: HashMap<Option<String>, Meter>,
}

/// The use of one agent, or of one session or user of it.
#[derive(Debug, Default)]
struct Meter {
    all: Tally,
    /// Actions of no catalogue share the empty name.
    actions: HashMap<Box<str>, Tally>,
    used: Timestamp,
}

/// For whom an action was counted, so that its tokens can be.
#[derive(Debug, Clone, Default)]
pub(crate) struct Charged {
    agents: Vec<String>,
    action: Box<str>,
    session: Option<String>,
    user: Option<String>,
}

kept!(Counted { agents });
kept!(OfAgent { all, sessions, users });
kept!(Meter { all, actions, used });
kept!(Charged { agents, action, session, user });

impl Charged {
    /// Names who answers for a decision: the agent, unless it is unknown, and those behind it.
    pub(crate) fn of(decision: &Decision) -> Self {
        let own = (decision.risk != "unknown").then_some(&decision.agent);
        let mut agents: Vec<String> = own.into_iter().chain(&decision.chain).cloned().collect();
        agents.sort_unstable();
        agents.dedup();
        let action = if decision.undeclared { "" } else { decision.action.as_str() };
        Self {
            agents,
            action: action.into(),
            session: decision.session.clone(),
            user: decision.user_ref.clone(),
        }
    }
}

impl Counted {
    /// Counts a decision. Calls count whatever came of them; money, recipients and people only where the action
    /// was allowed, and a failure gives nothing back.
    pub(crate) fn charge(&mut self, charged: &Charged, decision: &Decision, at: Timestamp) {
        let more = Sum::of(decision);
        let reached: Vec<u64> = match decision.allowed {
            true => decision.counted.recipients.iter().map(|name| key(name)).collect(),
            false => Vec::new(),
        };
        self.each(charged, at, |tally| tally.add(&more, &reached, at));
    }

    /// Counts what an outcome says its action cost.
    pub(crate) fn spend(&mut self, charged: &Charged, tokens: u64, at: Timestamp) {
        let more = Sum::tokens(tokens);
        self.each(charged, at, |tally| tally.add(&more, &[], at));
    }

    fn each(&mut self, charged: &Charged, at: Timestamp, mut add: impl FnMut(&mut Tally)) {
        for agent in &charged.agents {
            let of = self.agents.entry(agent.clone()).or_default();
            let apart = [
                Some(&mut of.all),
                meter(&mut of.sessions, charged.session.as_ref()),
                meter(&mut of.users, charged.user.as_ref()),
            ];
            for meter in apart.into_iter().flatten() {
                meter.used = meter.used.max(at);
                add(&mut meter.all);
                add(meter.actions.entry(charged.action.clone()).or_default());
            }
        }
    }

    /// Returns what an actor did before, as far as the policies about an action and its recipients ask for it.
    pub(crate) fn past(
        &mut self,
        governance: &Governance,
        profile: &AgentProfile,
        weight: &Weight,
        now: Timestamp,
    ) -> Past {
        let mut none = OfAgent::default();
        let of = self.agents.get_mut(profile.id.as_str()).unwrap_or(&mut none);
        let counters = governance.engine.counters(&profile.id, &weight.action);
        let count = |counter: Counter| {
            let asked = Asked::new(counter, profile)?;
            Some((counter, of.count(&asked, weight, governance, now)))
        };
        let usage = counters.into_iter().filter_map(count).collect();
        let among = |meter: Option<&Meter>| {
            let reached =
                |of: &&(u64, String)| meter.is_some_and(|meter| meter.all.knows(of.0, now));
            weight.recipients.iter().filter(reached).map(|(_, name)| name.clone()).collect()
        };
        Past {
            usage,
            known_recipients: among(Some(&of.all)),
            session_recipients: among(of.sessions.get(&weight.session)),
        }
    }

    /// Drops the sessions and users that did nothing for a day.
    pub(crate) fn forget(&mut self, now: Timestamp) {
        let Ok(oldest) = now.checked_sub(IDLE) else { return };
        for of in self.agents.values_mut() {
            of.sessions.retain(|_, meter| meter.used >= oldest);
            of.users.retain(|_, meter| meter.used >= oldest);
        }
    }

    /// Drops the recipients whom nobody wrote to for long.
    pub(crate) fn forget_recipients(&mut self, now: Timestamp) {
        for of in self.agents.values_mut() {
            let apart = of.sessions.values_mut().chain(of.users.values_mut());
            for meter in std::iter::once(&mut of.all).chain(apart) {
                let tallies = std::iter::once(&mut meter.all).chain(meter.actions.values_mut());
                tallies.for_each(|tally| tally.forget(now));
            }
        }
    }
}

/// Tells in which currency and over how long a counter of an agent counts.
pub(crate) fn meaning(counter: Counter, profile: &AgentProfile) -> Option<(Currency, Span)> {
    Asked::new(counter, profile).map(|asked| (asked.currency, asked.span))
}

/// What a counter asks for.
struct Asked<'a> {
    scope: Scope,
    span: Span,
    /// Where only some actions count.
    limit: Option<&'a Limit>,
    currency: Currency,
}

impl<'a> Asked<'a> {
    fn new(counter: Counter, profile: &'a AgentProfile) -> Option<Self> {
        let own = profile.max_transaction_amount.currency;
        let (scope, span, limit) = match counter {
            Counter::Limit(number) => {
                let limit = profile.limits.get(number.checked_sub(1)?)?;
                let (scope, span) = match limit.per {
                    Period::Minute => (Scope::Agent, Span::Minute),
                    Period::Hour => (Scope::Agent, Span::Hour),
                    Period::Day => (Scope::Agent, Span::Day),
                    Period::Session => (Scope::Session, Span::Life),
                    Period::User => (Scope::User, Span::Day),
                };
                (scope, span, Some(limit))
            }
            Counter::Rolling(scope, Window::Minute) => (scope, Span::Minute, None),
            Counter::Rolling(scope, Window::Hour) => (scope, Span::Hour, None),
            Counter::Rolling(scope, Window::Day) => (scope, Span::Day, None),
        };
        let currency = limit.and_then(|limit| limit.amount).map_or(own, |amount| amount.currency);
        Some(Self { scope, span, limit: limit.filter(|limit| !limit.counts_all()), currency })
    }

    fn counts(&self, action: &str, entry: Option<&CatalogueEntry>) -> bool {
        self.limit.is_none_or(|limit| match entry {
            Some(entry) => limit.counts(&entry.name, &entry.capabilities),
            None => limit.actions.iter().any(|named| named.as_str() == action),
        })
    }
}

impl OfAgent {
    fn count(
        &mut self,
        asked: &Asked<'_>,
        weight: &Weight,
        governance: &Governance,
        now: Timestamp,
    ) -> Used {
        let apart = |meters: &HashMap<_, _>| meters.len() >= MOST_APART;
        let (meter, full) = match asked.scope {
            Scope::Agent | Scope::Action => (Some(&mut self.all), false),
            Scope::Session => {
                let full = apart(&self.sessions);
                (self.sessions.get_mut(&weight.session), full)
            }
            Scope::User => {
                let full = apart(&self.users);
                (self.users.get_mut(&weight.user), full)
            }
        };
        let own = weight.total(asked.currency);
        let Some(meter) = meter else {
            return if full { Used::OVER } else { own.plus_recipients(weight.count()).into() };
        };
        let mut tallies: Vec<&mut Tally> = match asked.scope {
            Scope::Action => meter.actions.get_mut(weight.action.as_str()).into_iter().collect(),
            Scope::Agent | Scope::Session | Scope::User => meter.counted_by(asked, governance),
        };
        let before = tallies
            .iter_mut()
            .map(|tally| tally.total(asked.span, asked.currency, now))
            .fold(own, Total::plus);
        let recipients = Tally::recipients(&tallies, asked.span, &weight.recipients, now);
        if weight.crowd {
            before.plus_recipients(i64::MAX)
        } else {
            before.plus_recipients(recipients)
        }
        .into()
    }
}

impl Meter {
    /// Returns the tallies that count for what is asked.
    fn counted_by(&mut self, asked: &Asked<'_>, governance: &Governance) -> Vec<&mut Tally> {
        if asked.limit.is_none() {
            return vec![&mut self.all];
        }
        let counts = |name: &str| asked.counts(name, governance.catalogue.get(name));
        let named = self.actions.iter_mut().filter(|(name, _)| counts(name));
        named.map(|(_, tally)| tally).collect()
    }
}

/// Returns the meter of a session or user, unless there are too many.
fn meter<'m>(
    meters: &'m mut HashMap<Option<String>, Meter>,
    of: Option<&String>,
) -> Option<&'m mut Meter> {
    let of = of.cloned();
    if meters.len() >= MOST_APART && !meters.contains_key(&of) {
        return None;
    }
    Some(meters.entry(of).or_default())
}

/// Makes a short key of a recipient's pseudonym, which is a keyed hash in hexadecimal digits.
pub(crate) fn key(pseudonym: &str) -> u64 {
    let digits = pseudonym.get(..16).unwrap_or(pseudonym);
    u64::from_str_radix(digits, 16).unwrap_or_default()
}
