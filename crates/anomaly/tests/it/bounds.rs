use proptest::prelude::*;
use syndic_anomaly::{Act, Alarm, Baseline, Settings, Signal};
use syndic_model::Decimal;

use crate::fixture::{START, act, moment};

/// Seconds since the one before, the number of the action, denied, ten-thousandths, recipients.
type Drawn = (i64, usize, bool, Option<i64>, Vec<u16>);

/// What may come, in any order and however far apart.
fn acts() -> impl Strategy<Value = Vec<Drawn>> {
    let gap = prop_oneof![
        8 => 0_i64..300,
        2 => 0_i64..200_000,
        1 => -1_000_000_i64..100_000_000,
    ];
    let amount = prop::option::of(prop_oneof![0_i64..10_000_000, Just(0), Just(i64::MAX)]);
    let one = (gap, 0_usize..40, any::<bool>(), amount, prop::collection::vec(any::<u16>(), 0..4));
    prop::collection::vec(one, 0..400)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_comes_scores_stay_in_their_range_and_memory_in_its_bounds(acts in acts()) {
        let mut baseline = Baseline::new(Settings { warm_up_days: 1 });
        let mut alarm = Alarm::new(80, 6);
        let mut second = START;
        for (gap, action, denied, amount, recipients) in acts {
            second = (second + gap).clamp(0, 100 * START);
            let action = format!("action-{action}");
            let recipients: Vec<String> = recipients.iter().map(ToString::to_string).collect();
            let amount = amount.and_then(Decimal::from_ten_thousandths).map(|amount| (amount, "USD"));
            let act = Act { denied, amount, recipients: &recipients, ..act(second, &action) };
            let before = baseline.assess_act(&act);
            prop_assert!(before.score() <= 100);
            prop_assert!(!before.to_string().is_empty());
            baseline.observe(&act);
            let after = baseline.assess(act.at);
            for change in alarm.step(jiff::Timestamp::from_second(second).unwrap(), &after) {
                prop_assert_eq!(change.raised, alarm.is_raised(change.signal));
            }
            prop_assert_eq!(Signal::ALL.map(|signal| after.of(signal)).into_iter().max(), Some(after.score()));
            prop_assert!(baseline.bytes() <= 40_000, "{}", baseline.bytes());
        }
    }

    #[test]
    fn the_same_history_makes_the_same_scores(acts in acts()) {
        let learn = || {
            let mut baseline = Baseline::new(Settings { warm_up_days: 1 });
            let mut second = START;
            for (gap, action, denied, ..) in &acts {
                second = (second + gap).max(0);
                let action = format!("action-{action}");
                baseline.observe(&Act { denied: *denied, ..act(second, &action) });
            }
            let assessment = baseline.assess(moment(second));
            Signal::ALL.map(|signal| assessment.of(signal))
        };
        prop_assert_eq!(learn(), learn());
    }
}

#[test]
fn a_thousand_different_actions_and_strangers_take_no_more_room() {
    let mut baseline = Baseline::new(Settings::default());
    for number in 0..100_000 {
        let (action, stranger) = (format!("action-{}", number % 1_000), [number.to_string()]);
        let amount = Decimal::from_ten_thousandths(1 + number * number * number).unwrap();
        let amount = Some((amount, if number % 2 == 0 { "USD" } else { "EUR" }));
        baseline.observe(&Act {
            recipients: &stranger,
            amount,
            ..act(START + number * 60, &action)
        });
    }
    assert!(baseline.bytes() <= 40_000, "{}", baseline.bytes());
}
