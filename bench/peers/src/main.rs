//! Governance crates that cannot be built beside syndic: reads a case of `bench decide`, answers with figures.
//!
//! Cedar and Rego express the whole policy set. The other two cannot, so each is given the part that it can, and is held to
//! that part. What is left out is work it does not do: the figures are lower bounds of what the whole would cost there.
//! None checks the arguments against a schema or tells more than what it says here.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Case {
    requests: Vec<Request>,
    /// The text of the policies, and the agents as Cedar's entities.
    policies: String,
    entities: Value,
    /// Agent, tool, and the amount from which on it is refused.
    caps: Vec<(String, String, f64)>,
    /// Tool → countries refused.
    countries: BTreeMap<String, Vec<String>>,
    tools: Vec<String>,
    rounds: usize,
    round_ms: u64,
}

#[derive(Deserialize)]
struct Request {
    agent: String,
    action: String,
    args: Value,
    /// What the rules written by hand say.
    allowed: bool,
}

fn main() -> anyhow::Result<()> {
    let case: Case = serde_json::from_reader(std::io::stdin()).context("a case on standard input")?;
    println!("{}", cedar(&case)?);
    println!("{}", rego(&case)?);
    println!("{}", agentmesh(&case)?);
    println!("{}", ferrumdeck(&case)?);
    Ok(())
}

fn country(request: &Request) -> &str {
    request.args["address"]["country"].as_str().unwrap_or_default()
}

/// Cedar as its examples use it: the context made from JSON, the whole set asked, nothing kept between requests.
/// The policies of the agents' profiles, which syndic evaluates too, are not among them.
fn cedar(case: &Case) -> anyhow::Result<Value> {
    use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request as Asked};
    let policies: PolicySet = case.policies.parse()?;
    let entities = Entities::from_json_value(case.entities.clone(), None)?;
    let authorizer = Authorizer::new();
    let ask = |request: &Request| {
        let uid = |kind: &str, id: &str| format!("{kind}::\"{id}\"").parse::<EntityUid>();
        let args = exact(&request.args);
        let facts = json!({"amount": args["amount"].clone(), "currency": "USD"});
        let context = json!({"input": args, "facts": facts, "call": {"environment": "prod", "suspended": false}});
        let asked = Asked::new(
            uid("Agent", &request.agent)?,
            uid("Action", &request.action)?,
            uid("Tool", "")?,
            Context::from_json_value(context, None)?,
            None,
        )?;
        anyhow::Ok(authorizer.is_authorized(&asked, &policies, &entities).decision() == Decision::Allow)
    };
    for request in &case.requests {
        if ask(request)? != request.allowed {
            bail!("cedar: {} {} {}: not {}", request.agent, request.action, request.args, request.allowed);
        }
    }
    Ok(figures("cedar Authorizer", case, |request| ask(request).unwrap_or(false)))
}

/// Numbers with a point, as Cedar wants them.
fn exact(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            json!({"__extn": {"fn": "decimal", "arg": format!("{:.2}", number.as_f64().unwrap_or_default())}})
        }
        Value::Array(items) => items.iter().map(exact).collect(),
        Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), exact(member))).collect(),
        other => other.clone(),
    }
}

/// The whole set as Rego on the virtual machine of `regorus`, one rule per policy; every rule is tried.
fn rego(case: &Case) -> anyhow::Result<Value> {
    let mut text = String::from(
        "package bench\nimport rego.v1\ndefault allow := false\nallow if count(deny) == 0\n\
         deny contains \"p1\" if input.args.amount > 4000\n\
         deny contains \"p2\" if { input.args.options.autonomous; input.args.amount > 2000 }\n\
         deny contains \"p3\" if startswith(input.args.note, \"URGENT\")\n\
         deny contains \"p4\" if input.args.address.country == \"XX\"\n",
    );
    for (agent, tool, cap) in &case.caps {
        writeln!(text, "deny contains \"{agent}-{tool}\" if {{ input.agent == \"{agent}\"; input.action == \"{tool}\"; input.args.amount > {cap} }}")?;
    }
    for (tool, countries) in &case.countries {
        for country in countries {
            writeln!(text, "deny contains \"{tool}-{country}\" if {{ input.action == \"{tool}\"; input.args.address.country == \"{country}\" }}")?;
        }
    }
    let mut engine = regorus::Engine::new();
    engine.add_policy("bench.rego".to_owned(), text)?;
    let entry = "data.bench.allow";
    let policy = engine.compile_with_entrypoint(&entry.into())?;
    let program = regorus::languages::rego::compiler::Compiler::compile_from_policy(&policy, &[entry])?;
    let mut machine = regorus::rvm::vm::RegoVM::new();
    machine.load_program(program);
    let machine = std::cell::RefCell::new(machine);
    let decide = |request: &Request| {
        let input = json!({"agent": request.agent, "action": request.action, "args": request.args});
        let mut machine = machine.borrow_mut();
        machine.set_input(regorus::Value::from(input));
        machine.execute().is_ok_and(|answer| answer == regorus::Value::from(true))
    };
    for request in &case.requests {
        if decide(request) != request.allowed {
            bail!("regorus: {} {} {}: not {}", request.agent, request.action, request.args, request.allowed);
        }
    }
    Ok(figures("regorus RVM", case, decide))
}

/// Countries refused, for all tools and by tool; it compares values for equality, so amounts and prefixes are left out.
fn agentmesh(case: &Case) -> anyhow::Result<Value> {
    let mut yaml = String::from(
        "version: '1.0'\nagent: bench\npolicies:\n  - {name: all, type: capability, denied_actions: ['*'], conditions: {country: XX}}\n",
    );
    for (tool, countries) in &case.countries {
        for country in countries {
            writeln!(
                yaml,
                "  - {{name: '{tool}-{country}', type: capability, denied_actions: ['{tool}'], conditions: {{country: {country}}}}}"
            )?;
        }
    }
    let engine = agentmesh::PolicyEngine::new();
    engine.load_from_yaml(&yaml).context("agentmesh reads its policies")?;
    let decide = |request: &Request| {
        let context = HashMap::from([("country".to_owned(), serde_yaml::Value::from(country(request)))]);
        engine.evaluate(&request.action, Some(&context)).is_allowed()
    };
    for request in &case.requests {
        let refused = case.countries.get(&request.action);
        let expected = country(request) != "XX" && !refused.is_some_and(|all| all.iter().any(|one| one == country(request)));
        if decide(request) != expected {
            bail!("agentmesh: {} to {}: not {expected}", request.action, country(request));
        }
    }
    Ok(figures("agentmesh (countries)", case, decide))
}

/// The list of tools; it knows no arguments.
fn ferrumdeck(case: &Case) -> anyhow::Result<Value> {
    let tools = fd_policy::ToolAllowlist { allowed_tools: case.tools.clone(), ..Default::default() };
    let engine = fd_policy::PolicyEngine::new(tools, Default::default());
    let decide = |request: &Request| engine.evaluate_tool_call(&request.action).is_allowed();
    if !case.requests.iter().all(decide) || engine.evaluate_tool_call("another").is_allowed() {
        bail!("ferrumdeck: not what the list of tools says");
    }
    Ok(figures("ferrumdeck (tools)", case, decide))
}

/// The median over the rounds, figure by figure.
fn figures(subject: &str, case: &Case, decide: impl Fn(&Request) -> bool) -> Value {
    let rounds: Vec<[f64; 3]> = (0..case.rounds).map(|_| round(case, &decide)).collect();
    let median = |index: usize| {
        let mut all: Vec<f64> = rounds.iter().map(|figures| figures[index]).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    json!({"subject": subject, "p50_us": median(0), "p99_us": median(1), "per_s": median(2)})
}

fn round(case: &Case, decide: impl Fn(&Request) -> bool) -> [f64; 3] {
    let mut each = Vec::new();
    let start = Instant::now();
    for request in case.requests.iter().cycle() {
        let begun = Instant::now();
        std::hint::black_box(decide(std::hint::black_box(request)));
        each.push(begun.elapsed());
        if start.elapsed() > Duration::from_millis(case.round_ms) {
            break;
        }
    }
    let elapsed = start.elapsed();
    each.sort();
    let at = |share: f64| each[(each.len() as f64 * share) as usize].as_secs_f64() * 1e6;
    [at(0.5), at(0.99), each.len() as f64 / elapsed.as_secs_f64()]
}
