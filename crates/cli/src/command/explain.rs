//! `syndic explain`

use std::io;

use serde_json::Value;
use syndic_api::{DecisionBody, Event, Explanation, NowBody, ObstacleBody, PolicyCheck};
use syndic_gate::{RecordedCall, RecordedContext, RecordedFound};

use crate::args::Global;
use crate::connect;
use crate::exit::Exit;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};
use crate::when::readable;

/// Longer arguments are cut in what people read; `--json` has them whole.
const MOST_ARGUMENTS: usize = 2000;

/// Tell why an action was decided as it was, and what would have let it pass
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic explain 0192f0c4-7d1c-7c1e-9a53-5b1f3f6a2d10
  syndic audit list --allowed false        the ids are in its --json
  syndic explain ID --json

What would have let it pass is found by asking the files in force again, with the recorded context and one thing
changed. Needs an auditor's or an admin's key: --key-file FILE or SYNDIC_KEY. Exits 0 when there is such an action.")]
pub(crate) struct ExplainArgs {
    /// The action's id
    #[arg(value_name = "ACTION_ID")]
    action_id: String,
}

pub(crate) async fn run(args: &ExplainArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let id = &args.action_id;
    let told = connect::with(global, out, async |client| Ok(client.explanation(id).await?)).await?;
    if out.is_json() {
        out.document(&told)?;
    } else {
        show(&told, out)?;
    }
    Ok(Exit::Success)
}

fn show(told: &Explanation, out: &Output) -> io::Result<()> {
    let event = &told.decision.event;
    let effect = text(event, "effect").unwrap_or("deny");
    out.line(format!(
        "{}  {} by {}",
        out.paint(tone(effect), effect),
        out.paint(Tone::Strong, &event.action),
        out.paint(Tone::Strong, &event.agent_name),
    ))?;
    let may = if event.allowed { "might run" } else { "might not run" };
    out.line(format!("{may} (mode {})\n", text(event, "mode").unwrap_or("unknown")))?;
    asked(&told.decision).write(out)?;
    checks(event, told.now.as_ref(), out)?;
    match (&told.now, &told.unreadable) {
        (Some(now), _) => ways(&told.decision, now, out),
        (None, Some(why)) => {
            out.line(format!("\nWhat would have let it pass cannot be told: {why}."))
        }
        (None, None) => Ok(()),
    }
}

/// Who asked for what, and what was known.
fn asked(decision: &DecisionBody) -> Table {
    let event = &decision.event;
    let mut table = Table::without_header();
    let mut row = |name: &str, value: String| {
        table.push(vec![Cell::new(Tone::Quiet, name), Cell::from(value)]);
    };
    row("when", format!("{} UTC, record {}", readable(event.timestamp), decision.record));
    row("agent", format!("{} version {}", event.agent_name, event.agent_version));
    row("owner", text(event, "owner").unwrap_or("unknown").to_owned());
    row("session", format!("{}, asked with key {}", event.session_id, decision.asked_by));
    if let Some(user) = event.user_id.as_ref().and_then(Value::as_str) {
        row("user", user.to_owned());
    }
    if let Some(tool) = &event.tool_name {
        row("tool", tool.clone());
    }
    let args = decision.args.as_ref().map_or("erased", |args| args.get());
    row("arguments", shortened(args));
    let context = decision.context.as_ref();
    match context.map(|raw| serde_json::from_str::<RecordedContext>(raw.get())) {
        Some(Ok(context)) => {
            row("facts", facts(&context));
            row("known", known(&context.call));
            if !context.call.suspended.is_empty() {
                row("suspended", joined(&context.call.suspended));
            }
            if !context.chain.is_empty() {
                row("on behalf of", context.chain.join(", then "));
            }
        }
        Some(Err(error)) => row("facts", format!("cannot be read: {error}")),
        None => row("facts", "erased".to_owned()),
    }
    row("revision", decision.policy_revision.clone());
    table
}

fn facts(context: &RecordedContext) -> String {
    let Some(facts) = &context.facts else {
        return "none: the arguments fit no action of the catalogue".to_owned();
    };
    let mut told = Vec::new();
    if let Some(amount) = &facts.amount {
        told.push(format!("amount {amount} {}", facts.currency.as_deref().unwrap_or_default()));
    }
    if let Some(recipients) = &facts.recipients {
        told.push(format!("recipients {}", joined(recipients)));
    }
    if let Some(count) = facts.affected_people {
        told.push(format!("{count} people affected"));
    }
    if let Some(resource) = &facts.resource {
        told.push(format!("resource {resource}"));
    }
    let found = context.call.all_found();
    if !found.is_empty() {
        told.push(format!("content with {}", joined(&found)));
    }
    told.extend(disguised(&context.call.found));
    if told.is_empty() { "none".to_owned() } else { told.join("; ") }
}

/// Tells how some of what was found was disguised, and what it goes on with.
fn disguised(found: &RecordedFound) -> Option<String> {
    if !found.obfuscated {
        return None;
    }
    let ways: Vec<&str> = found.disguises.iter().map(|way| told_way(way)).collect();
    let mut told = "something in disguise".to_owned();
    if !ways.is_empty() {
        told = format!("{told}: {}", ways.join(", "));
    }
    if !found.began_in.is_empty() {
        told = format!("{told}; a part of it was sent before, with {}", joined(&found.began_in));
    }
    Some(told)
}

/// Says what the name of a disguise stands for.
fn told_way(way: &str) -> &str {
    match way {
        "lookalike" => "characters that look alike or are not seen",
        "encoded" => "encoded",
        "spaced" => "with separators between its characters",
        "spelled" => "spelled",
        "split" => "in pieces over several arguments",
        "messages" => "in pieces over several messages",
        other => other,
    }
}

fn known(call: &RecordedCall) -> String {
    const DAYS: [&str; 7] =
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let mut told =
        vec![format!("environment {}", call.environment), format!("grade {}", call.grade)];
    if let Some(local) = call.local {
        let day = usize::try_from(local.weekday - 1).ok().and_then(|day| DAYS.get(day));
        told.push(format!(
            "{} {:02}:{:02} where the agent is",
            day.unwrap_or(&"day"),
            local.minutes / 60,
            local.minutes % 60
        ));
    }
    let open = call.open.join(", ");
    told.push(if open.is_empty() {
        "no calendar open".to_owned()
    } else {
        format!("open: {open}")
    });
    if call.anomaly > 0 {
        told.push(format!("unusual for the agent: {} of 100", call.anomaly));
    }
    if !call.clock_sane {
        told.push("the host's clock had stepped back".to_owned());
    }
    told.join("; ")
}

fn checks(event: &Event, now: Option<&NowBody>, out: &Output) -> io::Result<()> {
    let stands = |check: &&PolicyCheck| check.result != "passed";
    let (shadow, enforced): (Vec<_>, Vec<_>) =
        event.policy_checks.iter().partition(|check| check.shadow);
    let mut table = Table::new(&["policy", "result", "severity", "reason", "from"]);
    for check in enforced.iter().copied().filter(stands) {
        table.push(row(check, now));
    }
    if enforced.iter().copied().any(|check| stands(&check)) {
        out.line("\nIn the way, what decided first:")?;
        table.write(out)?;
    }
    let passed: Vec<_> = enforced
        .iter()
        .filter(|check| check.result == "passed")
        .map(|check| check.policy.as_str())
        .collect();
    if !passed.is_empty() {
        out.line(format!("\n{} {}", out.paint(Tone::Quiet, "Passed:"), passed.join(", ")))?;
    }
    let shadow: Vec<_> = shadow.into_iter().filter(stands).collect();
    if !shadow.is_empty() {
        out.line("\nIn shadow, which is told and changes nothing:")?;
        let mut table = Table::new(&["policy", "result", "severity", "reason", "from"]);
        shadow.into_iter().for_each(|check| table.push(row(check, now)));
        table.write(out)?;
    }
    Ok(())
}

fn row(check: &PolicyCheck, now: Option<&NowBody>) -> Vec<Cell> {
    let tone = if check.result == "held" { Tone::Waiting } else { Tone::Bad };
    let obstacles = now.map(|now| now.obstacles.as_slice()).unwrap_or_default();
    let origin = obstacles
        .iter()
        .find(|obstacle| obstacle.check.policy == check.policy)
        .and_then(|obstacle| obstacle.origin.as_deref());
    vec![
        Cell::from(&check.policy),
        Cell::new(tone, &check.result),
        Cell::from(check.severity.as_deref().unwrap_or_default()),
        Cell::from(check.reason.as_deref().unwrap_or("erased")),
        Cell::new(Tone::Quiet, origin.unwrap_or_default()),
    ]
}

fn ways(decision: &DecisionBody, now: &NowBody, out: &Output) -> io::Result<()> {
    let recorded = text(&decision.event, "effect").unwrap_or("deny");
    if now.policy_revision != decision.policy_revision || now.effect != recorded {
        out.line(format!(
            "\nThe files in force now (revision {}) answer {}.",
            now.policy_revision,
            out.paint(tone(&now.effect), &now.effect)
        ))?;
    }
    if now.obstacles.is_empty() {
        return Ok(());
    }
    out.line(format!(
        "\nWhat would let it pass, by the files in force (revision {}):",
        now.policy_revision
    ))?;
    let mut table = Table::without_header();
    for obstacle in &now.obstacles {
        table.push(vec![Cell::from(&obstacle.check.policy), Cell::from(way(obstacle))]);
    }
    table.write(out)?;
    match now.together.as_deref() {
        Some(effect) if now.obstacles.len() > 1 => {
            out.line(format!("With these changes together: {}.", out.paint(tone(effect), effect)))
        }
        _ => Ok(()),
    }
}

fn way(obstacle: &ObstacleBody) -> String {
    let approval = obstacle.approval.as_ref().map(|group| format!("an approval by {group}"));
    let ways = [obstacle.change.clone(), approval, obstacle.advice.clone()];
    ways.into_iter().flatten().collect::<Vec<_>>().join(", or ")
}

fn text<'a>(event: &'a Event, key: &str) -> Option<&'a str> {
    event.metadata.get(key).and_then(Value::as_str)
}

fn joined<'a>(texts: impl IntoIterator<Item = &'a String>) -> String {
    texts.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(MOST_ARGUMENTS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

fn tone(effect: &str) -> Tone {
    match effect {
        "allow" => Tone::Good,
        "hold" => Tone::Waiting,
        _ => Tone::Bad,
    }
}
