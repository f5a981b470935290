use serde_json::{Value, json};
use syndic_compliance::Request;
use syndic_model::{HighRisk, Mode, OperatorRole};

use crate::world::{World, decision, drill, duty, stated, world};

/// Records, each with its hour.
type Records = Vec<(i64, Value)>;

/// Returns the status of a control on the day from which all duties apply.
fn status(world: &World, id: &str) -> String {
    let request = Request { as_of: Some("2028-09-01".parse().unwrap()), ..Request::default() };
    let report = world.ask(&request);
    duty(&report, id).status.as_str().to_owned()
}

/// A world in which the agent is high-risk by Annex III, at an hour.
fn annex_iii(now: i64, records: impl IntoIterator<Item = (i64, Value)>) -> World {
    let mut world = world(now, records);
    world.setup.record.high_risk = Some(HighRisk::AnnexIii);
    world
}

#[test]
fn a_measured_control_is_what_its_probes_show() {
    // Art. 21 is shown by the drill of an export alone.
    let control = "eu-ai-act:art-21";
    let month = 30 * 24;
    let word = || stated(control, "true", &json!({}));
    let denied = || stated(control, "false", &json!({}));
    let cases: [(&str, i64, Records, &str); 8] = [
        ("nothing", 1, vec![], "unknown"),
        ("met", 1, vec![(0, drill("export", true))], "satisfied_measured"),
        ("not met", 1, vec![(0, drill("export", false))], "not_satisfied"),
        ("past its time", 4 * month, vec![(0, drill("export", true))], "stale"),
        ("a word alone", 1, vec![(0, word())], "partial"),
        ("a word past its time", 24 * month, vec![(0, word())], "stale"),
        (
            "not met, whatever is said",
            1,
            vec![(0, drill("export", false)), (0, word())],
            "not_satisfied",
        ),
        ("met, but denied", 1, vec![(0, drill("export", true)), (0, denied())], "not_satisfied"),
    ];
    for (case, now, records, expected) in cases {
        assert_eq!(status(&annex_iii(now, records), control), expected, "{case}");
    }
}

#[test]
fn an_attested_control_is_what_people_answer_for() {
    let control = "eu-ai-act:art-9-5";
    let field = "residual_risks_documented";
    let outdated =
        json!({"baseline": {"purpose": "", "model": "other", "tools": "", "policy": ""}});
    let cases: [(&str, Records, &str); 7] = [
        ("nothing", vec![], "unknown"),
        ("its field", vec![(0, stated(field, "true", &json!({})))], "satisfied_attested"),
        ("its id", vec![(0, stated(control, "true", &json!({})))], "satisfied_attested"),
        ("denied", vec![(0, stated(field, "false", &json!({})))], "not_satisfied"),
        (
            "denied by its field",
            vec![(0, stated(field, "false", &json!({}))), (0, stated(control, "true", &json!({})))],
            "not_satisfied",
        ),
        ("out of date", vec![(0, stated(field, "true", &outdated))], "stale"),
        (
            "ruled out",
            vec![(0, stated(field, "not_applicable", &json!({"reason": "no risk is left"})))],
            "not_applicable",
        ),
    ];
    for (case, records, expected) in cases {
        assert_eq!(status(&annex_iii(1, records), control), expected, "{case}");
    }
}

#[test]
fn a_control_of_two_fields_needs_both() {
    let control = "eu-ai-act:art-11-1-annex-iv";
    let mut world = annex_iii(1, []);
    world.state("system_description", "a desk", "2027-12-31");
    assert_eq!(status(&world, control), "partial");
    world.state("intended_purpose", "to help", "2027-12-31");
    // It is mixed, so people's word is not all of it.
    assert_eq!(status(&world, control), "partial");
    let data = "eu-ai-act:art-10-1-4";
    world.state("training_data_documented", "not_applicable", "2027-12-31");
    assert_eq!(status(&world, data), "partial");
    world.state("data_quality_measures", "samples are read", "2027-12-31");
    assert_eq!(status(&world, data), "satisfied_attested");
}

#[test]
fn a_mixed_control_needs_machine_and_word() {
    // Art. 18 is shown by the drill of a restore, and by what people answer for.
    let control = "eu-ai-act:art-18";
    let word = || stated(control, "true", &json!({}));
    let year = 365 * 24;
    let cases: [(&str, i64, Records, &str); 7] = [
        ("nothing", 1, vec![], "unknown"),
        ("both", 1, vec![(0, drill("restore", true)), (0, word())], "satisfied_measured"),
        ("the machine alone", 1, vec![(0, drill("restore", true))], "partial"),
        ("the word alone", 1, vec![(0, word())], "partial"),
        ("not met", 1, vec![(0, drill("restore", false)), (0, word())], "not_satisfied"),
        ("past its time", year - 1, vec![(0, drill("restore", true))], "stale"),
        ("both past their time", 2 * year, vec![(0, drill("restore", true)), (0, word())], "stale"),
    ];
    for (case, now, records, expected) in cases {
        assert_eq!(status(&annex_iii(now, records), control), expected, "{case}");
    }
}

#[test]
fn what_only_tells_does_not_meet_a_rule() {
    let records =
        [(0, decision("1", &json!({}))), (0, stated("mitre-atlas:aml.t0053", "true", &json!({})))];
    for (count, expected) in [(1, "unknown"), (2, "partial")] {
        let report = annex_iii(1, records.iter().take(count).cloned()).report();
        let shown = duty(&report, "mitre-atlas:aml.t0053");
        assert_eq!((shown.evidence_mode.as_str(), shown.status.as_str()), ("mixed", expected));
        assert!(shown.why.contains("POL-04 only tells"), "{}", shown.why);
    }
}

#[test]
fn a_young_log_shows_its_retention_in_part() {
    let records = |now: i64| [(0, decision("1", &json!({}))), (now, decision("2", &json!({})))];
    for (days, expected) in [(9, "partial"), (200, "satisfied_measured")] {
        let world = annex_iii(24 * days, records(24 * days));
        assert_eq!(status(&world, "eu-ai-act:art-26-6"), expected, "after {days} days");
    }
}

#[test]
fn nothing_is_shown_as_enforced_where_it_is_not() {
    // Art. 12(1) rests on LOG-11, which speaks of enforcement.
    let records = |grade: &str| {
        [(0, decision("1", &json!({"grade": grade}))), (0, drill("fail-closed", true))]
    };
    let why = |grade: &str, mode: Mode| {
        let mut world = annex_iii(1, records(grade));
        world.setup.mode = mode;
        let report = world.report();
        let shown = duty(&report, "eu-ai-act:art-12-1");
        shown.why.split("; ").find(|part| part.contains("LOG-11")).unwrap_or_default().to_owned()
    };
    let lines = [
        why("in-path", Mode::Enforce),
        why("in-path", Mode::Observe),
        why("advisory", Mode::Enforce),
    ];
    insta::assert_snapshot!(lines.join("\n"), @"
    met: LOG-11
    LOG-11 is met in part: not enforced: the agent is observed only
    LOG-11 is met in part: not enforced on an advisory path, which the agent can leave out
    ");
}

#[test]
fn what_a_runtime_would_do_is_no_more_than_partial_where_it_does_nothing() {
    let asi03 = |mode: Mode| {
        let stated = stated("owasp-asi-2026:asi03", "true", &json!({}));
        let key = json!({"key_created": {"id": "k1", "hash": "", "role": "agent", "holder": "desk", "grade": "in-path",
            "expires": "2027-06-01T00:00:00Z", "by": "admin"}});
        let asked = decision("1", &json!({"asked_by": "k1", "grade": "in-path"}));
        let mut world = world(1, [(0, key), (0, stated), (0, asked)]);
        world.setup.mode = mode;
        status(&world, "owasp-asi-2026:asi03")
    };
    assert_eq!(asi03(Mode::Enforce), "satisfied_measured");
    assert_eq!(asi03(Mode::Observe), "partial");
}

#[test]
fn a_runtime_that_reaches_only_so_far_is_no_more_than_partial() {
    let world = annex_iii(1, [(0, stated("owasp-llm-2026:llm01", "true", &json!({})))]);
    let report = world.report();
    let shown = duty(&report, "owasp-llm-2026:llm01");
    assert!(shown.reach.as_deref().unwrap().starts_with("partial"));
    assert!(!shown.status.is_satisfied());
}

#[test]
fn duties_begin_on_their_day() {
    let cases = [
        ("eu-ai-act:art-5-1-ba-bb-with-1a-1b", "2026-12-01", "not_yet_applicable"),
        ("eu-ai-act:art-5-1-ba-bb-with-1a-1b", "2026-12-02", "unknown"),
        ("eu-ai-act:art-21", "2027-12-01", "not_yet_applicable"),
        ("eu-ai-act:art-21", "2027-12-02", "unknown"),
        ("eu-ai-act:art-50-1", "2026-08-01", "not_yet_applicable"),
        ("eu-ai-act:art-50-1", "2026-08-02", "unknown"),
    ];
    for (control, day, expected) in cases {
        let request = Request { as_of: Some(day.parse().unwrap()), ..Request::default() };
        let report = annex_iii(1, []).ask(&request);
        let shown = duty(&report, control);
        assert_eq!(shown.status.as_str(), expected, "{control} on {day}");
        let evaluated = shown.evaluated.map(|status| status.as_str());
        let later = expected == "not_yet_applicable";
        assert_eq!(evaluated, later.then_some("unknown"), "{control} on {day}");
    }
}

#[test]
fn a_duty_of_somebody_else_does_not_apply() {
    let shown = |role: OperatorRole| {
        let request = Request { role: Some(role), ..Request::default() };
        let report = annex_iii(1, []).ask(&request);
        let duty = duty(&report, "eu-ai-act:art-26-6");
        format!("{}: {}", duty.status.as_str(), duty.why)
    };
    insta::assert_snapshot!(shown(OperatorRole::Provider), @"not_applicable: it is a duty of others: deployer");
    assert!(shown(OperatorRole::Deployer).starts_with("not_yet_applicable"));
}

#[test]
fn both_readings_of_a_date_are_shown() {
    let report = annex_iii(1, []).report();
    let shown = duty(&report, "eu-ai-act:art-73-2");
    assert_eq!(shown.applies_from.unwrap().to_string(), "2027-12-02");
    insta::assert_snapshot!(shown.other_reading.as_deref().unwrap(), @"by its text it applies from 2026-08-02 on, though it can bind nobody before what it presupposes does");
}

#[test]
fn without_a_class_duties_are_shown_as_if_it_were_high_risk() {
    let unclassified = world(1, []);
    assert_eq!(status(&unclassified, "eu-ai-act:art-21"), "unknown");
    let mut none = world(1, []);
    none.setup.record.high_risk = Some(HighRisk::None);
    assert_eq!(status(&none, "eu-ai-act:art-21"), "not_applicable");
}
