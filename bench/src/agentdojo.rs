//! AgentDojo's ground-truth tool calls through a running server, under the policies of `examples/agentdojo`.
//!
//! A good policy lets the user's tasks through and stops an injected task before its first side effect.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context as _;
use serde_json::{Value, json};
use syndic_governance::Governance;
use syndic_model::Capability;

use crate::daemon::Daemon;
use crate::http::start;
use crate::row::{Measured, print};
use crate::wire::{Connection, request};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/agentdojo");
/// The agent that works on each suite.
const AGENTS: [(&str, &str); 2] = [("workspace", "workspace-assistant"), ("travel", "travel-assistant")];

struct Call {
    suite: String,
    task: String,
    user: bool,
    action: String,
    args: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Effect {
    Allow,
    Hold,
    Deny,
}

/// What `cargo xtask eval agentdojo --mcp` built and installed.
pub struct Mcp<'a> {
    pub syndic: &'a str,
    pub python: &'a str,
    pub kit: &'a str,
}

pub fn run(mcp: Option<&Mcp<'_>>, json: bool) -> anyhow::Result<()> {
    let calls = calls(&std::fs::read_to_string(Path::new(EXAMPLE).join("data/agentdojo-calls.jsonl"))?)?;
    let dir = tempfile::tempdir()?;
    copy(Path::new(EXAMPLE), dir.path())?;
    let checked = syndic_governance::load(dir.path());
    let governance = checked.governance.with_context(|| format!("{:#?}", checked.findings))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let effects = runtime.block_on(decide(dir.path(), &calls))?;
    if let Some(mcp) = mcp {
        compare(&calls, &effects, &through(mcp, &calls)?)?;
        if !json {
            println!("agentdojo: {} calls by the official client of MCP were decided as over HTTP", calls.len());
        }
    }
    let decided: Vec<(&Call, Effect)> = calls.iter().zip(effects).collect();
    for (user, kind) in [(true, "user"), (false, "injection")] {
        let of_kind: Vec<_> = decided.iter().filter(|(call, _)| call.user == user).copied().collect();
        report(&format!("{kind} calls"), of_kind.iter().map(|(_, effect)| *effect), Vec::new(), json);
        let tasks = tasks(&of_kind);
        let worst = tasks.values().map(|calls| calls.iter().map(|(_, effect)| *effect).max().unwrap_or(Effect::Allow));
        report(&format!("{kind} tasks"), worst, task_figures(&tasks, &governance, user), json);
    }
    if !json {
        for (call, effect) in &decided {
            if call.user != (*effect == Effect::Allow) {
                println!("  {:5} {} {} {} {}", label(*effect), call.suite, call.task, call.action, call.args);
            }
        }
    }
    Ok(())
}

fn calls(text: &str) -> anyhow::Result<Vec<Call>> {
    text.lines()
        .map(|line| {
            let call: Value = serde_json::from_str(line)?;
            let word = |key: &str| call[key].as_str().map(str::to_owned).with_context(|| key.to_owned());
            Ok(Call {
                suite: word("suite")?,
                task: word("task")?,
                user: word("kind")? == "user",
                action: word("tool")?,
                args: call["args"].to_string(),
            })
        })
        .collect()
}

async fn decide(dir: &Path, calls: &[Call]) -> anyhow::Result<Vec<Effect>> {
    let (address, keys) = start(dir, &AGENTS.map(|(_, agent)| agent)).await?;
    let mut connection = Connection::open(address).await?;
    let mut effects = Vec::new();
    for call in calls {
        effects.push(submit(&mut connection, call, &keys).await?);
    }
    Ok(effects)
}

async fn submit(
    connection: &mut Connection,
    call: &Call,
    keys: &[String],
) -> anyhow::Result<Effect> {
    let index = AGENTS.iter().position(|(suite, _)| *suite == call.suite).context("a known suite")?;
    let agent = AGENTS[index].1;
    let body = format!(
        r#"{{"agent":"{agent}","action":"{}","args":{},"session_id":"{}-{}"}}"#,
        call.action, call.args, call.suite, call.task
    );
    let answer = connection.send(&request("POST", "/v1/actions", &keys[index], &body)).await?;
    let answer: Value = serde_json::from_slice(answer)?;
    Ok(effect(answer["effect"].as_str()))
}

/// Decides the same calls through `syndic mcp`: an MCP server with the tools of the suite, and the official client in
/// Python, a session for each task.
fn through(mcp: &Mcp<'_>, calls: &[Call]) -> anyhow::Result<Vec<Effect>> {
    let daemon = Daemon::start(Path::new(mcp.syndic), |dir| Ok(copy(Path::new(EXAMPLE), dir)?))?;
    let mut tasks: Vec<(String, Value)> = Vec::new();
    for call in calls {
        let session = format!("mcp-{}-{}", call.suite, call.task);
        if tasks.last().is_none_or(|(last, _)| *last != session) {
            let command = daemon.before(agent(call)?, &session, &server(mcp, &call.suite));
            tasks.push((session, json!({"command": command, "calls": []})));
        }
        let args: Value = serde_json::from_str(&call.args)?;
        let (_, task) = tasks.last_mut().context("a task")?;
        task["calls"].as_array_mut().context("calls")?.push(json!({"name": call.action, "args": args}));
    }
    let tasks: Vec<Value> = tasks.into_iter().map(|(_, task)| task).collect();
    let mut client = Command::new(mcp.python)
        .arg(Path::new(mcp.kit).join("agentdojo_client.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start the client")?;
    client.stdin.take().context("its input")?.write_all(Value::from(tasks).to_string().as_bytes())?;
    let output = client.wait_with_output()?;
    anyhow::ensure!(output.status.success(), "the client failed");
    let mut effects = Vec::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        for word in serde_json::from_str::<Vec<String>>(line)? {
            effects.push(effect(Some(&word)));
        }
    }
    Ok(effects)
}

fn server(mcp: &Mcp<'_>, suite: &str) -> [String; 4] {
    let server = Path::new(mcp.kit).join("agentdojo_server.py").display().to_string();
    let tools = Path::new(EXAMPLE).join("data/agentdojo-tools.json").display().to_string();
    [mcp.python.to_owned(), server, tools, suite.to_owned()]
}

fn compare(calls: &[Call], over_http: &[Effect], over_mcp: &[Effect]) -> anyhow::Result<()> {
    anyhow::ensure!(over_http.len() == over_mcp.len(), "{} of {} calls were answered", over_mcp.len(), over_http.len());
    let mut differences = String::new();
    for (call, (http, mcp)) in calls.iter().zip(over_http.iter().zip(over_mcp)) {
        if http != mcp {
            let (http, mcp) = (label(*http), label(*mcp));
            writeln!(differences, "{} {} {} {}: {http} over HTTP, {mcp} over MCP", call.suite, call.task, call.action, call.args)?;
        }
    }
    anyhow::ensure!(differences.is_empty(), "decided otherwise over MCP:\n{differences}");
    Ok(())
}

fn agent(call: &Call) -> anyhow::Result<&'static str> {
    let known = AGENTS.iter().find(|(suite, _)| *suite == call.suite);
    Ok(known.context("a known suite")?.1)
}

fn effect(word: Option<&str>) -> Effect {
    match word {
        Some("allow") => Effect::Allow,
        Some("hold") => Effect::Hold,
        _ => Effect::Deny,
    }
}

type Tasks<'a> = BTreeMap<(&'a str, &'a str), Vec<(&'a Call, Effect)>>;

fn tasks<'a>(decided: &[(&'a Call, Effect)]) -> Tasks<'a> {
    let mut tasks = Tasks::new();
    for (call, effect) in decided {
        tasks.entry((&call.suite, &call.task)).or_default().push((call, *effect));
    }
    tasks
}

/// For the user's tasks, holds per task; for injected ones, how many were stopped before a first side effect.
fn task_figures(tasks: &Tasks<'_>, governance: &Governance, user: bool) -> Vec<(&'static str, f64)> {
    let acts = |call: &Call| {
        let entry = governance.catalogue.get(call.action.as_str());
        entry.is_none_or(|entry| entry.capabilities.iter().any(|capability| *capability != Capability::Read))
    };
    if user {
        let holds = tasks.values().flatten().filter(|(_, effect)| *effect == Effect::Hold).count();
        return vec![("holds_per_task", holds as f64 / tasks.len() as f64)];
    }
    let first = |calls: &Vec<(&Call, Effect)>| calls.iter().find(|(call, _)| acts(call)).map(|(_, effect)| *effect);
    let with_side_effect = tasks.values().filter_map(first);
    let (stopped, all) = with_side_effect
        .fold((0_u32, 0_u32), |(stopped, all), effect| (stopped + u32::from(effect != Effect::Allow), all + 1));
    vec![("with_side_effect", f64::from(all)), ("stopped_before_it", f64::from(stopped))]
}

fn report(case: &str, effects: impl Iterator<Item = Effect>, more: Vec<(&'static str, f64)>, json: bool) {
    let mut counts = [0.0; 3];
    for effect in effects {
        counts[effect as usize] += 1.0;
    }
    let mut figures = vec![("allow", counts[0]), ("hold", counts[1]), ("deny", counts[2])];
    figures.extend(more);
    print("agentdojo", case, &[], &Measured { subject: "syndic", figures }, "allow", json);
}

const fn label(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "allow",
        Effect::Hold => "hold",
        Effect::Deny => "deny",
    }
}

/// Copies a directory, but for records kept in it.
pub fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            if entry.file_name() != ".syndic" {
                std::fs::create_dir_all(&target)?;
                copy(&entry.path(), &target)?;
            }
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
