use jiff::Timestamp;
use syndic_anomaly::{Alarm, Change, Signal};

use crate::fixture::{HOUR, moment, refund, weeks};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn an_alarm_is_raised_once_and_is_over_once() {
    let (mut baseline, end) = weeks(4);
    let mut alarm = Alarm::new(80, 6);
    let ten = end + 10 * HOUR;
    let mut changes = Vec::new();
    for step in 0..60 {
        baseline.observe(&refund(ten + step, 30));
        changes.extend(alarm.step(at(ten + step), &baseline.assess(moment(ten + step))));
    }
    assert!(alarm.is_raised(Signal::Rate));
    for minute in 1..60 {
        let now = ten + minute * 60;
        changes.extend(alarm.step(at(now), &baseline.assess(moment(now))));
    }
    let [raised, over] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!((raised.signal, raised.raised, over.raised), (Signal::Rate, true, false));
    assert!(raised.score >= 80 && over.score <= 50, "{changes:?}");
    assert!(raised.told.ends_with("`issue_refund` in 10 minutes, usual 3-5"), "{raised:?}");
    assert_eq!(over.told, "");
}

#[test]
fn no_more_alarms_are_raised_in_an_hour_than_may_be() {
    let (mut baseline, end) = weeks(4);
    let (mut alarm, ten) = (Alarm::new(80, 1), end + 10 * HOUR);
    for step in 0..60 {
        baseline.observe(&refund(ten + step, 5_000));
    }
    let now = moment(ten + 60);
    assert_eq!(alarm.step(at(ten + 60), &baseline.assess(now)).len(), 1);
    assert_eq!(alarm.step(at(ten + 61), &baseline.assess(now)), []);
    let later: Vec<Change> = alarm.step(at(ten + 60 + HOUR), &baseline.assess(now));
    assert_eq!(later.iter().map(|change| change.signal).collect::<Vec<_>>(), [Signal::Amount]);
}

#[test]
fn what_was_told_before_a_restart_is_not_told_again() {
    let (mut baseline, end) = weeks(4);
    let ten = end + 10 * HOUR;
    for step in 0..60 {
        baseline.observe(&refund(ten + step, 30));
    }
    let mut alarm = Alarm::new(80, 6);
    alarm.resume(Signal::Rate, true);
    assert_eq!(alarm.step(at(ten + 60), &baseline.assess(moment(ten + 60))), []);
    let over = alarm.step(at(ten + HOUR), &baseline.assess(moment(ten + HOUR)));
    assert_eq!(over.iter().map(|change| change.raised).collect::<Vec<_>>(), [false]);
}
