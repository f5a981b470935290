//! Policies written in Rust: what they see, what their answers become, and what is refused at load.

use jiff::Timestamp;
use syndic_model::{Capability, CheckResult, Decimal, Fact, Severity};
use syndic_policy::{
    ActionView, Call, ContextValue, ContextView, Detected, Engine, Origin, Policy, Session,
};

use crate::world::{PERMIT, World, at, call, decide, evaluate, forbid};

const READ: (&str, &str, &str) = ("knowledge-base", "search_knowledge_base", r#"{"query": "q"}"#);
const REFUND: (&str, &str, &str) =
    ("customer-support", "issue_refund", r#"{"order_id": "A-1", "amount": 60.50}"#);

fn never(id: &str, applies_to: &str) -> Policy {
    Policy::native(id, Severity::High, applies_to, |_, _, _| Err("not today".to_owned()))
}

fn with(policies: Vec<Policy>) -> Engine {
    World::shipped().engine().embed(policies).unwrap()
}

fn told(engine: &Engine, (agent, action, args): (&str, &str, &str)) -> String {
    decide(engine, agent, action, args, &call())
}

#[test]
fn a_native_policy_denies_whom_it_applies_to() {
    for (applies_to, expected) in [
        ("all", "customer-support knowledge-base"),
        ("low", "knowledge-base"),
        ("high, customer-support", "customer-support"),
    ] {
        let engine = with(vec![never("freeze", applies_to)]);
        let denied = [READ, REFUND].into_iter().filter(|(agent, action, args)| {
            match told(&engine, (agent, action, args)).as_str() {
                "allow" => false,
                answer => {
                    assert_eq!(answer, "deny; freeze: not today");
                    true
                }
            }
        });
        let mut denied: Vec<_> = denied.map(|(agent, ..)| agent).collect();
        denied.sort_unstable();
        assert_eq!(denied.join(" "), expected, "{applies_to}");
    }
}

#[test]
fn its_answer_is_a_check_like_any_other() {
    let pass = Policy::native("calm", Severity::Low, "all", |_, _, _| Ok(()));
    let panics = Policy::native("odd", Severity::Critical, "all", |_, _, _| panic!("secret"));
    let shadow = never("later", "all").shadow();
    let long = Policy::native("long", Severity::Low, "all", |_, _, _| Err("a\n".repeat(9_000)));
    let silent = Policy::native("silent", Severity::Low, "all", |_, _, _| Err(String::new()));
    let engine = with(vec![pass, panics, shadow, long, silent]);
    let found = evaluate(&engine, READ.0, READ.1, READ.2, &call()).unwrap();
    let check = |id: &str| found.checks.iter().find(|check| check.policy.as_str() == id).unwrap();
    let of = |id| {
        let check = check(id);
        (check.result, check.severity, check.shadow, check.reason.as_deref().unwrap_or_default())
    };
    assert_eq!(found.effect.as_str(), "deny");
    assert_eq!(of("calm"), (CheckResult::Passed, Severity::Low, false, ""));
    let panicked = "could not be evaluated: it panicked";
    assert_eq!(of("odd"), (CheckResult::Blocked, Severity::Critical, false, panicked));
    assert_eq!(of("later"), (CheckResult::Blocked, Severity::High, true, "not today"));
    assert_eq!(of("long").3, "a ".repeat(250));
    assert_eq!(of("silent").3, "refused");
    let shadow = with(vec![never("later", "all").shadow()]);
    assert_eq!(told(&shadow, READ), "allow");
}

#[test]
fn it_never_permits_and_a_cedar_hold_becomes_a_denial() {
    let mut world = World::shipped();
    world.files.clear();
    let pass = Policy::native("calm", Severity::Low, "all", |_, _, _| Ok(()));
    let engine = world.engine().embed(vec![pass]).unwrap();
    assert_eq!(told(&engine, READ), "deny; no-permit: no policy permits `search_knowledge_base`");
    world.org(PERMIT).org(&forbid("ask", "@approval(\"g\")", "(principal, action, resource)"));
    let engine = world.engine().embed(vec![never("freeze", "all")]).unwrap();
    assert_eq!(told(&engine, READ), "deny; freeze: not today; ask: ask says no");
}

/// Answers what `look` finds, in the reason of a denial.
fn seen(
    asked: (&str, &str, &str),
    look: impl Fn(&ActionView<'_>, &ContextView<'_>) -> Result<String, String> + Send + Sync + 'static,
) -> String {
    let check = Policy::native("look", Severity::Low, "all", move |_, action, context| {
        Err(look(action, context)?)
    });
    let mut world = World::shipped();
    world.entry("update_ticket").facts.insert(Fact::Resource, {
        let mut note = at("/note");
        note.optional = true;
        note
    });
    let answer = told(&world.engine().embed(vec![check]).unwrap(), asked);
    answer.strip_prefix("deny; look: ").unwrap_or(&answer).to_owned()
}

#[test]
fn it_sees_the_context_of_cedar_policies_under_the_same_names() {
    let decimal = |text: &str| ContextValue::Decimal(text.parse().unwrap());
    let now: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
    for (path, expected) in [
        ("input.amount", Some(decimal("60.5"))),
        ("input.order_id", Some("A-1".into())),
        ("input.query", None),
        ("facts.amount", Some(decimal("60.5"))),
        ("facts.currency", Some("USD".into())),
        ("facts.content", None),
        ("call.now", Some(ContextValue::Time(now))),
        ("call.local.weekday", Some(ContextValue::Long(1))),
        ("call.environment", Some("prod".into())),
        ("call.suspended", Some(ContextValue::Bool(false))),
        ("call.open", Some(ContextValue::Set(Vec::new()))),
        ("call.session.id", None),
        ("call.grade", Some("in-path".into())),
    ] {
        let found = seen(REFUND, move |_, context| Ok(format!("{:?}", context.get(path)?)));
        assert_eq!(found, format!("{expected:?}"), "{path}");
    }
    let found = seen(REFUND, |action, context| {
        let record = context.get("input")?.and_then(|input| input.as_record().cloned());
        let amount = context.facts().amount.map(Decimal::ten_thousandths);
        let writes = action.is(Capability::WriteData);
        Ok(format!(
            "{} {writes} {amount:?} {:?} {:?}",
            action.name,
            record.map(|r| r.len()),
            context.call().environment
        ))
    });
    assert_eq!(found, r#"issue_refund true Some(605000) Some(2) "prod""#);
}

#[test]
fn a_misspelt_path_denies_and_an_absent_fact_does_not() {
    let update = ("customer-support", "update_ticket", r#"{"ticket_id": "T-1"}"#);
    for (path, expected) in [
        ("facts.resource", "None"),
        ("facts.resources", "no action has `context.facts.resources`"),
        ("facts", "Some(Record({}))"),
        ("call.nwo", "no action has `context.call.nwo`"),
        ("principal.id", "no action has `context.principal.id`"),
        ("", "no action has `context.`"),
    ] {
        let found = seen(update, move |_, context| Ok(format!("{:?}", context.get(path)?)));
        assert_eq!(found, expected, "{path}");
    }
}

#[test]
fn every_attribute_that_cedar_can_read_has_a_value() {
    let detected = Detected::of_labels(["email"]);
    let session = "s-1".parse().unwrap();
    let whole = Call {
        open: vec!["office"],
        session: Session { id: Some(&session), ..call().session },
        detected: &detected,
        ..call()
    };
    let look = Policy::native("look", Severity::Low, "all", |_, _, context| {
        let names = context.get("call")?;
        let names = names.as_ref().and_then(ContextValue::as_record).ok_or("no record")?;
        Err(names.keys().cloned().collect::<Vec<_>>().join(" "))
    });
    let engine = with(vec![look]);
    let schema = engine.schema_text();
    let call = schema.split("type Call = {").nth(1).unwrap().split("};").next().unwrap();
    // Attributes of the record itself stand at the first level of indentation.
    let named = call.lines().filter(|line| line.starts_with("    ") && !line.starts_with("     "));
    let mut named: Vec<_> = named
        .filter_map(|line| line.trim().split(':').next())
        .map(|name| name.trim_end_matches('?'))
        .filter(|name| !name.starts_with('}'))
        .collect();
    named.sort_unstable();
    let answer = decide(&engine, READ.0, READ.1, READ.2, &whole);
    assert_eq!(answer, format!("deny; look: {}", named.join(" ")));
}

#[test]
fn what_is_wrong_with_native_policies_is_told_at_load() {
    for (id, applies_to, expected) in [
        ("base", "all", "native: error[duplicate-id]: `base` is already a policy"),
        ("tool-access", "all", "native: error[reserved-id]: `tool-access` is syndic's own policy"),
        ("clock", "all", "native: error[reserved-id]: `clock` is syndic's own policy"),
        ("a b", "all", "native: error[bad-id]: "),
        (
            "x",
            "customer-suport",
            "native: error[unknown-agent]: policy `x` applies to `customer-suport`, which is no agent, no risk level and not `all`",
        ),
        ("x", "", "native: error[unknown-agent]: "),
    ] {
        let findings = World::shipped().engine().embed(vec![never(id, applies_to)]).unwrap_err();
        assert!(findings[0].to_string().starts_with(expected), "{findings:?}");
    }
    let twice = vec![never("x", "all"), never("x", "low")];
    assert_eq!(World::shipped().engine().embed(twice).unwrap_err().len(), 1);
}

#[test]
fn it_is_shown_and_reads_the_time_for_all_anybody_knows() {
    let engine =
        with(vec![never("freeze", "low").description("no reading"), never("s", "all").shadow()]);
    let shown = engine.show();
    let freeze = shown.iter().find(|policy| policy.id.as_str() == "freeze").unwrap();
    assert_eq!((&freeze.origin, freeze.shadow), (&Origin::Native, false));
    assert!(freeze.annotations.contains(&("description".into(), "no reading".into())));
    let reads = |agent: &str, action: &str| {
        engine.reads_time(&agent.parse().unwrap(), &action.parse().unwrap())
    };
    assert!(reads(READ.0, READ.1) && !reads(REFUND.0, REFUND.1));
    assert_eq!(engine.embedded().len(), 2);
}
