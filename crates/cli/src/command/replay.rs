//! `syndic replay`

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use syndic_api::{DecisionBody, PolicyCheck};
use syndic_client::{Client, EventFilter};
use syndic_gate::{Changed, LEAD, Past, Recorded, Replay, SystemClock};
use syndic_governance::Governance;
use syndic_model::{AgentId, Clock as _, Effect};

use crate::args::Global;
use crate::exit::Exit;
use crate::failure::{self, Failure};
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};
use crate::when::{Since, readable};
use crate::{connect, directory};

/// How many decisions are asked for, and held, at once.
const PAGE: u16 = 50;

/// Decide recorded actions again under other files: what would change?
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic replay --since 7d --policies ../governance-next
  syndic replay --since 30d --agent customer-support --policies ../governance-next --json
  syndic replay --since 2026-11-01T00:00:00Z

Asks for the recorded arguments and what the host knew then (time, environment, session, suspension, delegation); facts
and labels of the content are found again, by the catalogue of the files replayed. So is what agents had done before:
it is counted in the ledger's order from a day before --since, each action by its recorded verdict. Nothing is recorded.
Needs an auditor's or an admin's key: --key-file FILE or SYNDIC_KEY. Exits 0 when every verdict is the same, 1 when one
changes, 2 when it cannot be told.")]
pub(crate) struct ReplayArgs {
    /// From when on: so long ago (`12h`, `30d`), or a time (RFC 3339)
    #[arg(long, value_name = "WHEN")]
    since: Since,
    /// The governance directory to decide by; the one of --dir when left out
    #[arg(long, value_name = "DIR")]
    policies: Option<PathBuf>,
    /// Only actions of this agent
    #[arg(long, value_name = "ID")]
    agent: Option<AgentId>,
}

pub(crate) async fn run(args: &ReplayArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    match replay(args, global, out).await {
        Ok(exit) => Ok(exit),
        // Nothing was compared, which must not look like a change.
        Err(error) => Ok(match failure::report(&error, out) {
            Exit::Success => Exit::Success,
            Exit::Failure
            | Exit::Usage
            | Exit::Taken
            | Exit::Deny
            | Exit::Hold
            | Exit::Server(_) => Exit::Usage,
        }),
    }
}

async fn replay(args: &ReplayArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let dir = args.policies.as_deref().unwrap_or(&global.dir);
    let governance = directory::load(dir, out).map_err(Failure::into_usage)?;
    let since = args.since.before(SystemClock.now());
    let wanted = Wanted { since, agent: args.agent.as_ref() };
    let replay =
        connect::with(global, out, async |client| all(client, &wanted, &governance, out).await)
            .await?;
    if out.is_json() {
        out.document(&body(&replay, &governance, &since.to_string()))?;
    } else {
        show(&replay, &governance, out)?;
    }
    Ok(if replay.changed == 0 { Exit::Success } else { Exit::Failure })
}

/// Which actions are decided again; the others only count.
struct Wanted<'a> {
    since: Timestamp,
    agent: Option<&'a AgentId>,
}

impl Wanted<'_> {
    fn has(&self, past: &Past) -> bool {
        past.at >= self.since && self.agent.is_none_or(|agent| agent.as_str() == past.agent)
    }
}

/// Reads page after page, oldest first, so memory does not grow with the ledger; what is recorded meanwhile is left
/// out. Every agent's actions are read, since they count for the agents behind them too.
async fn all(
    client: &Client,
    wanted: &Wanted<'_>,
    governance: &Governance,
    out: &Output,
) -> anyhow::Result<Replay> {
    let mut replay = Replay::default();
    let mut filter = EventFilter {
        since: Some(wanted.since.checked_sub(LEAD).unwrap_or(Timestamp::MIN)),
        oldest_first: true,
        limit: Some(PAGE),
        ..EventFilter::default()
    };
    let mut end = None;
    loop {
        let page = client.decisions(&filter).await?;
        let end = *end.get_or_insert(page.indexed_through);
        let decided = page.decisions.iter().filter(|decision| !is_audited(decision));
        for decision in decided.filter(|decision| decision.record < end) {
            let past = past(decision)?;
            if wanted.has(&past) {
                replay.take(past, recorded(decision), governance, &SystemClock);
            } else {
                replay.count(&past, recorded(decision), governance);
            }
        }
        let last = page.decisions.last();
        if let Some(last) = last {
            let at = readable(last.event.timestamp);
            out.progress(format!(
                "{} decided again, {} changed, up to {at}",
                replay.decided, replay.changed
            ));
        }
        filter.cursor = page.next_cursor.filter(|_| last.is_none_or(|last| last.record < end));
        if filter.cursor.is_none() {
            out.progress("");
            return Ok(replay);
        }
    }
}

/// Tells whether nobody decided it: a function ran and was audited.
pub(super) fn is_audited(decision: &DecisionBody) -> bool {
    decision.event.metadata.contains_key("audited")
}

pub(super) fn recorded(decision: &DecisionBody) -> Result<Recorded, syndic_gate::Unreadable> {
    let event = &decision.event;
    if is_audited(decision) {
        return Err(syndic_gate::Unreadable::Audited);
    }
    let (args, context) = (decision.args.as_deref(), decision.context.as_deref());
    Recorded::read(&event.agent_name, &event.action, event.tool_name.as_deref(), args, context)
}

fn past(decision: &DecisionBody) -> anyhow::Result<Past> {
    let event = &decision.event;
    let effect: Effect =
        event.metadata.get("effect").and_then(Value::as_str).unwrap_or_default().parse()?;
    let stood = |check: &&PolicyCheck| !check.shadow && check.result != "passed";
    let reason = |check: &PolicyCheck| match &check.reason {
        Some(reason) => format!("{}: {reason}", check.policy),
        None => check.policy.clone(),
    };
    let checks = event.policy_checks.iter().filter(stood);
    let is = |name: &str| event.metadata.get(name).is_some_and(|value| !value.is_null());
    let tokens = [event.input_tokens, event.output_tokens].into_iter().flatten();
    let took = event.duration_ms.and_then(|ms| i64::try_from(ms).ok());
    let took = took.map(SignedDuration::from_millis);
    Ok(Past {
        action_id: event.event_id.clone(),
        at: event.timestamp,
        agent: event.agent_name.clone(),
        action: event.action.clone(),
        registered: is("owner"),
        session: Some(&event.session_id).filter(|session| *session != "unknown").cloned(),
        user: event.user_id.as_ref().map(ToString::to_string),
        revision: decision.policy_revision.clone(),
        effect,
        allowed: event.allowed,
        // Those of an outcome that came too late were not counted.
        tokens: if is("overdue") { 0 } else { tokens.fold(0, u64::saturating_add) },
        ended: took.and_then(|took| event.timestamp.checked_add(took).ok()),
        in_the_way: checks.map(|check| (check.policy.clone(), reason(check))).collect(),
    })
}

fn body(replay: &Replay, governance: &Governance, since: &str) -> Value {
    let example = |example: &syndic_gate::Example| {
        json!({
            "action_id": example.past.action_id,
            "at": example.past.at.to_string(),
            "action": example.past.action,
            "reasons_before": reasons(&example.past.in_the_way),
            "reasons_after": reasons(&example.in_the_way),
        })
    };
    let changes = replay.changes.iter().map(|((agent, from, to), Changed { count, examples })| {
        let examples: Vec<_> = examples.iter().map(example).collect();
        json!({ "agent": agent, "from": from, "to": to, "count": count, "examples": examples })
    });
    let policies = replay.policies.iter().map(|((policy, agent), moved)| {
        json!({ "policy": policy, "agent": agent, "appeared": moved.appeared, "vanished": moved.vanished })
    });
    json!({
        "policy_revision": governance.revision,
        "since": since,
        "decided": replay.decided,
        "changed": replay.changed,
        "same_by_other_policies": replay.other_policies,
        "undecided": replay.undecided,
        "changes": changes.collect::<Vec<_>>(),
        "policies": policies.collect::<Vec<_>>(),
    })
}

fn reasons(in_the_way: &BTreeMap<String, String>) -> Vec<&String> {
    in_the_way.values().collect()
}

fn show(replay: &Replay, governance: &Governance, out: &Output) -> io::Result<()> {
    let mut table = Table::new(&["agent", "was", "would be", "actions"]);
    for ((agent, from, to), changed) in &replay.changes {
        table.push(vec![
            Cell::from(agent),
            Cell::new(tone(from), from),
            Cell::new(tone(to), to),
            Cell::from(changed.count.to_string()),
        ]);
    }
    if replay.changed > 0 {
        table.write(out)?;
        out.line("")?;
    }
    let mut table = Table::new(&["policy", "agent", "comes into the way", "no longer"]);
    for ((policy, agent), moved) in &replay.policies {
        let counts = [moved.appeared, moved.vanished].map(|count| Cell::from(count.to_string()));
        table.push([Cell::from(policy), Cell::from(agent)].into_iter().chain(counts).collect());
    }
    if !replay.policies.is_empty() {
        table.write(out)?;
        out.line("")?;
    }
    for ((agent, from, to), changed) in &replay.changes {
        for example in &changed.examples {
            let past = &example.past;
            out.line(format!("{agent} {}: {from}, would be {to}", past.action))?;
            let line = format!("  {} UTC, syndic explain {}", readable(past.at), past.action_id);
            out.line(out.paint(Tone::Quiet, line))?;
            for (when, reasons) in [("was", &past.in_the_way), ("now", &example.in_the_way)] {
                for reason in reasons.values() {
                    out.line(format!("  {when}  {reason}"))?;
                }
            }
        }
    }
    if replay.changed > 0 {
        out.line("")?;
    }
    for (why, count) in &replay.undecided {
        out.line(format!("{count} not decided again: {why}"))?;
    }
    let others = match replay.other_policies {
        0 => String::new(),
        count => format!(" ({count} by other policies)"),
    };
    let same = replay.decided - replay.changed;
    out.line(out.paint(
        Tone::Quiet,
        format!(
            "{} decided again by revision {}: {} would change, {same} the same{others}",
            replay.decided, governance.revision, replay.changed
        ),
    ))
}

fn tone(verdict: &str) -> Tone {
    match verdict {
        "allow" => Tone::Good,
        "deny" => Tone::Bad,
        _ => Tone::Waiting,
    }
}
