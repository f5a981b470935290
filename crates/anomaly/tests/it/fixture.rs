//! An agent with even weeks.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use syndic_anomaly::{Act, Assessment, Baseline, Moment, Settings};
use syndic_model::{Decimal, LocalTime};

/// A Monday, at midnight.
pub(crate) const START: i64 = 1_767_571_200;
pub(crate) const DAY: i64 = 86_400;
pub(crate) const HOUR: i64 = 3_600;

pub(crate) fn moment(second: i64) -> Moment {
    let at = Timestamp::from_second(second).unwrap();
    Moment::new(at, LocalTime::at(at, &TimeZone::UTC))
}

pub(crate) fn act(second: i64, action: &str) -> Act<'_> {
    Act { at: moment(second), action, denied: false, amount: None, recipients: &[] }
}

pub(crate) fn refund(second: i64, amount: i64) -> Act<'static> {
    let amount = Decimal::from_ten_thousandths(amount * 10_000).unwrap();
    Act { amount: Some((amount, "USD")), ..act(second, "issue_refund") }
}

/// Five working days a week, nine to five: four refunds and six tickets in ten minutes, a message to one of ten
/// customers now and then, one action in 24 denied.
pub(crate) fn weeks(weeks: i64) -> (Baseline, i64) {
    let mut baseline = Baseline::new(Settings::default());
    for day in (0..weeks * 7).filter(|day| day % 7 < 5) {
        for window in 0..48 {
            let begins = START + day * DAY + 9 * HOUR + window * 600;
            for step in 0..3 + (window + day) % 3 {
                baseline.observe(&refund(begins + step * 60, 20 + (7 * step + 3 * window) % 60));
            }
            for step in 0..6 {
                let denied = window % 4 == 0 && step == 0;
                baseline.observe(&Act { denied, ..act(begins + 360 + step * 30, "read_ticket") });
            }
            let customer = [format!("customer-{}", (window + day) % 10)];
            baseline.observe(&Act { recipients: &customer, ..act(begins + 590, "send_message") });
        }
    }
    (baseline, START + weeks * 7 * DAY)
}

/// Reads an assessment as people do.
pub(crate) fn told(assessment: &Assessment<'_>) -> String {
    match assessment.worst() {
        Some(worst) => format!("{} {}: {worst}", worst.signal(), worst.score()),
        None => assessment.to_string(),
    }
}
