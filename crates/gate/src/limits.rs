//! How much of its limits an agent has used.

use jiff::Timestamp;
use syndic_model::{Currency, Decimal, Limit, Period};

use crate::Gate;
use crate::agents::{UnknownName, profile};

/// One measure of one limit of an agent, and how much of it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitUse {
    /// The limit's number in the profile, from 1.
    pub number: usize,
    /// Over what it counts.
    pub per: Period,
    /// The actions and the capability it counts; nothing for all.
    pub counts: Vec<String>,
    /// What is measured.
    pub measure: LimitMeasure,
    /// How long the window is; `None` for a session, which is one.
    pub window_s: Option<u64>,
    /// How much is used; of the session or user that used most, where they count apart.
    pub used: Decimal,
    /// More than can be counted was used.
    pub over: bool,
    /// The most there is.
    pub most: Decimal,
    /// How many sessions or users count apart, where they do.
    pub apart: Option<usize>,
    /// Whether all of those were looked at; else the first 2,000 that came to hand were.
    pub whole: bool,
    /// When the first of what is counted leaves the window.
    pub eases_at: Option<Timestamp>,
    /// When all of it will have left, if nothing is added.
    pub resets_at: Option<Timestamp>,
}

/// What a limit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitMeasure {
    /// Calls, denied ones too.
    Calls,
    /// Money in a currency.
    Amount(Currency),
    /// Different recipients.
    Recipients,
    /// Tokens.
    Tokens,
}

impl LimitMeasure {
    /// Returns its unit: a word, or the letters of the currency.
    #[must_use]
    pub fn unit(self) -> String {
        match self {
            Self::Calls => "calls".to_owned(),
            Self::Amount(currency) => currency.to_string(),
            Self::Recipients => "recipients".to_owned(),
            Self::Tokens => "tokens".to_owned(),
        }
    }

    /// Makes an amount of what was counted; what is too large for one is the largest.
    fn amount(self, counted: i128) -> Decimal {
        let scale = if let Self::Amount(_) = self { 1 } else { 10_000 };
        let exact = counted.checked_mul(scale).and_then(|exact| i64::try_from(exact).ok());
        exact.and_then(Decimal::from_ten_thousandths).unwrap_or(Decimal::MAX)
    }
}

impl Gate {
    /// Tells how much of each of its limits an agent has used.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn agent_limits(&self, name: &str) -> Result<Vec<LimitUse>, UnknownName> {
        let governance = self.governance();
        let profile = profile(&governance, name)?;
        let mut used = Vec::new();
        for (number, limit) in (1..).zip(&profile.limits) {
            for (measure, most) in measures(limit) {
                // A lock for each, since decisions wait for it.
                let metered = {
                    let mut state = self.state();
                    let now = self.now();
                    state.counted.metered(&governance, profile, (number, measure), now)
                };
                used.extend(metered.map(|(span, metered)| LimitUse {
                    number,
                    per: limit.per,
                    counts: counts(limit),
                    measure,
                    window_s: span.window_s(),
                    used: measure.amount(metered.used),
                    over: metered.over,
                    most,
                    apart: metered.apart,
                    whole: metered.whole,
                    eases_at: metered.leaves.map(|(first, _)| first),
                    resets_at: metered.leaves.map(|(_, last)| last),
                }));
            }
        }
        Ok(used)
    }
}

pub(crate) fn measures(limit: &Limit) -> impl Iterator<Item = (LimitMeasure, Decimal)> {
    let count = |most: Option<u64>, measure: LimitMeasure| {
        most.map(|most| (measure, measure.amount(most.into())))
    };
    let amount = limit.amount.map(|most| (LimitMeasure::Amount(most.currency), most.amount));
    let all = [
        count(limit.calls, LimitMeasure::Calls),
        amount,
        count(limit.recipients, LimitMeasure::Recipients),
        count(limit.tokens, LimitMeasure::Tokens),
    ];
    all.into_iter().flatten()
}

fn counts(limit: &Limit) -> Vec<String> {
    let actions = limit.actions.iter().map(ToString::to_string);
    actions.chain(limit.capability.map(|capability| capability.to_string())).collect()
}
