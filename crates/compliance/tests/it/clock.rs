use std::fmt::Write as _;

use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};
use syndic_compliance::{Catalogue, ClockState, IncidentClass, IncidentClasses};

/// A Friday evening, two days before the clocks of Europe change.
const AWARE: &str = "2026-10-23T18:30:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn every_class_has_its_clocks_in_calendar_days() {
    let mut told = String::new();
    for class in IncidentClass::ALL {
        for clock in Catalogue::builtin().unwrap().clocks(*class, at(AWARE)) {
            let only =
                clock.only_where.map(|only| format!(", only where {only}")).unwrap_or_default();
            writeln!(told, "{class}: {} {} ({}{only})", clock.due, clock.control, clock.basis)
                .unwrap();
        }
    }
    assert_snapshot!(told, @r"
    serious: 2026-11-07T18:30:00Z eu-ai-act:art-73-2 (Art. 73(2): 15 days after awareness)
    death: 2026-11-02T18:30:00Z eu-ai-act:art-73-4 (Art. 73(4): 10 days after awareness)
    widespread: 2026-10-25T18:30:00Z eu-ai-act:art-73-3 (Art. 73(3): 2 days after awareness)
    personal_data: 2026-10-26T18:30:00Z gdpr:art-33 (Art. 33: 72 hours after awareness)
    personal_data: 2026-12-22T18:30:00Z hipaa:164.404-410 (164.404-410: 60 days after awareness, only where protected health information under US law is concerned)
    ");
}

#[test]
fn a_clock_runs_is_met_or_is_late() {
    let clock =
        Catalogue::builtin().unwrap().clocks(IncidentClass::Widespread, at(AWARE)).remove(0);
    let hour = SignedDuration::from_hours(1);
    let second = SignedDuration::from_secs(1);
    let due = clock.due;
    let cases = [
        (at(AWARE), None, ClockState::Running { left: hour * 48 }),
        (due, None, ClockState::Running { left: SignedDuration::ZERO }),
        (due + second, None, ClockState::Late { by: second }),
        (due + hour, Some(due), ClockState::Met { at: due }),
        (due + hour, Some(due + second), ClockState::Late { by: second }),
    ];
    for (now, reported, state) in cases {
        assert_eq!(clock.state(now, reported), state);
    }
}

#[test]
fn a_class_that_an_incident_left_keeps_its_clocks_and_a_report_counts_under_its_law() {
    let day = |days: i64| at(AWARE) + SignedDuration::from_hours(24 * days);
    let mut told = String::new();
    // A class is a step, and so is the day of a report.
    for steps in [
        &["serious", "death"][..],
        &["serious", "9", "death"],
        &["serious", "12", "death"],
        &["widespread", "serious", "1"],
        &["personal_data", "2", "serious"],
        &["personal_data", "serious", "2"],
        &["serious", "personal_data", "2", "serious", "1", "3"],
        &["serious", "other", "2"],
        &["other", "2", "serious"],
        &["serious", "mood", "2"],
    ] {
        let mut classes = IncidentClasses::default();
        for step in steps {
            match step.parse() {
                Ok(days) => classes.report(day(days)),
                Err(_) => classes.put(step),
            }
        }
        let clocks = Catalogue::builtin().unwrap().clocks_of(&classes, at(AWARE));
        let stands =
            clocks.iter().filter(|clock| clock.deadline.only_where.is_none()).map(|clock| {
                let state = match clock.state(day(11)) {
                    ClockState::Running { .. } => "runs",
                    ClockState::Met { .. } => "met",
                    ClockState::Late { .. } if clock.reported.is_some() => "reported late",
                    ClockState::Late { .. } => "overdue",
                };
                format!("{} {state}", clock.class)
            });
        writeln!(told, "{}: {}", steps.join(", "), stands.collect::<Vec<_>>().join(", ")).unwrap();
    }
    assert_snapshot!(told, @r"
    serious, death: death overdue, serious runs
    serious, 9, death: death met, serious met
    serious, 12, death: death reported late, serious met
    widespread, serious, 1: widespread met, serious met
    personal_data, 2, serious: personal_data met, serious runs
    personal_data, serious, 2: personal_data overdue, serious met
    serious, personal_data, 2, serious, 1, 3: personal_data met, serious met
    serious, other, 2: serious met
    other, 2, serious: serious runs
    serious, mood, 2: serious met
    ");
}

#[test]
fn a_clock_at_the_end_of_time_stops_there() {
    let clocks = Catalogue::builtin().unwrap().clocks(IncidentClass::Serious, Timestamp::MAX);
    assert_eq!(clocks[0].due, Timestamp::MAX);
}

#[test]
fn a_class_is_read_by_its_word_and_nothing_else() {
    for class in IncidentClass::ALL {
        assert_eq!(class.as_str().parse(), Ok(*class));
    }
    assert_snapshot!(
        "Death\n".parse::<IncidentClass>().unwrap_err(),
        @r"`Death\n` is no class of incidents: use `serious`, `death`, `widespread`, `personal_data` or `other`"
    );
}
