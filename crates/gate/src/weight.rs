//! What an action weighs, as limits and policies count it.

use syndic_ledger::Counted;
use syndic_model::{ActionName, Currency, Decimal};

use crate::enrich::Enriched;
use crate::tally::Total;
use crate::usage::key;

/// The most recipients that a leaf names; with more, an action is over any limit of recipients.
const MOST_RECIPIENTS: usize = 256;

/// What an action weighs, before it is decided.
#[derive(Debug, Clone)]
pub(crate) struct Weight {
    pub(crate) action: ActionName,
    pub(crate) session: Option<String>,
    /// Pseudonym of the user.
    pub(crate) user: Option<String>,
    /// The keys and the names of its recipients.
    pub(crate) recipients: Vec<(u64, String)>,
    /// It has more recipients than its leaf can name.
    pub(crate) crowd: bool,
    /// What its leaf keeps of it.
    pub(crate) counted: Counted,
    amount: Option<(Currency, Decimal)>,
    affected_people: u64,
}

impl Weight {
    /// Weighs an action; `pseudonym` makes a name of a kind and a text.
    pub(crate) fn new(enriched: &Enriched<'_>, pseudonym: impl Fn(&str, &str) -> String) -> Self {
        let request = enriched.request;
        let facts = enriched.examined.as_ref().map(|examined| examined.facts());
        let all = facts.iter().flat_map(|facts| facts.recipients.iter().flatten());
        let crowd = all.clone().nth(MOST_RECIPIENTS).is_some();
        let named: Vec<(String, &String)> =
            all.take(MOST_RECIPIENTS).map(|name| (pseudonym("recipient", name), name)).collect();
        let amount = facts.and_then(|facts| facts.currency.zip(facts.amount));
        let affected_people = facts.and_then(|facts| facts.affected_people);
        Self {
            action: request.action.clone(),
            session: request.session_id.as_ref().map(ToString::to_string),
            user: request.user_id.as_ref().map(|user| pseudonym("user", user)),
            recipients: named.iter().map(|(hash, name)| (key(hash), (*name).clone())).collect(),
            crowd,
            counted: Counted {
                amount: facts.and_then(|facts| facts.amount).map(|amount| amount.to_string()),
                currency: facts.and_then(|facts| facts.currency).map(|own| own.to_string()),
                recipients: named.into_iter().map(|(hash, _)| hash).collect(),
                affected_people,
            },
            amount,
            affected_people: affected_people.unwrap_or_default(),
        }
    }

    /// Returns what it adds to a counter, its recipients apart.
    pub(crate) fn total(&self, currency: Currency) -> Total {
        let amount = self.amount.filter(|(own, _)| *own == currency);
        Total {
            calls: 1,
            amount: amount.map_or(0, |(_, amount)| amount.ten_thousandths().into()),
            affected_people: self.affected_people.into(),
            ..Total::default()
        }
    }

    /// Returns how many recipients it has.
    pub(crate) fn count(&self) -> i64 {
        if self.crowd { i64::MAX } else { i64::try_from(self.recipients.len()).unwrap_or(i64::MAX) }
    }
}
