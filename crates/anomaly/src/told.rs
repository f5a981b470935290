//! The sentences, in words and numbers with their units.

use std::fmt;

use syndic_model::Decimal;

use crate::Signal;
use crate::days::Drift;
use crate::hours::is_weekend;
use crate::share::Counted;

/// What is unusual, with what is usual in its place.
#[derive(Debug, Clone, Copy)]
pub(crate) enum What<'a> {
    Minutes { action: Option<&'a str>, count: u32, usual: (f64, f64) },
    Day { action: Option<&'a str>, count: u32, usual: (f64, f64) },
    Drift { action: Option<&'a str>, drift: Drift },
    Denied { counted: Counted, usual: f64 },
    Hours { count: u32, hour: i64, share: f64 },
    Busy { count: u32, hour: i64, usual: f64 },
    Amount { action: &'a str, amount: Decimal, currency: &'a str, usual: (f64, f64) },
    AmountDrift { action: &'a str, currency: &'a str, drift: Drift },
    New { actions: u32, action: Option<&'a str>, recipients: Counted },
}

impl What<'_> {
    /// Returns what kind of unusual it is.
    pub(crate) const fn signal(&self) -> Signal {
        match self {
            Self::Minutes { .. } | Self::Day { .. } | Self::Drift { .. } => Signal::Rate,
            Self::Denied { .. } => Signal::Denials,
            Self::Hours { .. } | Self::Busy { .. } => Signal::Hours,
            Self::Amount { .. } | Self::AmountDrift { .. } => Signal::Amount,
            Self::New { .. } => Signal::Novelty,
        }
    }
}

impl fmt::Display for What<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            What::Minutes { action, count, usual } => {
                write!(f, "{count} {} in 10 minutes, usual {}", Of(action, count), Counts(usual))
            }
            What::Day { action, count, usual } => {
                write!(f, "{count} {} in 24 hours, usual {}", Of(action, count), Counts(usual))
            }
            What::Drift { action, drift } => write!(
                f,
                "{:.0} {} a day in the last week, {} in the weeks before",
                drift.now,
                Of(action, 2),
                Counts((drift.low, drift.high))
            ),
            What::Denied { counted, usual } => write!(
                f,
                "{} of {} actions denied in an hour, usual {:.0} of 100",
                counted.some,
                counted.all,
                usual * 100.0
            ),
            What::Hours { count, hour, share } => {
                write!(f, "{}, when {}", Between(count, hour), Seldom(share))
            }
            What::Busy { count, hour, usual } => {
                write!(f, "{}, usual {:.0}", Between(count, hour), usual.max(1.0))
            }
            What::Amount { action, amount, currency, usual } => {
                write!(f, "`{action}` of {amount} {currency}, usual {} {currency}", Range(usual))
            }
            What::AmountDrift { action, currency, drift } => write!(
                f,
                "`{action}` of {} {currency} in the middle in the last week, {} {currency} in the weeks before",
                Rounded(drift.now),
                Range((drift.low, drift.high))
            ),
            What::New { actions, action, recipients } => fresh(f, actions, action, recipients),
        }
    }
}

fn fresh(
    f: &mut fmt::Formatter<'_>,
    actions: u32,
    action: Option<&str>,
    recipients: Counted,
) -> fmt::Result {
    match (actions, action) {
        (0, _) => {}
        (1, Some(action)) => write!(f, "action `{action}` for the first time")?,
        (1, None) => f.write_str("1 action for the first time")?,
        (count, _) => write!(f, "{count} actions for the first time in 24 hours")?,
    }
    if recipients.some == 0 {
        return Ok(());
    }
    let Counted { some, all } = recipients;
    let joint = if actions > 0 { ", and " } else { "" };
    let noun = if all == 1 { "recipient" } else { "recipients" };
    write!(f, "{joint}{some} of {all} {noun} in an hour never seen before")
}

/// What is counted: one action by its name, or all of them.
struct Of<'a>(Option<&'a str>, u32);

impl fmt::Display for Of<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(Some(action), _) => write!(f, "`{action}`"),
            Self(None, 1) => f.write_str("action"),
            Self(None, _) => f.write_str("actions"),
        }
    }
}

/// So many actions in an hour of the day.
struct Between(u32, i64);

impl fmt::Display for Between {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(count, hour) = self;
        write!(
            f,
            "{count} {} between {:02}:00 and {:02}:00 on a {}",
            if *count == 1 { "action" } else { "actions" },
            hour.rem_euclid(24),
            (hour + 1).rem_euclid(24),
            if is_weekend(*hour) { "weekend" } else { "working day" },
        )
    }
}

/// From a low to a high count, or one, where they are the same.
struct Counts((f64, f64));

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = (self.0.0.round(), self.0.1.round());
        if low < high { write!(f, "{low:.0}-{high:.0}") } else { write!(f, "{high:.0}") }
    }
}

/// From a low to a high value, or one, where they read the same.
struct Range((f64, f64));

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = (Rounded(self.0.0).to_string(), Rounded(self.0.1).to_string());
        if low == high { f.write_str(&high) } else { write!(f, "{low}-{high}") }
    }
}

/// A number as people say it: whole, or with two digits after the point where it is no whole number and small.
struct Rounded(f64);

impl fmt::Display for Rounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_whole = self.0 >= 10.0 || (self.0 - self.0.round()).abs() < 0.2;
        if is_whole { write!(f, "{:.0}", self.0) } else { write!(f, "{:.2}", self.0) }
    }
}

/// On how many days there is anything.
struct Seldom(f64);

impl fmt::Display for Seldom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0.01 {
            f.write_str("there are usually none")
        } else {
            write!(f, "there are any on {:.0} of 100 days", self.0 * 100.0)
        }
    }
}
