use syndic_anomaly::{Act, Alarm, Signal};

use crate::fixture::{DAY, HOUR, act, moment, refund, weeks};

#[test]
fn an_hour_of_an_attack_does_not_become_the_usual() {
    let (mut baseline, end) = weeks(4);
    let ten = end + 10 * HOUR;
    for step in 0..1_800 {
        baseline.observe(&refund(ten + step * 2, 5_000));
    }
    let next = end + DAY + 10 * HOUR;
    for step in 0..60 {
        baseline.observe(&refund(next + step, 30));
    }
    assert!(baseline.assess(moment(next + 60)).of(Signal::Rate) >= 80);
    assert!(baseline.assess_act(&refund(next + 60, 5_000)).of(Signal::Amount) >= 80);
}

#[test]
fn three_nights_do_not_become_usual_hours() {
    let (mut baseline, end) = weeks(4);
    for night in 0..3 {
        for step in 0..200 {
            baseline.observe(&act(end + night * DAY + 3 * HOUR + step * 10, "read_ticket"));
        }
    }
    for step in 0..10 {
        baseline.observe(&act(end + 3 * DAY + 3 * HOUR + step * 10, "read_ticket"));
    }
    let score = baseline.assess(moment(end + 3 * DAY + 3 * HOUR + 100)).of(Signal::Hours);
    assert!(score >= 80, "{score}");
}

#[test]
fn what_stays_for_weeks_becomes_the_usual() {
    let (mut baseline, end) = weeks(4);
    for day in (0..28).filter(|day| day % 7 < 5) {
        for step in 0..48 * 25 {
            baseline.observe(&act(end + day * DAY + 9 * HOUR + step * 24, "read_ticket"));
        }
    }
    let later = end + 28 * DAY + 12 * HOUR;
    for step in 0..25 {
        baseline.observe(&act(later + step * 24, "read_ticket"));
    }
    let assessment = baseline.assess_act(&act(later + 600, "read_ticket"));
    assert!(assessment.of(Signal::Rate) < 50, "{assessment}");
}

#[test]
fn denied_actions_of_an_attack_are_still_denied_too_often_the_next_day() {
    let (mut baseline, end) = weeks(4);
    for day in 0..2 {
        for step in 0..200 {
            let second = end + day * DAY + 10 * HOUR + step * 10;
            baseline.observe(&Act { denied: true, ..act(second, "read_ticket") });
        }
    }
    let second = end + 2 * DAY + 10 * HOUR;
    for step in 0..20 {
        baseline.observe(&Act { denied: true, ..act(second + step, "read_ticket") });
    }
    assert!(baseline.assess(moment(second + 20)).of(Signal::Denials) >= 80);
    let mut alarm = Alarm::new(80, 6);
    assert!(
        !alarm
            .step("2026-03-02T10:00:00Z".parse().unwrap(), &baseline.assess(moment(second)))
            .is_empty()
    );
}
