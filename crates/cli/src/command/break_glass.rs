//! `syndic break-glass`

use std::io;

use clap::Subcommand;
use jiff::SignedDuration;
use syndic_api::{AskBreakGlass, BreakGlassBody, BreakGlasses, ReviewBreakGlass};
use syndic_client::Client;
use syndic_model::AgentId;

use crate::args::Global;
use crate::connect;
use crate::exit::Exit;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};
use crate::when::readable;

/// Let an agent do for a while what policies marked `@break_glass` stop
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "\
Examples:
  syndic break-glass --agent customer-support --reason 'refunds after the outage' --for 15m
  syndic break-glass open 0198c0de-0000-7000-8000-000000000001
  syndic break-glass list
  syndic break-glass review 0198c0de-0000-7000-8000-000000000001 --note 'three refunds, all due'

It takes three approver keys: one person asks, another opens it within 15 minutes, and a third signs afterwards what
was done. Every action is still decided and recorded. All need a key: --key-file FILE or SYNDIC_KEY.")]
pub(crate) struct BreakGlassArgs {
    /// The agent
    #[arg(long, value_name = "ID", required = true)]
    agent: Option<AgentId>,
    /// Why; it is recorded
    #[arg(long, value_name = "TEXT", required = true)]
    reason: Option<String>,
    /// For how long once it is open, like `15m` or `1h`; at most 4h
    #[arg(long = "for", value_name = "TIME", required = true)]
    length: Option<SignedDuration>,
    #[command(subcommand)]
    step: Option<Step>,
}

/// What comes after.
#[derive(Debug, Subcommand)]
pub(crate) enum Step {
    /// Open one that somebody else asked for
    Open {
        /// Its id, as `syndic break-glass list` shows it
        #[arg(value_name = "ID")]
        id: String,
    },
    /// List those that live, those that wait for their review, and the last that are over
    List,
    /// Sign what was done under one that has ended
    Review {
        /// Its id, as `syndic break-glass list` shows it
        #[arg(value_name = "ID")]
        id: String,
        /// What you found; it is recorded
        #[arg(long, value_name = "TEXT")]
        note: String,
    },
}

pub(crate) async fn run(
    args: BreakGlassArgs,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Exit> {
    connect::with(global, out, async |client| match args.step {
        None => Ok(asked(&client.ask_break_glass(&wish(&args)).await?, out)?),
        Some(step) => take(step, client, out).await,
    })
    .await?;
    Ok(Exit::Success)
}

fn wish(args: &BreakGlassArgs) -> AskBreakGlass {
    let length = args.length.unwrap_or_default().as_secs();
    AskBreakGlass {
        agent: args.agent.as_ref().map(ToString::to_string).unwrap_or_default(),
        reason: args.reason.clone().unwrap_or_default(),
        length_s: u64::try_from(length).unwrap_or_default(),
    }
}

async fn take(step: Step, client: &Client, out: &Output) -> anyhow::Result<()> {
    match step {
        Step::Open { id } => opened(&client.open_break_glass(&id).await?, out)?,
        Step::List => list(&client.break_glasses().await?, out)?,
        Step::Review { id, note } => {
            reviewed(&client.review_break_glass(&id, &ReviewBreakGlass { note }).await?, out)?;
        }
    }
    Ok(())
}

fn asked(one: &BreakGlassBody, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(one);
    }
    out.line(format!("asked for break-glass {} for {}", one.id, one.agent))?;
    out.note(format!(
        "nothing is lifted yet: somebody else opens it until {} UTC with `syndic break-glass open {}`",
        readable(one.expires_at),
        one.id
    ));
    Ok(())
}

fn opened(one: &BreakGlassBody, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(one);
    }
    let until = one.until.map(readable).unwrap_or_default();
    out.line(format!("break-glass {} is open for {} until {until} UTC", one.id, one.agent))?;
    out.note("policies marked `@break_glass` do not stop it; everything is recorded, and reviewed by a third person");
    Ok(())
}

fn reviewed(one: &BreakGlassBody, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(one);
    }
    out.line(format!("break-glass {} is reviewed", one.id))
}

fn list(all: &BreakGlasses, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(all);
    }
    if all.break_glass.is_empty() {
        return out.line("none");
    }
    let columns =
        ["id", "agent", "status", "until (UTC)", "asked", "opened", "reviewed", "lifted", "reason"];
    let mut table = Table::new(&columns);
    for one in &all.break_glass {
        let tone = match one.status.as_str() {
            "open" | "review" => Tone::Bad,
            "asked" => Tone::Waiting,
            _ => Tone::Quiet,
        };
        let person = |person: &Option<String>| Cell::from(person.as_deref().unwrap_or("-"));
        table.push(vec![
            Cell::from(&one.id),
            Cell::from(&one.agent),
            Cell::new(tone, &one.status),
            Cell::from(readable(one.until.unwrap_or(one.expires_at))),
            Cell::from(&one.asked_by),
            person(&one.opened_by),
            person(&one.reviewed_by),
            Cell::from(one.lifted.to_string()),
            Cell::from(&one.reason),
        ]);
    }
    table.write(out)
}
