//! What is refused at load, with its line and column.

use serde_json::json;
use syndic_model::{Fact, FactSource};

use crate::world::{World, at, constant, entry, forbid};

fn check(text: &str, expected: &[&str]) {
    let mut world = World::shipped();
    world.org(text);
    assert_eq!(world.findings(), expected, "{text}");
}

#[test]
fn text_that_is_not_cedar_is_told_where() {
    check(
        "// first\nforbid(principal, action, resource)\n  wen { true };",
        &[
            "policies/org/1.cedar:3:3: error[syntax]: invalid policy condition: wen (did you mean `when`?)",
        ],
    );
    check(
        "\n\n  permit(principal == ?principal, action, resource);",
        &[
            "policies/org/1.cedar:3:23: error[template]: templates are not supported (write the entity instead of `?principal` or `?resource`)",
        ],
    );
}

#[test]
fn a_policy_has_an_id_of_its_own() {
    let scope = "(principal, action, resource)";
    check(
        "@description(\"d\")\n@severity(\"low\")\n@reason(\"r\")\nforbid(principal, action, resource);",
        &[
            "policies/org/1.cedar:1:1: error[no-id]: the policy has no `@id` (write `@id(\"…\")` before it)",
        ],
    );
    check(
        &format!("// é\n{}", forbid("tool-access", "", scope)),
        &[
            "policies/org/1.cedar:2:1: error[reserved-id]: `tool-access` is syndic's own policy (choose another `@id`)",
        ],
    );
    check(
        &format!("{}{}", forbid("a", "", scope), forbid("a", "", scope)),
        &[
            "policies/org/1.cedar:3:1: error[duplicate-id]: `a` is already a policy at policies/org/1.cedar:1:1 (give this one another `@id`)",
        ],
    );
    check(
        &forbid("a b", "", scope),
        &[
            "policies/org/1.cedar:1:1: error[bad-id]: `a b` is not a valid policy id: 1 to 64 characters of `A-Z a-z 0-9 _ . : -` (`a-b` would do)",
        ],
    );
}

#[test]
fn annotations_are_a_closed_set_and_mean_something() {
    let marks = |marks: &str| {
        format!(
            "@id(\"a\")\n@description(\"d\") @severity(\"low\")\n  {marks}\nforbid(principal, action, resource);"
        )
    };
    for (text, expected) in [
        (marks("@reason(\"r\") @aproval(\"g\")"), "3:16: error[unknown-annotation]: unknown annotation `@aproval` (did you mean `approval`?)"),
        (marks(""), "1:1: error[no-reason]: the policy forbids without a `@reason` (write `@reason(\"…\")`: it is what the agent and the auditor read)"),
        (marks("@reason(\"{facts.content}\")"), "3:3: error[content-in-reason]: the `@reason` would show `{facts.content}` (a reason may hold amounts, never content)"),
        (marks("@reason(\"{input.message}\")"), "3:3: error[content-in-reason]: the `@reason` would show `{input.message}` (a reason may hold amounts, never content)"),
        (marks("@reason(\"{facts.amont}\")"), "3:3: error[bad-reason]: `{facts.amont}` is no placeholder (did you mean `facts.amount`?)"),
        (marks("@reason(\"{facts.amount\")"), "3:3: error[bad-reason]: the `@reason` has a `{` without `}`"),
        (marks("@reason(\"r\") @approval(\"a b\")"), "3:16: error[bad-approval]: `a b` is not a valid group name: 1 to 64 characters of `A-Z a-z 0-9 _ . : -` (`a-b` would do)"),
        (marks("@reason(\"r\") @controls(\"ASI02; ASI03\")"), "3:16: error[bad-controls]: `ASI02; ASI03` is no list of controls (write ids and commas: `ASI02, ASI05`)"),
        (marks("@reason(\"r\") @break_glass(\"finance\")"), "3:16: error[bad-break-glass]: `finance` says nothing to `@break_glass` (write `@break_glass` alone)"),
        (marks("@reason(\"r\") @break_glass @mode(\"shadow\")"), "3:16: warning[idle-break-glass]: `@break_glass` means nothing on a shadow policy, which stops nobody"),
        (marks("@reason(\"r\") @mode(\"observe\")"), "3:16: error[bad-mode]: `observe` is not a mode (leave it out, or write `@mode(\"shadow\")`)"),
        (marks("@reason(\"r\") @applies_to(\"low, finansial-advisor\")"), "3:16: error[unknown-agent]: `@applies_to` names `finansial-advisor`, which is no agent, no risk level and not `all` (did you mean `financial-advisor`?)"),
        ("@id(\"a\") @description(\"d\")\n@mode(\"shadow\")\npermit(principal, action, resource);".to_owned(), "2:1: error[not-on-permit]: `@mode` means nothing on a permit (write a forbid with it)"),
        ("@id(\"a\") @description(\"d\")\n@break_glass\npermit(principal, action, resource);".to_owned(), "2:1: error[not-on-permit]: `@break_glass` means nothing on a permit (write a forbid with it)"),
        ("@id(\"a\") @description(\"d\")\n@approval(\"g\")\npermit(principal, action, resource);".to_owned(), "2:1: error[not-on-permit]: `@approval` means nothing on a permit (write a forbid with it)"),
        ("@id(\"a\") @description(\"d\")\n@severity(\"hgh\") @reason(\"r\")\nforbid(principal, action, resource);".to_owned(), "2:1: error[bad-severity]: `hgh` is not a severity; it is one of low, medium, high, critical (did you mean `high`?)"),
    ] {
        check(&text, &[&format!("policies/org/1.cedar:{expected}")]);
    }
    check(
        "@id(\"a\") @reason(\"r\")\nforbid(principal, action, resource);",
        &[
            "policies/org/1.cedar:1:1: warning[no-description]: the policy has no `@description`",
            "policies/org/1.cedar:1:1: warning[no-severity]: the policy has no `@severity`: `medium` is assumed",
        ],
    );
}

#[test]
fn a_policy_that_is_not_well_typed_is_told_where() {
    let refund = |condition: &str| {
        forbid(
            "a",
            "@applies_to(\"high\")",
            &format!(
                "(\n  principal, action == Action::\"issue_refund\", resource)\nwhen {{\n  {condition}\n}}"
            ),
        )
    };
    for (text, expected) in [
        (
            forbid("a", "", "(principal, action == Action::\"issue_refnd\", resource)"),
            "2:29: error[unknown-action]: for policy `a`, unrecognized action `Action::\"issue_refnd\"` (did you mean `Action::\"issue_refund\"`?)",
        ),
        (
            forbid("a", "", "(principal is Agnt, action, resource)"),
            "2:21: error[unknown-entity-type]: for policy `a`, unrecognized entity type `Agnt` (did you mean `Agent`?)",
        ),
        (
            refund("context.facts.amout.greaterThan(decimal(\"1.0\"))"),
            "5:3: error[unknown-attribute]: for policy `a`, attribute `amout` in context for Action::\"issue_refund\" not found (did you mean `amount`?)",
        ),
        (
            refund("context.facts.amount > 1"),
            "5:3: error[type-error]: for policy `a`, unexpected type: expected Long or values of an extension type that supports operator overloading (e.g., datetime and duration) but saw decimal",
        ),
        (
            refund("principal.salary > 1"),
            "5:3: error[unknown-attribute]: for policy `a`, attribute `salary` on entity type `Agent` not found (did you mean `name`?)",
        ),
    ] {
        let mut world = World::shipped();
        world.org(&text);
        let findings = world.findings();
        let place = format!("policies/org/1.cedar:{}", expected.split(": for").next().unwrap());
        assert!(
            findings.iter().any(|finding| finding.starts_with(&place)),
            "{expected}\n{findings:#?}"
        );
    }
    let mut world = World::shipped();
    world
        .entry("issue_refund")
        .facts
        .insert(Fact::Resource, FactSource { optional: true, ..at("/order_id") });
    world.org(&refund("context.facts.resource == \"x\""));
    assert!(
        world.findings()[0].starts_with("policies/org/1.cedar:5:3: error[optional-attribute]"),
        "{:?}",
        world.findings()
    );
}

#[test]
fn a_forbid_may_not_ask_whether_a_fact_is_there() {
    let expected = "error[has-on-fact]: a forbid asks whether a fact is there, and would pass where it is not (drop the `has`; give the fact a `default` in the catalogue, so that it is always there)";
    let scope = "(principal, action == Action::\"issue_refund\", resource)";
    for (column, condition) in [
        (70, "when { context.facts has amount && true }"),
        (72, "unless { context.facts has amount }"),
        (70, "when { context has facts.amount }"),
        (98, "when { context.call has session && context.facts has amount }"),
    ] {
        let expected = format!("policies/org/1.cedar:2:{column}: {expected}");
        check(&forbid("a", "", &format!("{scope} {condition}")), &[&expected]);
    }
    check(&forbid("a", "", &format!("{scope} when {{ context.call.session has id }}")), &[]);
}

#[test]
fn an_empty_directory_loads() {
    let mut world = World::shipped();
    world.agents.clear();
    assert_eq!(world.findings(), [""; 0]);
    world.catalogue.clear();
    world.files.clear();
    assert_eq!(world.findings(), [""; 0]);
}

#[test]
fn a_team_may_only_restrict() {
    let mut world = World::shipped();
    world.team(
        "support",
        "@id(\"mine\") @description(\"d\")\n permit(principal, action, resource);",
    );
    assert_eq!(
        world.findings(),
        [
            "policies/teams/support/1.cedar:2:2: error[team-permit]: a team's policies may only restrict (move the permit to `policies/org/`)",
        ]
    );
}

#[test]
fn a_policy_for_nobody_is_doubted() {
    let mut world = World::shipped();
    world.forbid("a", "", "(principal == Agent::\"custmer-support\", action, resource)");
    assert_eq!(
        world.findings(),
        [
            "policies/org/1.cedar:2:28: warning[unknown-agent]: policy `a` names the unknown agent `custmer-support` (did you mean `customer-support`?)"
        ]
    );
}

#[test]
fn a_policy_for_the_hours_of_nothing_is_an_error() {
    let mut world = World::shipped();
    let hours = "unless { context.call.open.contains(\"ofice\") }";
    world.forbid("a", "", &format!("(principal, action, resource) {hours}"));
    assert_eq!(
        world.findings(),
        [
            "policies/org/1.cedar:2:73: error[unknown-calendar]: policy `a` names the unknown calendar `ofice` (did you mean `office`?)"
        ]
    );
}

#[test]
fn a_catalogue_entry_that_cannot_be_meant_is_an_error() {
    let object = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let read = syndic_model::Capability::Read;
    let with = |fact, source| {
        let mut entry = entry("x", &[read], object.clone());
        entry.facts.insert(fact, source);
        entry
    };
    for (entry, expected) in [
        (
            entry("write_data", &[read], object.clone()),
            "error[reserved-action]: `write_data` is named like a capability that it does not have (rename it, or add the capability)",
        ),
        (entry("x", &[], object.clone()), "error[no-capability]: `x` declares no capability"),
        (
            entry("x", &[read], json!({"type": "string"})),
            "error[input-not-object]: the input of `x` is not an object",
        ),
        (
            entry("x", &[read], json!({"type": "object", "properties": {"a": {"type": 3}}})),
            "error[invalid-schema]: the input schema of `x` is invalid at `/properties/a/type`",
        ),
        (
            entry(
                "x",
                &[read],
                json!({"type": "object", "properties": {"a": {"$ref": "https://x.test/s.json"}}}),
            ),
            "error[remote-ref]: `x` refers to `https://x.test/s.json`, which is outside its schema (copy the definition into `$defs` and refer to `#/$defs/…`)",
        ),
        (
            with(Fact::Currency, constant(json!("dollars"))),
            "error[fact-value]: `x`: fact `currency` is not one currency of three capital letters",
        ),
        (
            with(Fact::Amount, FactSource { pointers: Vec::new(), ..at("/a") }),
            "error[fact-value]: `x`: fact `amount` has neither a pointer nor a constant",
        ),
        (
            entry(
                "x",
                &[read],
                json!({"type": "object", "properties": {"a": {"type": ["string", "integer"]}}}),
            ),
            "note[untyped-input]: policies cannot read `/a` of `x`: Cedar has no type for it",
        ),
    ] {
        let mut world = World::shipped();
        world.catalogue.insert(entry.name.clone(), entry);
        assert_eq!(world.findings(), [format!("actions: {expected}")]);
    }
}

#[test]
fn a_recipient_in_a_spelling_that_no_fact_has_is_doubted() {
    let scope = "(principal, action == Action::\"send_external_message\", resource)";
    for (condition, expected) in [
        ("context.facts.recipients.contains(\"Bob@X.test\")", "write `bob@x.test`"),
        ("[\"Bob <bob@x.test>\"].containsAll(context.call.known_recipients)", "write `bob@x.test`"),
        ("[\"X.test\"].containsAll(context.facts.recipient_domains)", "write `x.test`"),
        (
            "context.call.delegation.agents.contains(\"customer-suport\")",
            "did you mean `customer-support`?",
        ),
        ("context.facts.recipients.contains(\"bob@x.test\")", ""),
    ] {
        let mut world = World::shipped();
        world.forbid("a", "", &format!("{scope} when {{ {condition} }}"));
        let findings = world.load().findings;
        let told = findings.iter().find(|finding| finding.code == "never-matches");
        let hint = told.and_then(|finding| finding.hint.clone()).unwrap_or_default();
        assert!(
            hint.contains(expected) && hint.is_empty() == expected.is_empty(),
            "{condition}: {findings:?}"
        );
    }
}
