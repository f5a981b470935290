//! What one decision costs: schema, facts, conversion and policies, from parsed arguments.
//!
//! The policy sets have the shape of the reference: six global policies, and per agent and per tool ones, so that
//! seven to twelve apply to one request of about a kilobyte. The limit is the same rules written by hand in Rust
//! over the parsed JSON, found by agent and tool: what any engine here would have to beat. The cases `examined` begin
//! where a program that embeds the engine does, with facts and typed values, without JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json, value::RawValue};
use syndic_model::{
    ActionName, AgentId, AgentProfile, Allowed, Arguments, Capability, CatalogueEntry, EnforcementGrade, Fact,
    FactSource, LabelName, LocalTime, Mode, Output, Owner, RiskLevel, Threshold,
};
use syndic_policy::{Call, Detected, Engine, Examined, PolicyFile, Session, Sources, Usage};

use crate::peers;
use crate::row::{Figures, Measured, latencies, median, print};

/// Policies, agents, tools.
const SETS: [(usize, usize, usize); 3] = [(10, 2, 3), (100, 10, 10), (1000, 100, 100)];
const ROUNDS: usize = 5;
const REQUESTS: usize = 1024;
const PER_ROUND: Duration = Duration::from_millis(600);

pub fn run(json: bool) -> anyhow::Result<()> {
    for (policies, agents, tools) in SETS {
        let set = Set::new(policies, agents, tools)?;
        set.check()?;
        let (mut native, mut ours, mut embedded) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            native.push(set.time(|request| set.native(request)));
            ours.push(set.time(|request| set.cedar(request)));
            embedded.push(set.time(|request| set.evaluate(request, &request.examined)));
        }
        let native = Measured { subject: "native rules", figures: median(&native) };
        let ours = Measured { subject: "syndic", figures: median(&ours) };
        let others = [vec![native.clone()], set.peers()].concat();
        print("decide", &policies.to_string(), &others, &ours, "p50_us", json);
        let embedded = Measured { subject: "syndic", figures: median(&embedded) };
        print("decide", &format!("{policies}, examined"), &[native], &embedded, "p50_us", json);
    }
    Ok(())
}

/// How long it takes to load a set, first and again.
pub fn load(json: bool) -> anyhow::Result<()> {
    for (policies, agents, tools) in SETS {
        let (agents, catalogue) = registry(agents, tools)?;
        let (text, _) = policies_text(policies, &agents, &catalogue);
        let mut figures = Vec::new();
        for figure in ["cold_ms", "again_ms"] {
            let start = Instant::now();
            Set::load(&agents, &catalogue, text.clone())?;
            figures.push((figure, start.elapsed().as_secs_f64() * 1e3));
        }
        let ours = Measured { subject: "syndic", figures };
        print("load", &policies.to_string(), &[], &ours, "cold_ms", json);
    }
    Ok(())
}

struct Set {
    engine: Engine,
    policies: String,
    agents: BTreeMap<AgentId, AgentProfile>,
    rules: Rules,
    requests: Vec<Request>,
    now: Timestamp,
    nothing: Detected,
    nobody: BTreeSet<String>,
    labels: BTreeSet<LabelName>,
    usage: Usage,
}

struct Request {
    agent: AgentId,
    action: ActionName,
    args: Arguments,
    /// What a program that embeds the engine has before it asks: facts and typed arguments.
    examined: Examined,
}

/// The limits of the generated policies, by agent and tool.
struct Rules {
    /// (agent, tool) → cap in ten-thousandths.
    caps: BTreeMap<(String, String), i64>,
    /// tool → countries refused.
    countries: BTreeMap<String, Vec<String>>,
}

impl Set {
    fn new(policies: usize, agents: usize, tools: usize) -> anyhow::Result<Self> {
        let (agents, catalogue) = registry(agents, tools)?;
        let (text, rules) = policies_text(policies, &agents, &catalogue);
        let engine = Self::load(&agents, &catalogue, text.clone())?;
        let requests = requests(&engine, &agents, &catalogue)?;
        Ok(Self { engine, policies: text, agents, rules, requests, now: "2026-11-23T12:00:00Z".parse()?, nothing: Detected::default(), nobody: BTreeSet::new(), labels: BTreeSet::new(), usage: Usage::uncounted() })
    }

    fn load(
        agents: &BTreeMap<AgentId, AgentProfile>,
        catalogue: &BTreeMap<ActionName, CatalogueEntry>,
        text: String,
    ) -> anyhow::Result<Engine> {
        let files = [PolicyFile { path: "policies/org/bench.cedar".into(), team: None, text }];
        let loaded = Engine::load(&Sources { agents, catalogue, calendars: &BTreeSet::new(), groups: None, pii: &BTreeSet::new(), files: &files });
        let Some(engine) = loaded.engine else { bail!("the generated policies do not load: {:?}", loaded.findings) };
        Ok(engine)
    }

    /// Holds both subjects equal before they are timed.
    fn check(&self) -> anyhow::Result<()> {
        let mut allowed = 0;
        for request in &self.requests {
            let (native, ours) = (self.native(request), self.cedar(request));
            if native != ours {
                bail!("{} {} {}: {native} by hand, {ours} by policy", request.agent, request.action, request.args.raw());
            }
            allowed += usize::from(ours);
        }
        if !(REQUESTS / 10..REQUESTS * 9 / 10).contains(&allowed) {
            bail!("{allowed} of {REQUESTS} allowed: the set decides nothing");
        }
        Ok(())
    }

    fn cedar(&self, request: &Request) -> bool {
        let Ok(examined) = self.engine.examine(&request.action, &request.args) else { return false };
        self.evaluate(request, &examined)
    }

    fn evaluate(&self, request: &Request, examined: &Examined) -> bool {
        let call = Call {
            now: self.now,
            local: LocalTime::at(self.now, &TimeZone::UTC),
            open: Vec::new(),
            environment: "prod",
            session: Session { id: None, labels: &self.labels, known_recipients: &self.nobody },
            known_recipients: &self.nobody,
            delegation: Vec::new(),
            usage: &self.usage,
            suspended: false,
            detected: &self.nothing,
            anomaly: 0,
            grade: EnforcementGrade::Cooperative,
        };
        let evaluation = self.engine.evaluate(&request.agent, examined, None, &call);
        evaluation.effect == syndic_model::Effect::Allow
    }

    fn native(&self, request: &Request) -> bool {
        let Ok(args) = request.args.value() else { return false };
        let amount = args["amount"].to_string();
        let Ok(amount) = amount.parse::<syndic_model::Decimal>() else { return false };
        let (amount, tool) = (amount.ten_thousandths(), request.action.to_string());
        let country = args["address"]["country"].as_str().unwrap_or_default();
        let autonomous = args["options"]["autonomous"] == Value::Bool(true);
        let cap = self.rules.caps.get(&(request.agent.to_string(), tool.clone()));
        let refused = self.rules.countries.get(&tool);
        !(amount > 40_000_000
            || (autonomous && amount > 20_000_000)
            || args["note"].as_str().is_some_and(|note| note.starts_with("URGENT"))
            || country == "XX"
            || cap.is_some_and(|cap| amount > *cap)
            || refused.is_some_and(|refused| refused.iter().any(|other| other == country)))
    }

    /// What the programs of `bench/peers` measure on the same requests, in a process of their own; none where they do
    /// not build.
    fn peers(&self) -> Vec<Measured> {
        match self.ask_peers() {
            Ok(measured) => measured,
            Err(error) => {
                eprintln!("no peers: {error:#}");
                Vec::new()
            }
        }
    }

    fn ask_peers(&self) -> anyhow::Result<Vec<Measured>> {
        let requests = self.requests.iter().map(|request| {
            let args = request.args.value().map_err(|fault| anyhow!("{fault}"))?;
            let (agent, action) = (request.agent.as_str(), request.action.as_str());
            anyhow::Ok(json!({"agent": agent, "action": action, "args": args, "allowed": self.native(request)}))
        });
        let Rules { caps, countries } = &self.rules;
        let caps = caps.iter().map(|((agent, tool), cap)| json!([agent, tool, *cap as f64 / 1e4]));
        let entities = self.agents.values().map(|agent| {
            let attributes = json!({"risk_level": agent.risk_level.as_str()});
            json!({"uid": {"type": "Agent", "id": agent.id.as_str()}, "attrs": attributes, "parents": []})
        });
        let tools: BTreeSet<&str> = self.requests.iter().map(|request| request.action.as_str()).collect();
        let case = json!({
            "requests": requests.collect::<Result<Vec<_>, _>>()?, "policies": self.policies,
            "entities": entities.collect::<Vec<_>>(), "caps": caps.collect::<Vec<_>>(), "countries": countries,
            "tools": tools, "rounds": ROUNDS, "round_ms": PER_ROUND.as_millis() as u64,
        });
        peers::ask(&case)
    }

    fn time(&self, decide: impl Fn(&Request) -> bool) -> Figures {
        let mut each = Vec::new();
        let start = Instant::now();
        for request in self.requests.iter().cycle() {
            let begun = Instant::now();
            std::hint::black_box(decide(std::hint::black_box(request)));
            each.push(begun.elapsed());
            if start.elapsed() > PER_ROUND {
                break;
            }
        }
        latencies(each, start.elapsed())
    }
}

type Registry = (BTreeMap<AgentId, AgentProfile>, BTreeMap<ActionName, CatalogueEntry>);

fn registry(agents: usize, tools: usize) -> anyhow::Result<Registry> {
    let profiles = (0..agents).map(|index| {
        let id: AgentId = format!("agent{index:03}").parse()?;
        anyhow::Ok((id.clone(), profile(id)?))
    });
    let entries = (0..tools).map(|index| {
        let name: ActionName = format!("tool{index:03}").parse()?;
        anyhow::Ok((name.clone(), entry(name)?))
    });
    Ok((profiles.collect::<Result<_, _>>()?, entries.collect::<Result<_, _>>()?))
}

fn profile(id: AgentId) -> anyhow::Result<AgentProfile> {
    Ok(AgentProfile {
        name: id.to_string(),
        id,
        risk_level: RiskLevel::Medium,
        capabilities: BTreeSet::from([Capability::WriteData]),
        max_transaction_amount: "0 USD".parse()?,
        requires_human_approval: false,
        approval_threshold: Threshold::Never,
        owner: Owner { person: "bench".into(), team: "bench".parse()?, contact: "bench".into() },
        purpose: "bench".into(),
        version: "1".into(),
        model: None,
        time_zone: TimeZone::UTC,
        mode: Mode::Enforce,
        approvers: None,
        actions: vec![Allowed::Capability(Capability::WriteData)],
        limits: Vec::new(),
        stakeholders: Vec::new(),
        failure_modes: Vec::new(),
        data_access: Vec::new(),
        incident_plan: None,
        output: Output::default(),
    })
}

fn entry(name: ActionName) -> anyhow::Result<CatalogueEntry> {
    let string = || json!({"type": "string"});
    let input = json!({"type": "object", "required": ["amount", "note", "address", "options"], "properties": {
        "amount": {"type": "number"}, "note": string(), "customer": string(), "reference": string(),
        "channel": {"enum": ["web", "phone", "mail"]}, "count": {"type": "integer"},
        "address": {"type": "object", "required": ["country"], "properties": {
            "street": string(), "city": string(), "zip": string(), "country": string()}},
        "options": {"type": "object", "required": ["autonomous"], "properties": {
            "autonomous": {"type": "boolean"}, "priority": {"type": "integer"}, "tags": {"type": "array", "items": string()}}},
        "items": {"type": "array", "items": {"type": "object", "properties": {
            "sku": string(), "price": {"type": "number"}, "quantity": {"type": "integer"}}}}
    }});
    let source = |pointer: &str| {
        anyhow::Ok(FactSource { pointers: vec![pointer.parse()?], constant: None, default: None, optional: false })
    };
    let currency = FactSource { pointers: Vec::new(), constant: Some(json!("USD")), default: None, optional: false };
    Ok(CatalogueEntry {
        description: name.to_string(),
        name,
        capabilities: BTreeSet::from([Capability::WriteData]),
        tools: Vec::new(),
        input,
        facts: BTreeMap::from([(Fact::Amount, source("/amount")?), (Fact::Currency, currency)]),
        labels: BTreeSet::new(),
        incidental: Vec::new(),
        output: Output::default(),
    })
}

fn policies_text(
    count: usize,
    agents: &BTreeMap<AgentId, AgentProfile>,
    catalogue: &BTreeMap<ActionName, CatalogueEntry>,
) -> (String, Rules) {
    let mut text = String::new();
    let mut id = 0;
    let mut add = |head: &str, scope: &str, condition: &str| {
        let _ = writeln!(
            text,
            "@id(\"p{id}\") @description(\"generated\") @severity(\"medium\") @reason(\"generated\")\n{head}({scope}) {condition};"
        );
        id += 1;
        id
    };
    let any = "principal, action, resource";
    add("permit", any, "");
    add("forbid", any, "when { context.facts.amount.greaterThan(decimal(\"4000.0\")) }");
    add("forbid", any, "when { context.input.options.autonomous && context.facts.amount.greaterThan(decimal(\"2000.0\")) }");
    add("forbid", any, "when { context.input.note like \"URGENT*\" }");
    add("forbid", any, "when { context.input.address.country == \"XX\" }");
    let mut made = add("forbid", any, "when { principal.risk_level == \"critical\" && context.call.environment == \"prod\" }");
    let mut rules = Rules { caps: BTreeMap::new(), countries: BTreeMap::new() };
    let pairs = agents.keys().flat_map(|agent| catalogue.keys().map(move |action| (agent, action)));
    let every = (agents.len() * catalogue.len() / count).max(1);
    let mut pairs = pairs.step_by(every);
    let mut tools = catalogue.keys().cycle().enumerate();
    while made < count {
        if made % 2 == 0
            && let Some((agent, action)) = pairs.next()
        {
            let cap = 500 + 25 * (made % 100);
            let scope = format!("principal == Agent::\"{agent}\", action == Action::\"{action}\", resource");
            made = add("forbid", &scope, &format!("when {{ context.facts.amount.greaterThan(decimal(\"{cap}.0\")) }}"));
            let cap = i64::try_from(cap).unwrap_or(i64::MAX) * 10_000;
            rules.caps.insert((agent.to_string(), action.to_string()), cap);
        } else if let Some((turn, action)) = tools.next() {
            let country = format!("C{}", turn % 40);
            let scope = format!("principal, action == Action::\"{action}\", resource");
            made = add("forbid", &scope, &format!("when {{ context.input.address.country == \"{country}\" }}"));
            rules.countries.entry(action.to_string()).or_default().push(country);
        }
    }
    (text, rules)
}

fn requests(
    engine: &Engine,
    agents: &BTreeMap<AgentId, AgentProfile>,
    catalogue: &BTreeMap<ActionName, CatalogueEntry>,
) -> anyhow::Result<Vec<Request>> {
    let (agents, actions): (Vec<_>, Vec<_>) = (agents.keys().collect(), catalogue.keys().collect());
    let mut seed = 7_u64;
    let mut draw = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap_or(0) % below
    };
    (0..REQUESTS)
        .map(|index| {
            let note = if draw(10) == 0 { "URGENT: pay at once" } else { "please handle as agreed by phone today" };
            let items: Vec<_> = (0..4)
                .map(|item| json!({"sku": format!("SKU-{item:05}-{index}"), "price": 12.5, "quantity": 1 + draw(9)}))
                .collect();
            let amount = format!("{}.{:02}", draw(5000), draw(100));
            let args = json!({
                "note": note, "customer": format!("customer-{index:06}"), "reference": format!("ref-{index:08}-2026"),
                "channel": "web", "count": draw(50),
                "address": {"street": "1 Main Street, second floor", "city": "Springfield", "zip": "12345",
                    "country": format!("C{}", draw(80))},
                "options": {"autonomous": draw(4) == 0, "priority": draw(5),
                    "tags": ["first order", "loyal customer", "newsletter", "reviewed by the back office"]},
                "items": items,
                "padding": "x".repeat(300),
            });
            let text = args.to_string();
            let text = format!("{{\"amount\":{amount},{}", text.strip_prefix('{').context("an object")?);
            let args = Arguments::parse(&RawValue::from_string(text)?)?;
            let (agent, action) = (agents[draw(agents.len())].clone(), actions[draw(actions.len())].clone());
            let examined = engine.examine(&action, &args);
            let examined = examined.map_err(|refusal| anyhow!("a request is refused: {:?}", refusal.check))?;
            Ok(Request { agent, action, args, examined })
        })
        .collect()
}
