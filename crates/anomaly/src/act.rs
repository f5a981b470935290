//! One action, as far as a baseline looks at it.

use jiff::Timestamp;
use syndic_model::{Decimal, LocalTime};

use crate::hours::HOURS_OF_WEEK;

/// A moment, with the hour of the week where the agent is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Seconds since 1970.
    pub(crate) second: i64,
    /// 0 is Monday from midnight to one.
    pub(crate) hour: i64,
}

impl Moment {
    /// Joins a time with what the clock on the agent's wall shows then.
    #[must_use]
    pub fn new(at: Timestamp, local: LocalTime) -> Self {
        let hour = (local.weekday - 1) * 24 + local.minutes / 60;
        Self { second: at.as_second(), hour: hour.rem_euclid(HOURS_OF_WEEK) }
    }
}

/// One decided action of one agent; the one that is about to be decided, where it is assessed.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    /// When.
    pub at: Moment,
    /// What for.
    pub action: &'a str,
    /// The verdict was deny. Not looked at where the act is only assessed.
    pub denied: bool,
    /// How much money, and the three letters of its currency.
    pub amount: Option<(Decimal, &'a str)>,
    /// Keyed hashes of who receives it.
    pub recipients: &'a [String],
}
