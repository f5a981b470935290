use serde_json::json;
use syndic_compliance::{Evidence, statements};

use crate::fold::hour;
use crate::world::{World, stated, world};

/// Returns what stands about each field as one line: value, standing, who, from where, and why.
fn lines(world: &World) -> String {
    let (facts, setup, log) = (&world.facts, &world.setup, &world.log);
    let evidence = Evidence { facts, setup, log, now: hour(world.now) };
    let lines = statements(&evidence).into_iter().map(|entry| {
        let from = entry.record.map_or("file".to_owned(), |index| format!("record {index}"));
        format!(
            "{} {} {} ({from}): {}",
            entry.field,
            entry.value,
            entry.standing.as_str(),
            entry.why
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_statement_of_the_file_holds_through_its_last_day() {
    for (now, standing) in [(0, "holds"), (47, "holds"), (48, "expired")] {
        let mut world = world(now, []);
        world.state("system_description", "a desk", "2027-01-02");
        let line = lines(&world);
        assert!(
            line.starts_with(&format!("system_description a desk {standing} (file)")),
            "{line}"
        );
    }
}

#[test]
fn a_statement_of_the_file_goes_out_of_date_with_what_it_spoke_of() {
    let mut world = world(0, []);
    world.state("system_description", "a desk", "2027-12-31");
    world.state("intended_purpose", "to help", "2027-12-31");
    world.state("failure_modes_documented", "false", "2027-12-31");
    world.setup.baseline.model = "another".to_owned();
    world.setup.spoke_of.remove(&"intended_purpose".parse().unwrap());
    insta::assert_snapshot!(lines(&world), @"
    failure_modes_documented false denied (file): ada says that it is not so
    intended_purpose to help outdated (file): what ada stated it of is not kept any more
    system_description a desk outdated (file): since ada stated it, this changed: model
    ");
}

#[test]
fn a_statement_made_before_the_agent_was_promoted_tells_only_what_else_changed() {
    let mut world = world(0, []);
    world.state("system_description", "a desk", "2027-12-31");
    let stated_of = std::mem::replace(&mut world.setup.baseline.policy, "enforced".to_owned());
    let told = |world: &World| lines(world).split(": ").skip(1).collect::<Vec<_>>().join(": ");
    assert_eq!(told(&world), "since ada stated it, this changed: policies");
    world.setup.policy_before_promotion = Some(stated_of);
    assert_eq!(told(&world), "ada answers for it");
    world.setup.baseline.purpose = "another".to_owned();
    assert_eq!(told(&world), "since ada stated it, this changed: purpose");
}

#[test]
fn what_is_neither_true_nor_false_meets_nothing_where_one_of_them_is_asked_for() {
    for value in ["no", "False", "0", "maybe", "yes"] {
        let mut world = world(1, [(0, stated("eu-ai-act:art-4", value, &json!({})))]);
        world.state("bias_testing_completed", value, "2027-12-31");
        world.state("system_description", value, "2027-12-31");
        let lines = lines(&world);
        assert_eq!(lines.matches(" denied ").count(), 2, "{lines}");
        assert!(lines.contains(&format!("system_description {value} holds")), "{lines}");
    }
}

#[test]
fn what_a_statement_is_worth_is_told() {
    let other = |part: &str| json!({"baseline": {"purpose": "", "model": "", "tools": "", "policy": "", part: "other"}});
    let mut world = world(
        30,
        [
            (0, stated("failure_modes_documented", "true", &json!({}))),
            (0, stated("intended_purpose", "to help", &json!({"expires": "2027-01-02T06:00:00Z"}))),
            (0, stated("eu-ai-act:art-4", "true", &other("model"))),
            (
                0,
                stated(
                    "bias_testing_completed",
                    "not_applicable",
                    &json!({"reason": "nothing is trained"}),
                ),
            ),
            (0, stated("adversarial_testing", "false", &other("tools"))),
            (0, stated("instructions_for_use", "a page", &other("policy"))),
        ],
    );
    world.state("residual_risks_documented", "false", "2026-12-31");
    world.state("training_data_documented", "not_applicable", "2027-12-31");
    insta::assert_snapshot!(lines(&world), @"
    adversarial_testing false denied (record 4): bea says that it is not so
    bias_testing_completed not_applicable not_applicable (record 3): bea rules it out: nothing is trained
    eu-ai-act:art-4 true outdated (record 2): since bea stated it, this changed: model
    failure_modes_documented true holds (record 0): bea answers for it
    instructions_for_use a page outdated (record 5): since bea stated it, this changed: policies
    intended_purpose to help expired (record 1): what bea stated held until 2027-01-02
    residual_risks_documented false denied (file): ada says that it is not so
    training_data_documented not_applicable not_applicable (file): ada rules it out: nobody trains it
    ");
}

#[test]
fn the_ledger_wins_over_the_file_where_it_is_not_older() {
    for (on, wins) in [("2026-12-31", "bea"), ("2027-01-01", "bea"), ("2027-01-02", "ada")] {
        let mut world = world(30, [(0, stated("system_description", "of bea", &json!({})))]);
        world.state("system_description", "of ada", "2027-12-31");
        let field = "system_description".parse().unwrap();
        world.setup.record.statements.get_mut(&field).unwrap().on = on.parse().unwrap();
        assert!(lines(&world).contains(&format!("of {wins}")), "{on}: {}", lines(&world));
    }
}

#[test]
fn a_statement_dated_after_the_report_counts_for_nothing() {
    let mut world = world(0, []);
    world.state("system_description", "a desk", "2027-12-31");
    let field = "system_description".parse().unwrap();
    world.setup.record.statements.get_mut(&field).unwrap().on = "2027-01-02".parse().unwrap();
    insta::assert_snapshot!(lines(&world), @"system_description a desk ahead (file): it is dated 2027-01-02, after this report");
    assert_eq!(world.report().checks["documentation"].status.as_str(), "unknown");
}

#[test]
fn what_is_taken_back_is_gone_and_the_file_speaks_again() {
    let withdrawn = json!({"statement_withdrawn": {"id": "system_description", "agent": "desk",
        "field": "system_description", "reason": "a mistake", "by": "k"}});
    let mut world =
        world(30, [(0, stated("system_description", "of bea", &json!({}))), (1, withdrawn)]);
    assert_eq!(lines(&world), "");
    world.state("system_description", "of ada", "2027-12-31");
    assert!(lines(&world).starts_with("system_description of ada holds (file)"));
}
