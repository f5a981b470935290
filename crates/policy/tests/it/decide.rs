//! What written policies change, and how arguments are examined.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use serde_json::json;
use syndic_model::{Capability, CheckResult, Fact, FactSource, LocalTime};
use syndic_policy::{Call, Detected, Session};

use crate::world::{World, at, call, decide, entry, evaluate, forbid};

const READ: (&str, &str, &str) = ("knowledge-base", "search_knowledge_base", r#"{"query": "q"}"#);

fn read(world: &World) -> String {
    world.decide(READ.0, READ.1, READ.2)
}

#[test]
fn without_a_permit_everything_is_denied_with_every_reason() {
    let mut world = World::shipped();
    world.files.clear();
    assert_eq!(read(&world), "deny; no-permit: no policy permits `search_knowledge_base`");
    world.forbid("a", "@approval(\"g\")", "(principal, action, resource)");
    assert_eq!(
        read(&world),
        "deny; no-permit: no policy permits `search_knowledge_base`; a: a says no"
    );
}

#[test]
fn a_forbid_that_fails_denies() {
    let mut world = World::shipped();
    let input =
        json!({"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]});
    world.catalogue.insert("count".parse().unwrap(), entry("count", &[Capability::Read], input));
    world.agent("knowledge-base").actions =
        vec![syndic_model::Allowed::Capability(Capability::Read)];
    let scope = "(principal, action == Action::\"count\", resource)";
    world.forbid("a", "@approval(\"g\")", &format!("{scope} when {{ context.input.n * 100 > 5 }}"));
    let engine = world.engine();
    let told =
        |n: &str| decide(&engine, "knowledge-base", "count", &format!("{{\"n\": {n}}}"), &call());
    assert_eq!(told("0"), "allow");
    assert_eq!(told("1"), "hold; a: a says no; ask g");
    assert_eq!(told("9223372036854775807"), "deny; a: could not be evaluated");
}

#[test]
fn team_policies_reach_the_team_only() {
    let mut world = World::shipped();
    world.team("finance", &forbid("a", "", "(principal, action, resource) when { true }"));
    let engine = world.engine();
    let search = |agent: &str| decide(&engine, agent, READ.1, READ.2, &call());
    assert_eq!(search("knowledge-base"), "allow");
    assert_eq!(search("financial-advisor"), "deny; a: a says no");
    let shown = engine.show();
    let text = &shown.iter().find(|policy| policy.id.as_str() == "a").unwrap().text;
    assert!(text.ends_with("forbid(principal, action, resource)\nwhen { principal in Team::\"finance\" } when { true };"), "{text}");
}

#[test]
fn applies_to_names_agents_and_risk_levels() {
    for (applies_to, expected) in [
        ("all", "customer-support financial-advisor knowledge-base"),
        ("low", "knowledge-base"),
        ("high, customer-support", "customer-support financial-advisor"),
    ] {
        let mut world = World::shipped();
        world.forbid(
            "a",
            &format!("@applies_to(\"{applies_to}\")"),
            "(principal, action, resource)",
        );
        let engine = world.engine();
        let refused = world
            .agents
            .keys()
            .filter(|agent| decide(&engine, agent.as_str(), READ.1, READ.2, &call()) != "allow");
        assert_eq!(
            refused.map(|agent| agent.as_str()).collect::<Vec<_>>().join(" "),
            expected,
            "{applies_to}"
        );
    }
}

#[test]
fn a_shadow_policy_is_told_and_changes_nothing() {
    let mut world = World::shipped();
    world.forbid(
        "a",
        "@mode(\"shadow\") @disclose",
        "(principal, action, resource) when { context.call.now > datetime(\"2020-01-01\") }",
    );
    let engine = world.engine();
    let found = evaluate(&engine, READ.0, READ.1, READ.2, &call()).unwrap();
    assert_eq!(found.effect.as_str(), "allow");
    let shadows: Vec<_> = found.checks.iter().filter(|check| check.shadow).collect();
    assert_eq!(
        (shadows.len(), shadows[0].result, shadows[0].reason.as_deref()),
        (1, CheckResult::Blocked, Some("a says no"))
    );
    assert!(found.disclosed.is_empty());
    assert!(!engine.reads_time(&READ.0.parse().unwrap(), &READ.1.parse().unwrap()));
}

#[test]
fn what_only_a_shadow_policy_cannot_read_keeps_nobody_from_acting() {
    let number = json!({"type": "object", "properties": {"n": {"type": "number"}}});
    let beyond_a_decimal = r#"{"n": 9223372036854775807}"#;
    for (marks, expected) in [
        ("@mode(\"shadow\")", "allow"),
        ("", "refused: schema: `/n` is not an exact decimal number"),
    ] {
        let mut world = World::shipped();
        world
            .catalogue
            .insert("count".parse().unwrap(), entry("count", &[Capability::Read], number.clone()));
        world.agent("knowledge-base").actions =
            vec![syndic_model::Allowed::Capability(Capability::Read)];
        let reads = "when { context.input has n && context.input.n == decimal(\"1.0\") }";
        let scope = "(principal, action == Action::\"count\", resource)";
        world.forbid("a", marks, &format!("{scope} {reads}"));
        assert_eq!(world.decide("knowledge-base", "count", beyond_a_decimal), expected, "{marks}");
    }
}

#[test]
fn only_policies_marked_so_disclose_their_reasons() {
    let mut world = World::shipped();
    world.forbid("a", "@disclose", "(principal, action, resource)").forbid(
        "b",
        "",
        "(principal, action, resource)",
    );
    let found = evaluate(&world.engine(), READ.0, READ.1, READ.2, &call()).unwrap();
    assert_eq!(found.disclosed, ["a says no"]);
}

#[test]
fn policies_read_what_the_host_knows() {
    let mut world = World::shipped();
    let hours = "unless { context.call.now.toTime() >= duration(\"9h\") && context.call.now.toTime() < duration(\"17h\") }";
    world.forbid(
        "hours",
        "@applies_to(\"low\")",
        &format!("(principal, action, resource) {hours}"),
    );
    let weekdays = "when { context.call.local.weekday > 5 }";
    world.forbid(
        "week",
        "@applies_to(\"low\")",
        &format!("(principal, action, resource) {weekdays}"),
    );
    let late = "when { context.call.local.minutes >= 1380 }";
    world.forbid("late", "@applies_to(\"low\")", &format!("(principal, action, resource) {late}"));
    let freeze = "when { context.call.open.contains(\"office\") }";
    world.forbid(
        "freeze",
        "@applies_to(\"low\")",
        &format!("(principal, action, resource) {freeze}"),
    );
    world.forbid(
        "pii",
        "",
        "(principal, action, resource) when { context.call.detected.contains(\"email\") || context.call.pii.contains(\"US_SSN\") }",
    );
    world.forbid(
        "secrets",
        "",
        "(principal, action, resource) unless { context.call.secrets.isEmpty() }",
    );
    world.forbid("hidden", "", "(principal, action, resource) when { context.call.obfuscated }");
    world.forbid("session", "", "(principal, action, resource) when { context.call.session has id && context.call.session.id == \"s\" }");
    world.forbid("grade", "", "(principal, action, resource) when { context.call.grade == \"advisory\" && context.call.environment == \"prod\" }");
    let engine = world.engine();
    let email = Detected::of_labels(["email"]);
    let ssn = Detected { pii: ["US_SSN".to_owned()].into(), ..Detected::default() };
    let key = Detected { secrets: ["github-token".to_owned()].into(), ..Detected::default() };
    let hidden = Detected { obfuscated: true, ..Detected::default() };
    let session = "s".parse().unwrap();
    let at = |time: &str| Call { now: format!("2026-03-02T{time}Z").parse().unwrap(), ..call() };
    let zurich = TimeZone::get("Europe/Zurich").unwrap();
    let local = |time: &str| LocalTime::at(time.parse().unwrap(), &zurich);
    for (call, expected) in [
        (at("09:00:00"), "allow"),
        (at("16:59:59.999"), "allow"),
        (at("08:59:59.999999"), "deny; hours: hours says no"),
        (at("17:00:00"), "deny; hours: hours says no"),
        (Call { local: local("2026-03-07T12:00:00Z"), ..call() }, "deny; week: week says no"),
        (Call { local: local("2026-03-02T21:59:00Z"), ..call() }, "allow"),
        (Call { local: local("2026-03-02T22:00:00Z"), ..call() }, "deny; late: late says no"),
        (Call { open: vec!["office"], ..call() }, "deny; freeze: freeze says no"),
        (Call { detected: &email, ..call() }, "deny; pii: pii says no"),
        (Call { detected: &ssn, ..call() }, "deny; pii: pii says no"),
        (Call { detected: &key, ..call() }, "deny; secrets: secrets says no"),
        (Call { detected: &hidden, ..call() }, "deny; hidden: hidden says no"),
        (
            Call { session: Session { id: Some(&session), ..call().session }, ..call() },
            "deny; session: session says no",
        ),
        (
            Call { grade: syndic_model::EnforcementGrade::Advisory, ..call() },
            "deny; grade: grade says no",
        ),
    ] {
        assert_eq!(decide(&engine, READ.0, READ.1, READ.2, &call), expected, "{call:?}");
    }
    let reads_time =
        |agent: &str| engine.reads_time(&agent.parse().unwrap(), &READ.1.parse().unwrap());
    assert!(
        reads_time("knowledge-base") && !reads_time("customer-support") && !reads_time("nobody")
    );
}

#[test]
fn a_key_that_some_readers_take_for_a_declared_one_is_refused_by_an_open_schema_too() {
    let mut world = World::shipped();
    world.entry("issue_refund").input.as_object_mut().unwrap().remove("additionalProperties");
    for (args, told) in [
        (r#"{"order_id": "o", "amount": 1, "Amount": 5000}"#, Some("amount")),
        (r#"{"order_id": "o", "amount": 1, "order_\u0131d": "x"}"#, Some("order_id")),
        ("{\"order_id\": \"o\", \"amount\": 1, \"ORDER_ID\": \"x\"}", Some("order_id")),
        (r#"{"order_id": "o", "amount": 1, "note": "x"}"#, None),
    ] {
        let answer = world.decide("customer-support", "issue_refund", args);
        let refused =
            told.map(|name| format!("refused: schema: a key differs from `{name}` in case alone"));
        assert_eq!(answer.starts_with("refused: schema: a key"), refused.is_some(), "{answer}");
        if let Some(refused) = refused {
            assert_eq!(answer, refused, "{args}");
        }
    }
}

#[test]
fn arguments_that_are_not_what_the_catalogue_says_are_refused_without_their_values() {
    let engine = World::shipped().engine();
    for (args, expected) in [
        (
            r#"{"order_id": "o", "amount": 1e400}"#,
            "number at `/amount` is not exact: at most four digits after the point, below 2^63",
        ),
        (
            r#"{"order_id": "o", "amount": 100.00004000000000000001}"#,
            "number at `/amount` is not exact: at most four digits after the point, below 2^63",
        ),
        (r#"{"order_id": "o", "amount": -1}"#, "negative number at `/amount`"),
        (r#"{"order_id": "o", "amount": 1, "amount": 2}"#, "duplicate key at `/amount`"),
        (r#"{"order_id": "o", "amount": "secret"}"#, "`/amount` breaks `type`"),
        (r#"{"order_id": "secret"}"#, "`/` breaks `required`: `amount` is missing"),
        (
            r#"{"order_id": 7, "amount": "x", "secret": 1}"#,
            "`/` breaks `additionalProperties`; `/amount` breaks `type`; `/order_id` breaks `type`",
        ),
        (
            r#"{"order_id": {"__entity": {"type": "Agent", "id": "x"}}, "amount": 1}"#,
            "`/order_id` breaks `type`",
        ),
        (
            r#"{"order_id": "o", "amount": 922337203685478}"#,
            "fact `amount` is not an exact amount, or its sum is too large",
        ),
    ] {
        let told = decide(&engine, "customer-support", "issue_refund", args, &call());
        let told: BTreeSet<&str> =
            told.trim_start_matches("refused: schema: ").split("; ").collect();
        assert_eq!(told, expected.split("; ").collect(), "{args}");
    }
}

#[test]
fn facts_reach_policies_as_the_catalogue_declares_them() {
    let mut world = World::shipped();
    let text = json!({"type": "string"});
    let input = json!({"type": "object", "properties": {
        "to": {"type": "array", "items": text}, "cc": {"type": ["array", "null"], "items": text}, "items": {"type": "array", "items": {"type": "object"}},
    }, "required": ["to"]});
    let mut mail = entry("mail", &[Capability::Read], input);
    mail.facts.insert(
        Fact::Recipients,
        FactSource {
            pointers: vec!["/to/*".parse().unwrap(), "/cc/*".parse().unwrap()],
            ..at("/to")
        },
    );
    mail.facts.insert(Fact::Amount, FactSource { default: Some(json!(0)), ..at("/items/*/price") });
    mail.facts.insert(Fact::Resource, FactSource { optional: true, ..at("/items/0/name") });
    world.catalogue.insert("mail".parse().unwrap(), mail);
    world
        .agent("knowledge-base")
        .actions
        .push(syndic_model::Allowed::Action("mail".parse().unwrap()));
    let scope = "(principal, action == Action::\"mail\", resource)";
    world.forbid("to", "", &format!("{scope} when {{ context.facts.recipients.contains(\"x\") }}"));
    world.forbid("many", "", &format!("{scope} when {{ context.facts.recipient_count > 2 }}"));
    world.org(
        &forbid(
            "sum",
            "",
            &format!("{scope} when {{ context.facts.amount.greaterThan(decimal(\"10.0\")) }}"),
        )
        .replace("sum says no", "{facts.amount} by {agent.name}"),
    );
    let engine = world.engine();
    for (args, expected) in [
        (r#"{"to": ["a"]}"#, "allow"),
        (r#"{"to": ["a"], "cc": null}"#, "allow"),
        (r#"{"to": ["a"], "cc": ["x"]}"#, "deny; to: to says no"),
        (r#"{"to": ["a", "b"], "cc": ["c"]}"#, "deny; many: many says no"),
        (
            r#"{"to": ["a"], "items": [{"price": 5}, {"price": 5.5, "name": "n"}]}"#,
            "deny; sum: 10.5 by knowledge-base",
        ),
        (r#"{"to": []}"#, "refused: schema: fact `recipients` finds nothing at `/to/*`, `/cc/*`"),
        (
            r#"{"to": ["a"], "items": [{"price": "much"}]}"#,
            "refused: schema: fact `amount` is not an exact amount, or its sum is too large",
        ),
    ] {
        assert_eq!(decide(&engine, "knowledge-base", "mail", args, &call()), expected, "{args}");
    }
}

#[test]
fn an_argument_that_looks_like_an_entity_is_data() {
    let mut world = World::shipped();
    let input = json!({"type": "object", "properties": {"who": {"type": "object", "properties": {
        "__entity": {"type": "object", "properties": {"type": {"type": "string"}, "id": {"type": "string"}}},
    }}}});
    world.catalogue.insert("ask".parse().unwrap(), entry("ask", &[Capability::Read], input));
    world
        .agent("knowledge-base")
        .actions
        .push(syndic_model::Allowed::Action("ask".parse().unwrap()));
    let told = world.decide(
        "knowledge-base",
        "ask",
        r#"{"who": {"__entity": {"type": "Agent", "id": "financial-advisor"}}}"#,
    );
    assert_eq!(told, "allow");
}
