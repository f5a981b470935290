//! What loads, and is told to be doubtful.

use crate::world::{World, forbid};

fn check(text: &str, expected: &[&str]) {
    let mut world = World::shipped();
    world.org(text);
    assert_eq!(world.findings(), expected, "{text}");
}

#[test]
fn a_word_that_a_value_never_is_never_matches() {
    let scope = "(principal, action == Action::\"issue_refund\", resource)";
    for (condition, expected) in [
        (
            "when { context.call.environment == \"production\" }",
            "2:98: warning[never-matches]: `context.call.environment` never is `production` (did you mean `prod`?)",
        ),
        (
            "unless { \"hig\" == principal.risk_level }",
            "2:72: warning[never-matches]: `principal.risk_level` never is `hig` (did you mean `high`?)",
        ),
        (
            "when { context.call.detected.containsAny([\"email\", \"credit_card\"]) }",
            "2:114: warning[never-matches]: `context.call.detected` never is `credit_card` (it is one of email, iban, payment_card, us_ssn)",
        ),
        (
            "when { context.call.pii.contains(\"US_SNN\") }",
            "2:96: warning[never-matches]: `context.call.pii` never is `US_SNN` (did you mean `US_SSN`?)",
        ),
        (
            "when { principal.team != \"finanse\" }",
            "2:88: warning[never-matches]: `principal.team` never is `finanse` (did you mean `finance`?)",
        ),
    ] {
        let at = format!("policies/org/1.cedar:{expected}");
        check(&forbid("a", "", &format!("{scope} {condition}")), &[&at]);
    }
    check(
        &forbid("a", "", &format!("{scope} when {{ context.call.environment == \"prod\" }}")),
        &[],
    );
}

#[test]
fn a_condition_that_never_holds_is_told() {
    check(
        &forbid("a", "", "(principal, action, resource) when { context.call.suspended && false }"),
        &[
            "policies/org/1.cedar:2:1: warning[never-matches]: for policy `a`, policy is impossible: the policy expression evaluates to false for all valid requests (no request satisfies scope and conditions together; leave the policy out, or mend them)",
        ],
    );
}

#[test]
fn a_number_that_can_be_too_large_is_told() {
    let scope = "(principal, action == Action::\"send_external_message\", resource)";
    let note = "note[can-error]: policy `a` can fail to evaluate, and then allows nothing: a number can be too large (compare without counting, or bound the numbers in the catalogue's `input`; `syndic check --deep` tells whether they are)";
    for condition in [
        "when { context.facts.recipient_count * 2 > 5 }",
        "when { -context.facts.recipient_count < 5 }",
        "when { context.call.now.offset(duration(\"1h\")) > context.call.now }",
    ] {
        let text = forbid("a", "", &format!("{scope} {condition}"));
        let mut world = World::shipped();
        world.org(&text);
        let findings = world.findings();
        assert!(findings.len() == 1 && findings[0].ends_with(note), "{condition}: {findings:#?}");
    }
    let literal = "when { context.facts.recipient_count > 60 * 60 }";
    check(&forbid("a", "", &format!("{scope} {literal}")), &[]);
}

#[test]
fn a_permit_inside_another_is_told_once() {
    let permit = |id: &str, rest: &str| {
        format!("@id(\"{id}\") @description(\"d\") @severity(\"low\")\npermit {rest};\n")
    };
    let hint = "leave it out, or say it as a forbid: what permits share is permitted by either";
    let expected = |line: u32, id: &str, by: &str| {
        format!(
            "policies/org/0.cedar:{line}:1: warning[shadowed-permit]: permit `{id}` changes nothing: `{by}` permits all of it ({hint})"
        )
    };
    let mut world = World::shipped();
    world.files.clear();
    let refunds = "(principal, action == Action::\"issue_refund\", resource)";
    world.org(
        &[
            permit("one", refunds),
            permit("narrow", &format!("{refunds} when {{ context.call.suspended }}")),
            permit("two", refunds),
            permit("other", "(principal, action == Action::\"run_code\", resource)"),
        ]
        .concat(),
    );
    assert_eq!(world.findings(), [expected(4, "narrow", "one"), expected(6, "two", "one")]);
}

#[test]
fn two_forbids_with_one_reason_are_told() {
    let scope = "(principal, action, resource) when { context.call.suspended }";
    let one = |id: &str| forbid(id, "", scope).replace(&format!("{id} says no"), "no");
    let text = format!("{}\n{}", one("a"), one("b"));
    let mut world = World::shipped();
    world.org(&text);
    let findings = world.findings();
    let expected = "note[duplicate-reason]: `b` gives the same reason as `a` (say what this one is about: people read the reason, not the id)";
    assert!(findings.len() == 1 && findings[0].ends_with(expected), "{findings:#?}");
}
