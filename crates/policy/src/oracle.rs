//! The documented interface of `cedar-policy`, which is slow: what the fast path is held against.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cedar_policy::{
    AuthorizationError, Authorizer, Context, Entities, PolicyId as CedarId, PolicySet, Request,
    Schema,
};
use cedar_policy_core::ast;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use syndic_model::{
    AgentId, AgentProfile, Allowed, Arguments, Capability, CatalogueEntry, Counter, Effect,
    EnforcementGrade, Fact, FactSource, LabelName, Limit, LocalTime, Mode, Output, Owner, Period,
    RiskLevel, Threshold, ThresholdRule,
};

use crate::combine::{Answer, combine};
use crate::convert::{datetime, local, record, texts};
use crate::entities::{Inputs, entities};
use crate::evaluate::{Evaluate, Question, Unanswerable};
use crate::fast::{delegation, session};
use crate::paths::Paths;
use crate::reason::Told;
use crate::slice::Slice;
use crate::{Call, Detected, Engine, PolicyFile, Session, Sources, Usage, Used, usage};

/// Evaluates the policies as they are written, each with its scope, on a context that leaves nothing out.
struct PublicApi(Entities);

impl Evaluate for PublicApi {
    fn answers(&self, slice: &Slice, question: &Question<'_>) -> Result<Vec<Answer>, Unanswerable> {
        let Question { agent, action, resource, examined, call } = question;
        let mut context = examined.context.clone();
        context.insert("call".into(), whole(call));
        let context: Context = ast::Context::Value(Arc::new(context)).into();
        let ast::EntityUIDEntry::Known { euid, .. } = resource else { return Err(Unanswerable) };
        let resource = ast::EntityUID::clone(euid).into();
        let request =
            Request::new(agent.uid.clone(), action.uid.clone(), resource, context, None).unwrap();
        let mut answers = BTreeMap::new();
        // Apart, because the authorizer tells of permits only when no forbid holds.
        for permits in [true, false] {
            let chosen = slice.rules.iter().filter(|rule| rule.is_permit() == permits);
            let set = PolicySet::from_policies(chosen.map(|rule| rule.policy.clone())).unwrap();
            let response = Authorizer::new().is_authorized(&request, &set, &self.0);
            let said = response.diagnostics();
            answers.extend(said.reason().map(|id| (id.clone(), Answer::Satisfied)));
            answers.extend(said.errors().map(
                |AuthorizationError::PolicyEvaluationError(error)| {
                    (error.policy_id().clone(), Answer::Failed)
                },
            ));
        }
        let answer = |id: &CedarId| answers.get(id).copied().unwrap_or(Answer::Unsatisfied);
        Ok(slice.rules.iter().map(|rule| answer(rule.policy.id())).collect())
    }
}

fn whole(call: &Call<'_>) -> ast::Value {
    record([
        ("environment", call.environment.into()),
        ("suspended", call.suspended.into()),
        ("pii", texts(call.detected.pii.iter().map(String::as_str))),
        ("secrets", texts(call.detected.secrets.iter().map(String::as_str))),
        ("obfuscated", call.detected.obfuscated.into()),
        ("detected", texts(call.detected.labels())),
        ("anomaly", i64::from(call.anomaly).into()),
        ("grade", call.grade.as_str().into()),
        ("now", datetime(call.now).unwrap()),
        ("local", local(call.local)),
        ("open", texts(call.open.iter().copied())),
        ("session", session(call.session)),
        ("known_recipients", texts(call.known_recipients.iter().map(String::as_str))),
        ("delegation", delegation(&call.delegation).unwrap()),
        ("usage", usage::value(call.usage, LIMITS, &Paths::Whole).unwrap()),
    ])
}

/// A call about which the host knows nothing worth telling.
fn quiet<'a>(
    usage: &'a Usage,
    labels: &'a BTreeSet<LabelName>,
    known_recipients: &'a BTreeSet<String>,
    detected: &'a Detected,
) -> Call<'a> {
    let now = "2026-03-02T12:00:00Z".parse().unwrap();
    Call {
        now,
        local: LocalTime::at(now, &TimeZone::UTC),
        open: Vec::new(),
        environment: "prod",
        session: Session { id: None, labels, known_recipients },
        known_recipients,
        delegation: Vec::new(),
        usage,
        suspended: false,
        detected,
        anomaly: 0,
        grade: EnforcementGrade::InPath,
    }
}

/// Asks about every agent, and holds both equal: each policy's answer and the verdict.
fn check(engine: &Engine, action: &str, args: &str, call: &Call<'_>) -> Result<(), TestCaseError> {
    let (schema, _) = Schema::from_cedarschema_str(engine.schema_text()).unwrap();
    let oracle = PublicApi(entities(&engine.agents, &[], &schema).unwrap());
    let everything = Slice::of(engine.slices.rules().to_vec(), LIMITS);
    let args = Arguments::parse(&RawValue::from_string(args.to_owned()).unwrap()).unwrap();
    let action = &engine.actions[action];
    let name = &action.entry.declared.name;
    let whole =
        action.entry.examine(&args, &Inputs::whole(&action.entry.input), &Paths::Whole).unwrap();
    let examined = engine.examine(name, &args).unwrap();
    for agent in engine.agents.values() {
        let resource = action.resource(None);
        let question =
            |examined| Question { agent, action, resource: resource.clone(), examined, call };
        let slice = engine.slices.of(agent, action);
        let fast = engine.cedar.answers(&slice, &question(&examined)).unwrap();
        let fast: BTreeMap<_, _> =
            slice.rules.iter().map(|rule| rule.policy.id().to_string()).zip(fast).collect();
        let expected = oracle.answers(&everything, &question(&whole)).unwrap();
        let all = everything.rules.iter().zip(&expected);
        for (rule, answer) in all.clone() {
            let id = rule.policy.id().to_string();
            // What the slice leaves out says nothing.
            let found = fast.get(&id).copied().unwrap_or(Answer::Unsatisfied);
            prop_assert_eq!(found, *answer, "{} for {}", rule.policy, agent.profile.id);
        }
        // Passed checks of policies about others are not told; the verdict and its reasons are the same.
        let told = Told {
            action: name,
            facts: &whole.facts,
            agent: &agent.profile,
            usage: call.usage,
            detected: call.detected,
            anomaly: call.anomaly,
        };
        let said = all.map(|(rule, answer)| rule.said(*answer, &told));
        let expected = combine(name, said);
        let found = engine.evaluate(&agent.profile.id, &examined, None, call);
        prop_assert_eq!(found.effect, expected.effect);
        prop_assert_eq!(&found.determining, &expected.determining);
        prop_assert_eq!(found.determining.is_empty(), found.effect == Effect::Allow);
        let violations =
            |evaluation: &crate::Evaluation| evaluation.violations().cloned().collect::<Vec<_>>();
        prop_assert_eq!(violations(&found), violations(&expected));
    }
    Ok(())
}

/// How many limits the agent with most has.
const LIMITS: usize = 2;

/// A policy set takes longer to load than to ask.
const SETS: u32 = 24;

struct World {
    agents: BTreeMap<AgentId, AgentProfile>,
    catalogue: BTreeMap<syndic_model::ActionName, CatalogueEntry>,
    files: Vec<PolicyFile>,
}

fn world(policies: &[String]) -> World {
    let agents = [
        agent("one", "sales", RiskLevel::Low, Threshold::Never),
        agent("two", "sales", RiskLevel::High, Threshold::Always),
        agent(
            "three",
            "finance",
            RiskLevel::Medium,
            Threshold::Rules(vec![ThresholdRule {
                actions: vec!["pay".parse().unwrap()],
                amount_over: Some("100 USD".parse().unwrap()),
                ..ThresholdRule::default()
            }]),
        ),
    ];
    let catalogue = [
        entry("pay", Capability::FinancialTransaction, "mail"),
        entry("write", Capability::WriteData, "file"),
    ];
    let (team, org): (Vec<_>, Vec<_>) =
        policies.iter().cloned().partition(|text| text.contains("forbid") && text.len() % 3 == 0);
    let base = "@id(\"base\") @description(\"d\") permit(principal, action, resource) when { context.facts.amount.lessThan(decimal(\"700.0\")) };";
    let file = |path: &str, team: Option<&str>, text: String| PolicyFile {
        path: path.into(),
        team: team.map(|team| team.parse().unwrap()),
        text,
    };
    World {
        agents: agents.into_iter().map(|agent| (agent.id.clone(), agent)).collect(),
        catalogue: catalogue.into_iter().map(|entry| (entry.name.clone(), entry)).collect(),
        files: vec![
            file("policies/org/a.cedar", None, format!("{base}\n{}", org.join("\n"))),
            file("policies/teams/sales/a.cedar", Some("sales"), team.join("\n")),
        ],
    }
}

impl World {
    fn load(&self) -> Engine {
        let Self { agents, catalogue, files } = self;
        let loaded = Engine::load(&Sources {
            agents,
            catalogue,
            calendars: &BTreeSet::new(),
            groups: None,
            pii: &BTreeSet::new(),
            files,
        });
        loaded.engine.unwrap_or_else(|| panic!("{:#?}", loaded.findings))
    }
}

fn agent(id: &str, team: &str, risk_level: RiskLevel, threshold: Threshold) -> AgentProfile {
    AgentProfile {
        id: id.parse().unwrap(),
        name: id.to_owned(),
        risk_level,
        capabilities: [Capability::WriteData, Capability::FinancialTransaction].into(),
        max_transaction_amount: "500.5 USD".parse().unwrap(),
        requires_human_approval: true,
        approval_threshold: threshold,
        owner: Owner { person: "p".into(), team: team.parse().unwrap(), contact: "c".into() },
        purpose: String::new(),
        version: "1".into(),
        model: None,
        time_zone: TimeZone::UTC,
        mode: Mode::Enforce,
        approvers: Some("leads".parse().unwrap()),
        actions: vec![
            Allowed::Action("pay".parse().unwrap()),
            Allowed::Action("write".parse().unwrap()),
        ],
        limits: vec![
            Limit {
                amount: Some("900 USD".parse().unwrap()),
                actions: vec!["pay".parse().unwrap()],
                ..calls(Period::Day, 100)
            },
            Limit { recipients: Some(2), tokens: Some(5), ..calls(Period::Session, 3) },
        ],
        stakeholders: Vec::new(),
        failure_modes: Vec::new(),
        data_access: Vec::new(),
        incident_plan: None,
        output: Output::default(),
    }
}

fn calls(per: Period, most: u64) -> Limit {
    Limit {
        actions: Vec::new(),
        capability: None,
        per,
        calls: Some(most),
        amount: None,
        recipients: None,
        tokens: None,
    }
}

fn entry(name: &str, capability: Capability, tool: &str) -> CatalogueEntry {
    let source = |pointer: &str, optional| FactSource {
        pointers: vec![pointer.parse().unwrap()],
        constant: None,
        default: None,
        optional,
    };
    let currency =
        FactSource { pointers: Vec::new(), constant: Some(json!("USD")), ..source("/a", false) };
    CatalogueEntry {
        name: name.parse().unwrap(),
        description: String::new(),
        capabilities: [capability].into(),
        tools: vec![tool.parse().unwrap()],
        input: json!({"type": "object", "required": ["amount", "count", "tags", "to"], "properties": {
            "amount": {"type": "number"}, "count": {"type": "integer"}, "note": {"type": "string"},
            "tags": {"type": "array", "items": {"type": "string"}}, "to": {"type": "string"},
            "place": {"type": "object", "required": ["country"], "properties": {
                "country": {"type": "string"}, "zip": {"type": "string"}, "fee": {"type": "number"}}},
        }}),
        facts: BTreeMap::from([
            (Fact::Amount, source("/amount", false)),
            (Fact::Currency, currency),
            (Fact::Recipients, source("/to", false)),
            (Fact::AffectedPeople, source("/count", false)),
            (Fact::Content, source("/note", true)),
        ]),
        labels: BTreeSet::new(),
        incidental: Vec::new(),
        output: Output::default(),
    }
}

fn scope() -> impl Strategy<Value = String> {
    let principal = prop::sample::select(vec![
        "principal",
        "principal == Agent::\"one\"",
        "principal in Team::\"sales\"",
        "principal is Agent",
        "principal is Agent in Team::\"finance\"",
    ]);
    let action = prop::sample::select(vec![
        "action",
        "action == Action::\"pay\"",
        "action in Action::\"write_data\"",
        "action in [Action::\"pay\", Action::\"write\"]",
    ]);
    let resource = prop::sample::select(vec![
        "resource",
        "resource == Tool::\"mail\"",
        "resource is Tool",
        "resource in Tool::\"file\"",
    ]);
    (principal, action, resource).prop_map(|(p, a, r)| format!("({p}, {a}, {r})"))
}

/// Every kind of value and operator; counts as large as they may be overflow.
fn condition() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "context.facts.amount.greaterThan(decimal(\"300.25\"))",
        "context.facts.amount.lessThanOrEqual(principal.max_transaction_amount)",
        "decimal(\"1.0\").lessThan(decimal(\"2.0\"))",
        "context.input.amount == decimal(\"20.5\")",
        "context.input.count * 3 > 10",
        "context.input.count - 9223372036854775807 + context.input.count > 0",
        "context.input has note && context.input.note like \"URGENT*\"",
        "context.input has place && context.input.place has fee && context.input.place.fee.greaterThan(decimal(\"1.0\"))",
        "context has input.place.zip",
        "context.input has place && context.input.place == context.input.place",
        "context.input has place",
        "context.input.tags.contains(\"a\")",
        "context.input.tags.containsAny([\"b\", \"c\"])",
        "[\"a\", \"b\", \"c\"].containsAll(context.input.tags)",
        "context.input.tags.isEmpty()",
        "context.input == context.input",
        "context.facts == context.facts",
        "context.call == context.call",
        "context == context",
        "context.facts.recipients.contains(\"x@y.test\")",
        "context.facts.recipient_count >= 1",
        "[\"y.test\"].containsAll(context.facts.recipient_domains)",
        "context.facts.affected_people > 3",
        "context.call.now > datetime(\"2026-03-02T10:00:00Z\")",
        "context.call.now.offset(duration(\"2h\")).toTime() < duration(\"13h30m\")",
        "datetime(\"2026-01-01\").offset(duration(\"1d\")) == datetime(\"2026-01-02\")",
        "context.call.environment == \"prod\"",
        "context.call.session has id && context.call.session.id == \"s\"",
        "context.call.session.labels.containsAny([\"seen\", \"read\"])",
        "context.call.session.known_recipients.containsAll(context.facts.recipients)",
        "context.call.known_recipients.containsAll(context.facts.recipients)",
        "context.call.delegation.depth > 0 && context.call.delegation.agents.contains(\"two\")",
        "context.call.usage.agent.minute.calls > 2",
        "context.call.usage.session.day.amount.greaterThan(decimal(\"20.0\"))",
        "context.call.usage.user.hour == context.call.usage.action.hour",
        "context.call.usage.limit_2.tokens + 9223372036854775807 > 0",
        "context.call has usage.agent.hour.denials",
        "context.call.usage == context.call.usage",
        "context.call.suspended",
        "context.call.local.weekday == 1 && context.call.local.minutes < 720",
        "context.call.local.minutes + 9223372036854775807 > 0",
        "context.call.detected.contains(\"email\")",
        "[\"EMAIL_ADDRESS\"].containsAll(context.call.pii) && context.call.secrets.isEmpty()",
        "context.call.obfuscated",
        "context.call.anomaly >= 80",
        "context.call.grade != \"in-path\"",
        "principal.risk_level == \"high\"",
        "principal.capabilities.contains(\"write_data\")",
        "principal in Team::\"sales\"",
        "principal == Agent::\"two\"",
        "action in Action::\"write_data\"",
        "resource == Tool::\"file\"",
        "resource is Tool",
        "{decimal: context.input.amount, \"has\": 1}.decimal.greaterThan(decimal(\"2.5\"))",
    ]);
    let leaf = leaf.prop_map(|text| format!("({text})"));
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("(if {a} then {b} else {c})")),
            inner.prop_map(|a| format!("(!{a})")),
        ]
    })
}

fn policies() -> impl Strategy<Value = Vec<String>> {
    let marks = prop::sample::select(vec![
        "",
        "@approval(\"leads\")",
        "@mode(\"shadow\")",
        "@applies_to(\"one\")",
        "@applies_to(\"high,medium\")",
    ]);
    let clauses = prop::collection::vec((any::<bool>(), condition()), 0..3);
    let policy = (any::<bool>(), marks, scope(), clauses);
    prop::collection::vec(policy, 1..8).prop_map(|all| {
        let written = all.into_iter().enumerate().map(|(i, (permit, marks, scope, clauses))| {
            let clauses: String = clauses
                .into_iter()
                .map(|(when, text)| format!(" {} {{ {text} }}", if when { "when" } else { "unless" }))
                .collect();
            let head = format!("@id(\"p{i}\") @description(\"d\")");
            if permit {
                format!("{head} permit{scope}{clauses};")
            } else {
                format!("{head} @severity(\"low\") @reason(\"no {{facts.amount}}\") {marks} forbid{scope}{clauses};")
            }
        });
        written.collect()
    })
}

fn args() -> impl Strategy<Value = Value> {
    let amount = prop::sample::select(vec![
        "0",
        "20.5",
        "300.25",
        "300.2501",
        "500.5",
        "1e3",
        "922337203685477.5807",
    ]);
    let count = prop::sample::select(vec![0, 1, 4, i64::MAX]);
    let note = prop::option::of(prop::sample::select(vec!["URGENT: pay", "hello", ""]));
    let tags = prop::collection::vec(prop::sample::select(vec!["a", "b", "d"]), 0..4);
    let place =
        prop::option::of((any::<bool>(), prop::option::of(prop::sample::select(vec!["0.5", "2"]))));
    (amount, count, note, tags, place).prop_map(|(amount, count, note, tags, place)| {
        let number = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let mut args =
            json!({"amount": number(amount), "count": count, "tags": tags, "to": "x@y.test"});
        if let Some(note) = note {
            args["note"] = note.into();
        }
        if let Some((zip, fee)) = place {
            args["place"] = json!({"country": "DE"});
            if zip {
                args["place"]["zip"] = "1".into();
            }
            if let Some(fee) = fee {
                args["place"]["fee"] = number(fee);
            }
        }
        args
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: SETS, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_fast_path_answers_like_the_public_one(
        policies in policies(),
        requests in prop::collection::vec(args(), 1..8),
        suspended in any::<bool>(),
        session in any::<bool>(),
        used in prop::sample::select(vec![0, 3, 900, i64::MAX]),
        email in any::<bool>(),
        now in prop::sample::select(vec!["2026-03-02T09:59:59.999Z", "2026-03-02T12:00:00Z", "1969-12-31T23:00:00Z"]),
    ) {
        let session = session.then(|| "s".parse().unwrap());
        let mut detected = if email { Detected::of_labels(["email"]) } else { Detected::default() };
        detected.secrets.extend(suspended.then(|| "github-token".to_owned()));
        detected.obfuscated = suspended;
        let count = |counter| (counter, Used { calls: used, recipients: used, tokens: 1, ..Used::default() });
        let usage: Usage = Counter::all(LIMITS).take(8).map(count).collect();
        let (labels, known, two) = (BTreeSet::from(["seen".parse().unwrap()]), BTreeSet::from(["x@y.test".to_owned()]), "two".parse().unwrap());
        let (labels, known) = if suspended { (labels, known) } else { (BTreeSet::new(), BTreeSet::new()) };
        let call = Call {
            now: now.parse().unwrap(),
            open: vec!["office"],
            session: Session { id: session.as_ref(), labels: &labels, known_recipients: &known },
            known_recipients: &known,
            delegation: if suspended { vec![&two] } else { Vec::new() },
            suspended,
            detected: &detected,
            anomaly: if suspended { 80 } else { 79 },
            ..quiet(&usage, &labels, &known, &detected)
        };
        let engine = world(&policies).load();
        for args in requests {
            for action in ["pay", "write"] {
                check(&engine, action, &args.to_string(), &call)?;
            }
        }
    }
}

#[test]
fn a_forbid_that_overflows_denies_here_as_there() {
    let policy = "@id(\"sum\") @description(\"d\") @severity(\"low\") @reason(\"no\") forbid(principal, action, resource) when { context.input.count * 3 > 10 };";
    let engine = world(&[policy.to_owned()]).load();
    let usage = Usage::default();
    let (labels, none, detected) = (BTreeSet::new(), BTreeSet::new(), Detected::default());
    let call = quiet(&usage, &labels, &none, &detected);
    let args = json!({"amount": 1, "count": i64::MAX, "tags": [], "to": "x"}).to_string();
    check(&engine, "write", &args, &call).unwrap();
    let args = Arguments::parse(&RawValue::from_string(args).unwrap()).unwrap();
    let examined = engine.examine(&"write".parse().unwrap(), &args).unwrap();
    let found = engine.evaluate(&"one".parse().unwrap(), &examined, None, &call);
    assert_eq!(found.effect, Effect::Deny);
}
