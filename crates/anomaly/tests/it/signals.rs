use syndic_anomaly::{Act, Baseline, Settings, Signal};

use crate::fixture::{DAY, HOUR, START, act, moment, refund, told, weeks};

#[test]
fn a_baseline_says_that_it_is_still_learning() {
    let mut baseline = Baseline::new(Settings::default());
    assert_eq!(
        baseline.assess(moment(START)).to_string(),
        "still learning what is usual: 0 of 7 days, 0 of 50 actions"
    );
    for step in 0..60 {
        baseline.observe(&act(START + step, "read_ticket"));
    }
    let assessment = baseline.assess(moment(START + 3 * DAY));
    assert!(assessment.is_learning());
    assert_eq!(assessment.score(), 0);
    assert_eq!(
        assessment.to_string(),
        "still learning what is usual: 3 of 7 days, 50 of 50 actions"
    );
    assert!(!baseline.assess(moment(START + 7 * DAY)).is_learning());
}

#[test]
fn a_usual_day_is_not_unusual() {
    let (mut baseline, end) = weeks(4);
    let mut worst = 0;
    for window in 0..48 {
        for step in 0..4 {
            let refund = refund(end + 9 * HOUR + window * 600 + step * 120, 30 + step);
            worst = worst.max(baseline.assess_act(&refund).score());
            baseline.observe(&refund);
        }
    }
    assert!(worst < 50, "{worst}");
}

#[test]
fn many_of_one_action_are_told_with_what_is_usual() {
    let (mut baseline, end) = weeks(4);
    let ten = end + 10 * HOUR;
    for step in 0..40 {
        baseline.observe(&refund(ten + step, 30));
    }
    assert_eq!(
        told(&baseline.assess_act(&refund(ten + 41, 30))),
        "rate 100: 41 `issue_refund` in 10 minutes, usual 3-5"
    );
    assert_eq!(baseline.assess(moment(ten + 2 * HOUR)).of(Signal::Rate), 0);
}

#[test]
fn more_than_on_other_days_is_told_though_no_ten_minutes_are_busy() {
    let (mut baseline, end) = weeks(4);
    for step in 0..48 * 14 {
        baseline.observe(&act(end + 9 * HOUR + step * 42, "read_ticket"));
    }
    let told = told(&baseline.assess(moment(end + 17 * HOUR)));
    assert!(told.ends_with("672 `read_ticket` in 24 hours, usual 288"), "{told}");
}

#[test]
fn days_that_grow_slowly_are_beside_the_weeks_before() {
    let mut baseline = Baseline::new(Settings::default());
    let mut second = START;
    for day in 0..49 {
        let count = if day < 35 { 40 } else { 40 + (day - 34) * 3 };
        for step in 0..count {
            second = START + day * DAY + 9 * HOUR + step * 8 * HOUR / count;
            baseline.observe(&act(second, "read_ticket"));
        }
    }
    assert_eq!(
        told(&baseline.assess(moment(second))),
        "rate 99: 70 `read_ticket` a day in the last week, 40 in the weeks before"
    );
    assert!(baseline.assess_act(&act(second, "read_ticket")).of(Signal::Rate) < 80);
}

#[test]
fn denials_are_told_as_a_share() {
    let (mut baseline, end) = weeks(4);
    let ten = end + 10 * HOUR;
    for step in 0..9 {
        let denied = step > 0;
        baseline.observe(&Act { denied, ..act(ten + step * 60, "read_ticket") });
    }
    assert_eq!(
        told(&baseline.assess(moment(ten + 600))),
        "denials 96: 8 of 9 actions denied in an hour, usual 2 of 100"
    );
}

#[test]
fn a_few_actions_at_night_are_enough() {
    let (mut baseline, end) = weeks(4);
    let night = end + 3 * HOUR;
    for step in 0..3 {
        baseline.observe(&act(night + step * 60, "read_ticket"));
    }
    let assessment = baseline.assess_act(&act(night + 180, "read_ticket"));
    assert_eq!(
        told(&assessment),
        "hours 85: 4 actions between 03:00 and 04:00 on a working day, when there are usually none"
    );
    let weekend = baseline.assess_act(&act(end - DAY + 11 * HOUR, "read_ticket"));
    assert!(weekend.of(Signal::Hours) > 0);
    assert_eq!(baseline.assess(moment(end + 10 * HOUR)).of(Signal::Hours), 0);
}

#[test]
fn an_amount_is_beside_the_same_action_and_currency() {
    let (mut baseline, end) = weeks(4);
    let ten = end + 10 * HOUR;
    assert_eq!(
        told(&baseline.assess_act(&refund(ten, 5_000))),
        "amount 100: `issue_refund` of 5000 USD, usual 23-76 USD"
    );
    let euros = Act {
        amount: refund(ten, 5_000).amount.map(|(amount, _)| (amount, "EUR")),
        ..refund(ten, 1)
    };
    assert_eq!(baseline.assess_act(&euros).of(Signal::Amount), 0);
    assert_eq!(baseline.assess_act(&refund(ten, 79)).of(Signal::Amount), 0);
    baseline.observe(&refund(ten, 5_000));
    assert_eq!(baseline.assess(moment(ten + HOUR)).of(Signal::Amount), 100);
    assert_eq!(baseline.assess(moment(ten + 2 * HOUR)).of(Signal::Amount), 0);
}

#[test]
fn strangers_are_counted() {
    let (mut baseline, end) = weeks(4);
    let ten = end + 10 * HOUR;
    let known = ["customer-3".to_owned()];
    let message = Act { recipients: &known, ..act(ten, "send_message") };
    assert_eq!(baseline.assess_act(&message).of(Signal::Novelty), 0);
    for stranger in 0..2 {
        let stranger = [format!("stranger-{stranger}")];
        baseline.observe(&Act { recipients: &stranger, ..act(ten, "send_message") });
    }
    let third = ["stranger-3".to_owned()];
    assert_eq!(
        told(&baseline.assess_act(&Act { recipients: &third, ..act(ten + 60, "send_message") })),
        "novelty 87: 3 of 3 recipients in an hour never seen before"
    );
    assert_eq!(
        told(&baseline.assess_act(&act(ten + 60, "delete_customer"))),
        "novelty 83: action `delete_customer` for the first time, and 2 of 2 recipients in an hour never seen before"
    );
}
