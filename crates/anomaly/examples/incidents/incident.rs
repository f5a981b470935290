//! What goes wrong.

use syndic_anomaly::Signal;

use crate::chance::Chance;
use crate::kind::{Did, Kind, START, money};

const DAY: i64 = 86_400;
/// Incidents begin after five weeks.
pub(crate) const NORMAL_DAYS: i64 = 35;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Incident {
    /// An action is repeated every two seconds, for an hour, while the agent is at work.
    Loop,
    /// More than twice as much is read as on other days, at the usual hours and in the usual way, for two days.
    Exfiltration,
    /// Somebody acts with its key at a quiet hour, once or twice a minute, for an hour.
    StolenKey,
    /// A day has 7 % more actions than the day before, for three weeks.
    Drift,
    /// Amounts are 5 % larger than the day before, for three weeks.
    AmountDrift,
}

impl Incident {
    pub(crate) const ALL: [Self; 5] =
        [Self::Loop, Self::Exfiltration, Self::StolenKey, Self::Drift, Self::AmountDrift];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Loop => "loop",
            Self::Exfiltration => "exfil",
            Self::StolenKey => "key",
            Self::Drift => "drift",
            Self::AmountDrift => "amounts",
        }
    }

    /// Within which time it is to be told.
    pub(crate) const fn goal_minutes(self, kind: Kind) -> f64 {
        match self {
            // Its days differ by more than that.
            Self::Exfiltration if matches!(kind, Kind::Bursts) => f64::INFINITY,
            Self::Loop => 10.0,
            Self::Exfiltration => 1_440.0,
            // It acts at that hour anyway.
            Self::StolenKey if matches!(kind, Kind::Consumer) => 60.0,
            Self::StolenKey => 10.0,
            Self::Drift | Self::AmountDrift => 21.0 * 1_440.0,
        }
    }

    /// A signal that has nothing to do with it is a coincidence.
    pub(crate) fn is_told_by(self, signal: Signal) -> bool {
        match self {
            Self::Loop | Self::Exfiltration | Self::Drift => {
                matches!(signal, Signal::Rate | Signal::Hours)
            }
            Self::StolenKey => true,
            Self::AmountDrift => signal == Signal::Amount,
        }
    }

    /// Only agents with amounts can have larger ones.
    pub(crate) fn applies(self, kind: Kind) -> bool {
        self != Self::AmountDrift || matches!(kind, Kind::Office | Kind::Payments)
    }

    /// Makes five weeks of traffic with the incident at their end, and tells when it begins.
    pub(crate) fn traffic(self, kind: Kind, chance: &mut Chance) -> (Vec<Did>, i64) {
        // A working day of the sixth week.
        let day = NORMAL_DAYS + chance.below(5) as i64;
        let (busy, idle) = kind.hours();
        let midnight = START + day * DAY;
        let grown = |of_day: i64| {
            if self == Self::Drift {
                1.07_f64.powi((of_day - NORMAL_DAYS).max(0) as i32)
            } else {
                1.0
            }
        };
        let length = if matches!(self, Self::Drift | Self::AmountDrift) { 21 } else { 3 };
        let mut did = kind.traffic(day + length, chance, grown);
        let begins = match self {
            Self::Loop => {
                let begins = midnight + busy * 3_600 + chance.below(1_200) as i64;
                let repeated = kind.act(begins, chance);
                did.extend((0..1_800).map(|step| Did {
                    second: begins + step * 2,
                    evil: true,
                    ..repeated.clone()
                }));
                begins
            }
            Self::Exfiltration => {
                // As much again as on other days, and half of that.
                for _ in 0..3 {
                    for one in kind.traffic(day + 2, chance, |_| 0.5) {
                        if one.second >= midnight {
                            did.push(Did {
                                second: one.second,
                                action: kind.actions().0,
                                denied: false,
                                amount: None,
                                recipients: Vec::new(),
                                evil: true,
                            });
                        }
                    }
                }
                did.iter().filter(|did| did.evil).map(|did| did.second).min().unwrap_or(midnight)
            }
            Self::StolenKey => {
                let begins = midnight + idle * 3_600 + chance.below(1_200) as i64;
                let mut second = begins;
                while second < begins + 3_600 {
                    did.push(steal(kind, second, chance));
                    second += 20 + chance.below(40) as i64;
                }
                begins
            }
            Self::Drift => {
                for one in &mut did {
                    one.evil = one.second >= START + NORMAL_DAYS * DAY;
                }
                START + NORMAL_DAYS * DAY
            }
            Self::AmountDrift => {
                for one in &mut did {
                    let days = (one.second - START) / DAY - NORMAL_DAYS;
                    one.evil = days >= 0 && one.amount.is_some();
                    if let Some(amount) = one.amount.filter(|_| days > 0) {
                        one.amount = money(
                            amount.ten_thousandths() as f64 / 10_000.0 * 1.05_f64.powi(days as i32),
                        );
                    }
                }
                START + NORMAL_DAYS * DAY
            }
        };
        did.sort_by_key(|did| did.second);
        (did, begins)
    }
}

/// Looks around, sends to strangers, pays; some of it is denied.
fn steal(kind: Kind, second: i64, chance: &mut Chance) -> Did {
    let (reads, sends) = kind.actions();
    let mut did = Did {
        second,
        action: reads,
        denied: chance.happens(0.3),
        amount: None,
        recipients: Vec::new(),
        evil: true,
    };
    if chance.happens(0.4) {
        did.action = sends;
        did.recipients = vec![format!("stranger-{}", chance.below(5))];
        did.amount = matches!(kind, Kind::Office | Kind::Payments)
            .then(|| money(chance.around(900.0, 0.5)))
            .flatten();
    }
    did
}
