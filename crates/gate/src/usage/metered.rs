//! What a limit has counted so far, with no action to come.

use std::collections::HashMap;

use jiff::Timestamp;
use syndic_governance::Governance;
use syndic_model::{AgentProfile, Counter, Scope};

use super::{Asked, Counted, Meter, OfAgent};
use crate::limits::LimitMeasure;
use crate::tally::{Span, Tally, Total};

/// The most sessions or users that are looked at: decisions wait meanwhile.
const MOST_LOOKED: usize = 2_000;

/// What was counted.
#[derive(Debug, Default)]
pub(crate) struct Metered {
    /// By the one that counted most, where sessions or users count apart; in ten-thousandths where it is money.
    pub(crate) used: i128,
    /// There is more than can be counted.
    pub(crate) over: bool,
    /// How many count apart, where they do.
    pub(crate) apart: Option<usize>,
    /// Whether all of those were looked at.
    pub(crate) whole: bool,
    /// When the first and the last of what is counted leave the window.
    pub(crate) leaves: Option<(Timestamp, Timestamp)>,
}

impl Counted {
    /// Tells what a limit of an agent has counted; nothing where there is no such limit.
    pub(crate) fn metered(
        &mut self,
        governance: &Governance,
        profile: &AgentProfile,
        (number, measure): (usize, LimitMeasure),
        now: Timestamp,
    ) -> Option<(Span, Metered)> {
        let asked = Asked::new(Counter::Limit(number), profile)?;
        let mut none = OfAgent::default();
        let of = self.agents.get_mut(profile.id.as_str()).unwrap_or(&mut none);
        let one = |meter: &mut Meter| metered(meter, &asked, measure, governance, now);
        let metered = match asked.scope {
            Scope::Agent | Scope::Action => one(&mut of.all),
            Scope::Session => most(&mut of.sessions, one),
            Scope::User => most(&mut of.users, one),
        };
        Some((asked.span, metered))
    }
}

/// Returns what was counted by the one that counted most.
fn most<K>(meters: &mut HashMap<K, Meter>, one: impl Fn(&mut Meter) -> Metered) -> Metered {
    let apart = meters.len();
    let looked = meters.values_mut().take(MOST_LOOKED).map(one);
    let most = looked.max_by_key(|metered| (metered.over, metered.used)).unwrap_or_default();
    Metered { apart: Some(apart), whole: apart <= MOST_LOOKED, ..most }
}

fn metered(
    meter: &mut Meter,
    asked: &Asked<'_>,
    measure: LimitMeasure,
    governance: &Governance,
    now: Timestamp,
) -> Metered {
    let mut tallies = meter.counted_by(asked, governance);
    let total = tallies
        .iter_mut()
        .map(|tally| tally.total(asked.span, asked.currency, now))
        .fold(Total::default(), Total::plus);
    let (used, over) = match measure {
        LimitMeasure::Calls => (total.calls.into(), false),
        LimitMeasure::Amount(_) => (total.amount, false),
        LimitMeasure::Tokens => (total.tokens, false),
        LimitMeasure::Recipients => {
            let count = Tally::recipients(&tallies, asked.span, &[], now);
            (count.into(), count == i64::MAX)
        }
    };
    let leaves = tallies.iter().filter_map(|tally| tally.leaves(asked.span, measure));
    let leaves = leaves.reduce(|(first, last), (one, other)| (first.min(one), last.max(other)));
    Metered { used, over, apart: None, whole: true, leaves }
}
