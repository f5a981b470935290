//! What agents of different kinds usually do.

use syndic_model::Decimal;

use crate::chance::Chance;

/// A Monday, at midnight.
pub(crate) const START: i64 = 1_767_571_200;
const WINDOW: i64 = 600;
const DAY: i64 = 86_400;

/// One action, before it is looked at.
#[derive(Debug, Clone)]
pub(crate) struct Did {
    pub(crate) second: i64,
    pub(crate) action: &'static str,
    pub(crate) denied: bool,
    pub(crate) amount: Option<Decimal>,
    pub(crate) recipients: Vec<String>,
    /// It is part of an incident.
    pub(crate) evil: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Support in office hours, sometimes later: many customers, small refunds.
    Office,
    /// A batch at night, another on Sundays.
    Batch,
    /// Around the clock, with bursts of any size.
    Bursts,
    /// Around the clock, more in the evening and at the weekend, mostly new customers.
    Consumer,
    /// A few payments a day to the same receivers.
    Payments,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] =
        [Self::Office, Self::Batch, Self::Bursts, Self::Consumer, Self::Payments];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Office => "office",
            Self::Batch => "batch",
            Self::Bursts => "bursts",
            Self::Consumer => "consumer",
            Self::Payments => "payments",
        }
    }

    /// The action that reads, and the one that sends or pays.
    pub(crate) const fn actions(self) -> (&'static str, &'static str) {
        match self {
            Self::Office => ("read_ticket", "issue_refund"),
            Self::Batch => ("read_record", "send_report"),
            Self::Bursts => ("query_index", "send_alert"),
            Self::Consumer => ("search_orders", "send_message"),
            Self::Payments => ("read_account", "execute_transaction"),
        }
    }

    /// The hour of a working day at which it does a lot, and one at which it does little or nothing.
    pub(crate) const fn hours(self) -> (i64, i64) {
        match self {
            Self::Office | Self::Payments => (11, 3),
            Self::Batch => (2, 14),
            Self::Bursts => (11, 3),
            Self::Consumer => (19, 4),
        }
    }

    /// Makes the traffic of so many days; `growth` multiplies what is done on a day.
    pub(crate) fn traffic(
        self,
        days: i64,
        chance: &mut Chance,
        growth: impl Fn(i64) -> f64,
    ) -> Vec<Did> {
        let mut did = Vec::new();
        let (mut burst, mut burst_left) = (0.0, 0);
        for day in 0..days {
            let factor = growth(day) * chance.around(1.0, 0.1);
            let holiday = chance.happens(0.02);
            let late = chance.happens(0.06);
            let ends = 17 + chance.below(3) as i64 + if late { 3 } else { 0 };
            for window in 0..DAY / WINDOW {
                let hour = window / 6;
                let weekend = day % 7 >= 5;
                if burst_left == 0 && chance.happens(0.02) {
                    (burst, burst_left) = (chance.around(20.0, 0.7).min(90.0), 1 + chance.below(4));
                }
                let level = match self {
                    Self::Office if weekend || holiday || hour < 8 || hour >= ends => 0.0,
                    Self::Office if hour == 12 => 3.0,
                    Self::Office => 7.0,
                    Self::Batch if hour == 2 && window % 6 < 4 => 75.0,
                    Self::Batch if day % 7 == 6 && hour == 5 => 30.0,
                    Self::Batch => 0.0,
                    Self::Bursts if burst_left > 0 => burst,
                    Self::Bursts => 1.0,
                    Self::Consumer => {
                        let of_day = (1.0
                            + (std::f64::consts::TAU * (hour as f64 - 13.0) / 24.0).sin())
                            / 2.0;
                        (0.4 + 6.0 * of_day) * if weekend { 1.6 } else { 1.0 }
                    }
                    Self::Payments if weekend || holiday || !(9..17).contains(&hour) => 0.0,
                    Self::Payments => 0.6,
                };
                burst_left = burst_left.saturating_sub(1);
                for _ in 0..chance.count(level * factor) {
                    let second = START + day * DAY + window * WINDOW + chance.below(600) as i64;
                    did.push(self.act(second, chance));
                }
            }
        }
        did.sort_by_key(|did| did.second);
        did
    }

    /// Does one of the usual things.
    pub(crate) fn act(self, second: i64, chance: &mut Chance) -> Did {
        let (reads, sends) = self.actions();
        let mut did = Did {
            second,
            action: reads,
            denied: false,
            amount: None,
            recipients: Vec::new(),
            evil: false,
        };
        let known = |most: u64, chance: &mut Chance| {
            vec![format!("{}-{}", self.name(), chance.below(most))]
        };
        let fresh =
            |chance: &mut Chance| vec![format!("{}-new-{}", self.name(), chance.below(1 << 50))];
        match self {
            Self::Office => {
                did.denied = chance.happens(0.03);
                if chance.happens(0.3) {
                    did.action = "send_message";
                    did.recipients =
                        if chance.happens(0.3) { fresh(chance) } else { known(400, chance) };
                } else if chance.happens(0.15) {
                    did.action = sends;
                    did.amount = money(chance.around(40.0, 0.6));
                }
            }
            Self::Batch => {
                if chance.happens(0.02) {
                    (did.action, did.recipients) = (sends, known(6, chance));
                }
            }
            Self::Bursts => {
                did.denied = chance.happens(0.01);
                if chance.happens(0.1) {
                    (did.action, did.recipients) = (sends, known(30, chance));
                } else if chance.happens(0.001) {
                    did.action = "rebuild_index";
                }
            }
            Self::Consumer => {
                did.denied = chance.happens(0.05);
                if chance.happens(0.4) {
                    did.action = sends;
                    did.recipients =
                        if chance.happens(0.6) { fresh(chance) } else { known(300, chance) };
                }
            }
            Self::Payments => {
                did.denied = chance.happens(0.02);
                if chance.happens(0.5) {
                    did.action = sends;
                    did.amount = money(chance.around(900.0, 0.9));
                    did.recipients =
                        if chance.happens(0.005) { fresh(chance) } else { known(20, chance) };
                }
            }
        }
        did
    }
}

/// Cents.
pub(crate) fn money(value: f64) -> Option<Decimal> {
    Decimal::from_ten_thousandths((value * 100.0).round() as i64 * 100)
}
