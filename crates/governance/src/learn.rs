//! A profile, limits and catalogue entries, drafted from what an agent was seen to do.
//!
//! Every line is a guess with its evidence: counts, largest values, percentiles. Memory is bounded, whatever is seen.

mod buckets;
mod profile;
mod schema;
mod spread;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;
use syndic_model::{AgentId, Capability, Currency, Decimal, Effect};
use syndic_policy::Facts;

use self::buckets::{Busiest, Window};
use self::schema::Inferred;
use self::spread::Spread;
use crate::Governance;
use crate::import::{self, ImportOptions, McpTool};

/// How many actions are told apart.
const MOST_ACTIONS: usize = 500;
/// How many names are remembered of one kind.
const MOST_NAMES: usize = 10_000;

/// One action, as it was recorded.
#[derive(Debug)]
pub struct ActionSeen<'a> {
    /// When.
    pub at: Timestamp,
    /// What for.
    pub action: &'a str,
    /// Its arguments, where they mean something exact.
    pub args: Option<&'a Value>,
    /// What the catalogue finds in them.
    pub facts: Option<&'a Facts>,
    /// What was decided.
    pub effect: Effect,
    /// Whether it might run.
    pub allowed: bool,
    /// Whether nothing was stopped.
    pub observed: bool,
    /// Its session.
    pub session: Option<&'a str>,
    /// Tokens read and written.
    pub tokens: u64,
}

/// What was seen of one agent; actions come in order of time, either way.
#[derive(Debug)]
pub struct Observed {
    agent: AgentId,
    /// How many actions.
    pub count: u64,
    /// How many of them while nothing was stopped.
    pub observed: u64,
    /// How many beyond the actions that are told apart.
    pub beyond: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    actions: BTreeMap<String, SeenAction>,
    calls: Windows,
    tokens: Busiest,
    sessions: BTreeMap<String, u64>,
}

/// What was seen of one action.
#[derive(Debug, Default)]
struct SeenAction {
    count: u64,
    denied: u64,
    held: u64,
    /// How many might run.
    ran: u64,
    amounts: BTreeMap<Currency, (Spread, Busiest)>,
    affected: Option<u64>,
    recipients: BTreeSet<String>,
    most_recipients: usize,
    recipients_by_day: DayNames,
    args: Inferred,
}

#[derive(Debug)]
struct Windows {
    minute: Busiest,
    hour: Busiest,
    day: Busiest,
}

/// The most different names within one day.
#[derive(Debug, Default)]
struct DayNames {
    day: Option<i64>,
    names: BTreeSet<String>,
    most: usize,
}

/// What is drafted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    /// `agents/<agent>.yaml`
    pub profile: String,
    /// Entries for actions that no catalogue has; `None` where there are none.
    pub catalogue: Option<String>,
}

impl Observed {
    /// Begins with nothing seen.
    #[must_use]
    pub const fn new(agent: AgentId) -> Self {
        let calls = Windows {
            minute: Busiest::new(Window::Minute),
            hour: Busiest::new(Window::Hour),
            day: Busiest::new(Window::Day),
        };
        Self {
            agent,
            count: 0,
            observed: 0,
            beyond: 0,
            first: None,
            last: None,
            actions: BTreeMap::new(),
            calls,
            tokens: Busiest::new(Window::Day),
            sessions: BTreeMap::new(),
        }
    }

    /// Takes one action into account.
    pub fn take(&mut self, seen: &ActionSeen<'_>) {
        self.count += 1;
        self.observed += u64::from(seen.observed);
        self.first = Some(self.first.map_or(seen.at, |first| first.min(seen.at)));
        self.last = Some(self.last.map_or(seen.at, |last| last.max(seen.at)));
        for busiest in [&mut self.calls.minute, &mut self.calls.hour, &mut self.calls.day] {
            busiest.add(seen.at, 1);
        }
        self.tokens.add(seen.at, seen.tokens);
        if let Some(session) = seen.session
            && (self.sessions.len() < MOST_NAMES || self.sessions.contains_key(session))
        {
            *self.sessions.entry(session.to_owned()).or_default() += 1;
        }
        if self.actions.len() >= MOST_ACTIONS && !self.actions.contains_key(seen.action) {
            self.beyond += 1;
            return;
        }
        self.actions.entry(seen.action.to_owned()).or_default().take(seen);
    }

    /// Drafts from what was seen; what `governance` already says about the agent is kept.
    #[must_use]
    pub fn draft(&self, governance: &Governance, currency: Currency) -> Lesson {
        let entries: BTreeMap<&str, Option<import::Drafted>> = self
            .actions
            .iter()
            .filter(|(_, seen)| seen.is_wanted())
            .map(|(name, seen)| {
                let known = governance.catalogue.contains_key(name.as_str());
                (name.as_str(), (!known).then(|| seen.entry(name, currency)))
            })
            .collect();
        let capabilities = |name: &str| -> BTreeSet<Capability> {
            match (governance.catalogue.get(name), entries.get(name)) {
                (Some(entry), _) => entry.capabilities.clone(),
                (None, Some(Some(drafted))) => drafted.capabilities.clone(),
                (None, _) => BTreeSet::new(),
            }
        };
        let profile = profile::write(self, governance, &capabilities);
        let bodies: Vec<_> =
            entries.values().flatten().map(|drafted| drafted.body.trim_end()).collect();
        let catalogue = (!bodies.is_empty()).then(|| {
            format!(
                "# Drafted by `syndic learn` from what `{}` was seen to ask for. What is marked `review:` is a guess, with\n\
                 # its evidence; arguments are described as they were seen, and more may be right.\nactions:\n{}\n",
                self.agent,
                bodies.join("\n\n")
            )
        });
        Lesson { profile, catalogue }
    }
}

impl SeenAction {
    fn take(&mut self, seen: &ActionSeen<'_>) {
        self.count += 1;
        match seen.effect {
            Effect::Allow => {}
            Effect::Hold => self.held += 1,
            Effect::Deny => self.denied += 1,
        }
        self.ran += u64::from(seen.allowed);
        if let Some(args) = seen.args {
            self.args.take(args);
        }
        let Some(facts) = seen.facts else { return };
        if let (Some(amount), Some(currency)) = (facts.amount, facts.currency) {
            let fresh = || (Spread::default(), Busiest::new(Window::Day));
            let (spread, by_day) = self.amounts.entry(currency).or_insert_with(fresh);
            let count = u64::try_from(amount.ten_thousandths()).unwrap_or(0);
            spread.add(count);
            by_day.add(seen.at, count);
        }
        self.affected = self.affected.max(facts.affected_people);
        if let Some(recipients) = &facts.recipients {
            self.most_recipients = self.most_recipients.max(recipients.len());
            for recipient in recipients {
                if self.recipients.len() < MOST_NAMES {
                    self.recipients.insert(recipient.clone());
                }
                self.recipients_by_day.add(seen.at, recipient);
            }
        }
    }

    /// Tells whether a profile should list it: it ran, or was held for a human to decide.
    const fn is_wanted(&self) -> bool {
        self.ran > 0 || self.held > 0
    }

    fn entry(&self, name: &str, currency: Currency) -> import::Drafted {
        let tool = McpTool {
            name: name.to_owned(),
            description: match self.count {
                1 => "To be described: seen once.".to_owned(),
                count => format!("To be described: seen {count} times."),
            },
            input: self.args.schema(),
            read_only: None,
            destructive: None,
            open_world: None,
        };
        #[expect(clippy::expect_used, reason = "a literal of the name alphabet")]
        let name = "learned".parse().expect("a name");
        import::drafted(&tool, &ImportOptions { name, prefix: None, currency })
    }
}

impl DayNames {
    fn add(&mut self, at: Timestamp, name: &str) {
        let day = at.as_second().div_euclid(86_400);
        if self.day != Some(day) {
            self.day = Some(day);
            self.names.clear();
        }
        if self.names.len() < MOST_NAMES {
            self.names.insert(name.to_owned());
        }
        self.most = self.most.max(self.names.len());
    }
}

/// Writes ten-thousandths as people write amounts.
fn amount(count: u64) -> String {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    Decimal::from_ten_thousandths(count).unwrap_or(Decimal::ZERO).to_string()
}

/// Rounds up to 1, 2 or 5 and zeros: a limit that looks exact would claim what nobody knows.
fn rounded_up(value: u64) -> u64 {
    let mut unit: u64 = 1;
    loop {
        for step in [1, 2, 5] {
            match unit.checked_mul(step) {
                Some(round) if round >= value => return round,
                Some(_) => {}
                None => return u64::MAX,
            }
        }
        let Some(next) = unit.checked_mul(10) else { return u64::MAX };
        unit = next;
    }
}

#[cfg(test)]
mod tests {
    use super::{amount, rounded_up};

    #[test]
    fn limits_are_round_and_never_below_what_was_seen() {
        let found: Vec<_> = [0, 1, 3, 7, 12, 49, 51, 999, u64::MAX].map(rounded_up).to_vec();
        assert_eq!(found, [1, 1, 5, 10, 20, 50, 100, 1000, u64::MAX]);
        assert_eq!(amount(1_505_000), "150.5");
    }
}
