//! `syndic status`

use std::io;

use serde_json::{Value, json};
use syndic_api::{AgentOverview, ComponentBody, Overview, PolicyStatus, Status, WitnessBody};

use crate::args::Global;
use crate::command::policy;
use crate::connect;
use crate::exit::Exit;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};
use crate::when::readable;

/// How many agents that need attention are shown.
const MOST_SHOWN: usize = 20;
/// From which score on what an agent does is unusual.
const UNUSUAL: u8 = 50;

/// Tell how the daemon is, and which agents need attention
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic status --dir governance --key-file auditor.key
  syndic status --url https://syndic.example.com --json

An agent needs attention that is suspended, for which requests wait, or that does what is unusual; one that is only
silent does not. Exits 1 when nothing can be recorded, for then nothing may run.")]
pub(crate) struct StatusArgs {}

pub(crate) async fn run(global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let (status, overview) = connect::with(global, out, async |client| {
        Ok((client.status().await?, client.overview().await?))
    })
    .await?;
    let attention = attention(&overview);
    if out.is_json() {
        let mut told = serde_json::to_value(&status)?;
        if let Value::Object(fields) = &mut told {
            fields.insert("governance".to_owned(), json!(overview.governance));
            fields.insert("attention".to_owned(), attention.iter().map(body).collect());
        }
        out.document(&told)?;
    } else {
        show(&status, &overview, &attention, out)?;
    }
    Ok(if status.ledger_open { Exit::Success } else { Exit::Failure })
}

/// An agent that needs attention, and why.
struct Attention<'a> {
    agent: &'a AgentOverview,
    tone: Tone,
    why: Vec<String>,
}

fn attention(overview: &Overview) -> Vec<Attention<'_>> {
    let told = overview.agents.iter().map(|agent| {
        let mut why = Vec::new();
        let mut tone = Tone::Waiting;
        if agent.state == "suspended" {
            tone = Tone::Bad;
            let reason = agent.suspended_reason.as_deref().unwrap_or("no reason given");
            why.push(format!("suspended: {reason}"));
        }
        if let Some(anomaly) = agent.anomaly.as_ref().filter(|one| one.score >= UNUSUAL) {
            tone = Tone::Bad;
            why.push(format!("unusual, {} of 100: {}", anomaly.score, anomaly.told));
        }
        match agent.approvals_pending {
            0 => {}
            1 => why.push("1 request waits for people".to_owned()),
            many => why.push(format!("{many} requests wait for people")),
        }
        Attention { agent, tone, why }
    });
    told.filter(|one| !one.why.is_empty()).collect()
}

fn body(one: &Attention<'_>) -> Value {
    json!({"agent": one.agent.agent, "state": one.agent.state, "why": one.why})
}

fn show(
    status: &Status,
    overview: &Overview,
    attention: &[Attention<'_>],
    out: &Output,
) -> io::Result<()> {
    let (tone, word) = match overview.governance.state.as_str() {
        "healthy" => (Tone::Good, "healthy"),
        "down" => (Tone::Bad, "DOWN: nothing can be recorded, everything is denied"),
        _ => (Tone::Waiting, "degraded: something needs a person; decisions go on"),
    };
    out.line(format!(
        "governance is {}\n{}\n",
        out.paint(tone, word),
        out.paint(
            Tone::Quiet,
            format!(
                "syndic {}, environment {}, durability {}, {} open actions",
                status.version, status.environment, status.durability, status.open_actions
            )
        )
    ))?;
    let mut table = Table::without_header();
    for part in &status.components {
        table.push(vec![
            Cell::new(shade(part), &part.state),
            Cell::from(&part.component),
            Cell::new(if part.state == "ok" { Tone::Quiet } else { shade(part) }, &part.told),
        ]);
    }
    table.write(out)?;
    remedies(&status.components, out)?;
    tell_witnesses(&status.witnesses, out)?;
    tell_policy(&status.policy, out)?;
    waiting(status, out)?;
    agents(attention, out)
}

fn shade(part: &ComponentBody) -> Tone {
    match part.state.as_str() {
        "ok" => Tone::Good,
        "degraded" => Tone::Waiting,
        _ => Tone::Bad,
    }
}

fn remedies(parts: &[ComponentBody], out: &Output) -> io::Result<()> {
    for part in parts {
        if let Some(remedy) = &part.remedy {
            out.line(format!("\n{}: {remedy}", out.paint(shade(part), &part.component)))?;
        }
    }
    Ok(())
}

fn waiting(status: &Status, out: &Output) -> io::Result<()> {
    let Some(oldest) = status.oldest_approval else { return Ok(()) };
    let oldest = readable(oldest);
    let told = match status.approvals_pending {
        1 => format!("\n1 request waits since {oldest} UTC: `syndic approvals list`"),
        many => {
            format!(
                "\n{many} requests wait, the oldest since {oldest} UTC: `syndic approvals list`"
            )
        }
    };
    out.line(out.paint(Tone::Waiting, told))
}

fn agents(attention: &[Attention<'_>], out: &Output) -> io::Result<()> {
    if attention.is_empty() {
        return out.line(out.paint(Tone::Quiet, "\nno agent needs attention"));
    }
    out.line("\nagents that need attention:")?;
    let mut table = Table::without_header();
    for Attention { agent, tone, why } in attention.iter().take(MOST_SHOWN) {
        table.push(vec![
            Cell::new(*tone, &agent.agent),
            Cell::new(Tone::Quiet, &agent.owner.team),
            Cell::from(why.join("; ")),
        ]);
    }
    table.write(out)?;
    match attention.len().saturating_sub(MOST_SHOWN) {
        0 => Ok(()),
        more => out.line(out.paint(Tone::Quiet, format!("and {more} more: `syndic agents list`"))),
    }
}

/// Tells what is in the files and not in force.
fn tell_policy(policy: &PolicyStatus, out: &Output) -> io::Result<()> {
    if let Some(held) = &policy.held {
        out.line(format!("\nrevision {} would loosen:", held.revision))?;
        policy::list(&held.loosened, out)?;
    }
    Ok(())
}

/// Tells what is wrong with witnesses, one a line.
fn tell_witnesses(witnesses: &[WitnessBody], out: &Output) -> io::Result<()> {
    for witness in witnesses {
        if let Some(contradiction) = &witness.contradiction {
            let told =
                format!("witness {}: RECORDS WERE CHANGED OR LOST: {contradiction}", witness.name);
            out.line(out.paint(Tone::Bad, told))?;
        } else if let Some(failure) = &witness.failure {
            let since = witness.lag_seconds;
            let told =
                format!("witness {} has not cosigned for {since} s: {failure}", witness.name);
            out.line(out.paint(Tone::Waiting, told))?;
        }
    }
    Ok(())
}
