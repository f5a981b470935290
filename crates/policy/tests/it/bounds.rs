//! Policies made to take long: refused with a finding, or read in the time their length asks for.

use syndic_model::Capability;

use crate::world::{PERMIT, World, call, decide, forbid};

fn check(world: &World, expected: &[&str]) {
    assert_eq!(world.findings(), expected);
}

fn when(condition: &str) -> String {
    forbid("bomb", "", &format!("(principal, action, resource) when {{ {condition} }}"))
}

#[test]
fn a_policy_that_nests_or_chains_too_far_is_refused_before_it_is_parsed() {
    let split = "(split it: several forbids say the same as one with `||`)";
    let refused =
        |why: &str| format!("policies/org/1.cedar:1:1: error[policy-too-large]: {why} {split}");
    let nested = |depth: usize| format!("{}true{}", "(".repeat(depth), ")".repeat(depth));
    for (condition, why) in [
        (nested(100_000), "the policy is longer than 65536 bytes"),
        (nested(10_000), "the policy nests brackets deeper than 32"),
        (
            format!("{}1{} == 1", "[".repeat(40), "]".repeat(40)),
            "the policy nests brackets deeper than 32",
        ),
        (vec!["true"; 5_000].join(" && "), "the policy has 4999 operators, and 500 are the most"),
        (
            format!("{}true", "if true then true else ".repeat(600)),
            "the policy has 600 operators, and 500 are the most",
        ),
        (format!("{}true", "!".repeat(600)), "the policy has 600 operators, and 500 are the most"),
        (
            format!("1{} == 1", " + 1".repeat(600)),
            "the policy has 602 operators, and 500 are the most",
        ),
        (
            format!("context.input{}", ".a".repeat(600)),
            "the policy has 601 operators, and 500 are the most",
        ),
    ] {
        check(World::shipped().org(&when(&condition)), &[&refused(why)]);
    }
}

#[test]
fn as_much_as_may_be_nested_and_chained_is_decided() {
    let chain = vec!["context.call.suspended"; 150].join(" || ");
    let nested = format!("{}context.call.suspended{}", "(".repeat(29), ")".repeat(29));
    let list: Vec<_> = (0..2_000).map(|number| format!("\"label-{number}\"")).collect();
    let list = format!("[{}].contains(context.call.environment)", list.join(", "));
    for condition in [chain, nested, list] {
        let mut world = World::shipped();
        world.org(&when(&condition));
        let answer = world.decide("knowledge-base", "search_knowledge_base", r#"{"query": "q"}"#);
        assert_eq!(answer, "allow", "{condition}");
    }
}

#[test]
fn a_bomb_of_wildcards_is_refused_and_a_small_one_takes_no_time() {
    let like = |stars: usize| {
        let pattern = "*a".repeat(stars);
        when(&format!("context.input has message && context.input.message like \"{pattern}b\""))
    };
    let mut world = World::shipped();
    world.org(&like(30_000));
    let findings = world.findings();
    let found = "error[policy-too-large]: a pattern of `like` is longer than 256 characters (match what it begins or ends with)";
    assert!(findings.iter().any(|finding| finding.contains(found)), "{findings:?}");

    let mut world = World::shipped();
    world.org(&forbid("bomb", "", &format!(
        "(principal, action == Action::\"send_external_message\", resource) when {{ context.input.message like \"{}b\" }}",
        "*a".repeat(100),
    )));
    let text = "a".repeat(1_000_000);
    let args = format!(r#"{{"recipient": "r", "message": "{text}"}}"#);
    let answer =
        decide(&world.engine(), "customer-support", "send_external_message", &args, &call());
    assert_eq!(answer, "allow");
}

#[test]
fn more_policies_than_may_be_are_counted_and_not_read() {
    let policy = "@id(\"x\")\n@description(\"d\")\n@severity(\"low\")\n@reason(\"r\")\nforbid(principal, action, resource);\n";
    let text = policy.repeat(20_000);
    assert_eq!(text.lines().count(), 100_000);
    check(
        World::shipped().org(&text),
        &[
            "policies: error[too-many-policies]: there are 20001 policies, and 10000 are the most (say what several have in common once, and name agents and actions by sets)",
        ],
    );
}

#[test]
fn a_hundred_thousand_lines_are_read() {
    let comment = "// one of many lines that say nothing\n".repeat(95_000);
    let policies: String = (0..1_000)
        .map(|number| {
            let scope = "(principal,\n  action,\n  resource)\nwhen { context.call.suspended }";
            forbid(&format!("p{number}"), "", scope)
        })
        .collect();
    let mut world = World::shipped();
    world.files.clear();
    world.org(&format!("{PERMIT}{comment}{policies}"));
    let answer = world.decide("knowledge-base", "search_knowledge_base", r#"{"query": "q"}"#);
    assert_eq!(answer, "allow");
}

#[test]
fn groups_of_actions_that_contain_each_other_are_refused() {
    let mut world = World::shipped();
    let both = [Capability::WriteData, Capability::ExecuteCode];
    for name in ["write_data", "execute_code"] {
        let mut entry = world.catalogue["run_code"].clone();
        entry.name = name.parse().unwrap();
        entry.capabilities = both.into();
        world.catalogue.insert(entry.name.clone(), entry);
    }
    let findings = world.findings();
    assert!(
        findings
            .iter()
            .any(|finding| finding.contains("error[schema]") && finding.contains("cycle")),
        "{findings:?}"
    );
}

#[test]
fn a_set_that_is_loaded_again_is_told_the_same() {
    let mut world = World::shipped();
    world.org(&when("context.call.suspended"));
    let first = world.findings();
    assert_eq!(world.findings(), first);
    world.org(&forbid("wrong", "", "(principal, action, resource) when { context.call.nothing }"));
    let wrong = world.findings();
    assert!(wrong.iter().any(|finding| finding.contains("error[")), "{wrong:?}");
    assert_eq!(world.findings(), wrong, "what is wrong is not remembered as sound");
}
