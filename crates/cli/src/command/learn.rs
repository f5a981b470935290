//! `syndic learn`

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Value, json};
use syndic_api::DecisionBody;
use syndic_client::{Client, EventFilter};
use syndic_gate::{Recorded, SystemClock};
use syndic_governance::{ActionSeen, Governance, Lesson, Observed};
use syndic_model::{AgentId, Clock as _, Currency, Effect};

use crate::args::Global;
use crate::command::replay::{is_audited, recorded};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Tone};
use crate::when::{Since, readable};
use crate::{connect, directory};

/// How many decisions are asked for, and held, at once.
const PAGE: u16 = 50;

/// Draft a profile, limits and catalogue entries from what an agent was seen to do
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic learn --agent crm-bot --since 7d
  syndic learn --agent crm-bot --since 7d --write          into drafts/, which nothing reads
  syndic learn --agent crm-bot --since 30d --json

Let an agent run in `mode: observe` first: then everything is recorded and nothing is stopped. Every drafted line is a
guess with its evidence; what was only ever denied and stopped is left out. No file is overwritten. Needs an auditor's
or an admin's key: --key-file FILE or SYNDIC_KEY. Exits 0 when something was seen, 1 when nothing was.")]
pub(crate) struct LearnArgs {
    /// The agent to learn from
    #[arg(long, value_name = "ID")]
    agent: AgentId,
    /// From when on: so long ago (`12h`, `7d`), or a time (RFC 3339)
    #[arg(long, value_name = "WHEN")]
    since: Since,
    /// Write drafts/AGENT.yaml and drafts/AGENT-actions.yaml instead of printing them
    #[arg(long)]
    write: bool,
    /// The currency of amounts whose currency no argument names
    #[arg(long, value_name = "CODE", default_value = "USD")]
    currency: Currency,
}

pub(crate) async fn run(args: &LearnArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let governance = directory::load(&global.dir, out)?;
    let filter = EventFilter {
        agent: Some(args.agent.to_string()),
        since: Some(args.since.before(SystemClock.now())),
        limit: Some(PAGE),
        ..EventFilter::default()
    };
    let observed = connect::with(global, out, async |client| {
        observe(client, filter, &args.agent, &governance, out).await
    })
    .await?;
    if observed.count == 0 {
        let message = format!("`{}` asked for nothing since then", args.agent);
        return Err(Failure::new(
            message,
            "look further back with --since, or see `syndic audit list`",
        )
        .into());
    }
    let lesson = observed.draft(&governance, args.currency);
    let files = if args.write { write(&global.dir, &args.agent, &lesson)? } else { Vec::new() };
    if out.is_json() {
        out.document(&json!({
            "agent": args.agent.as_str(),
            "actions": observed.count,
            "observed": observed.observed,
            "profile": lesson.profile,
            "catalogue": lesson.catalogue,
            "files": files,
        }))?;
    } else if args.write {
        for file in &files {
            out.line(file.display())?;
        }
        out.line(
            "\nNothing reads them there: review them, then move them to agents/ and actions/.",
        )?;
    } else {
        show(&args.agent, &lesson, out)?;
    }
    Ok(Exit::Success)
}

/// Reads page after page, so memory does not grow with the ledger.
async fn observe(
    client: &Client,
    mut filter: EventFilter,
    agent: &AgentId,
    governance: &Governance,
    out: &Output,
) -> anyhow::Result<Observed> {
    let mut observed = Observed::new(agent.clone());
    loop {
        let page = client.decisions(&filter).await?;
        for decision in page.decisions.iter().filter(|decision| !is_audited(decision)) {
            take(&mut observed, decision, governance)?;
        }
        if let Some(last) = page.decisions.last() {
            let at = readable(last.event.timestamp);
            out.progress(format!("{} actions, back to {at}", observed.count));
        }
        filter.cursor = page.next_cursor;
        if filter.cursor.is_none() {
            out.progress("");
            return Ok(observed);
        }
    }
}

/// Looks at one action; the facts are those that the catalogue finds today, so that a new entry is learnt from too.
fn take(
    observed: &mut Observed,
    decision: &DecisionBody,
    governance: &Governance,
) -> anyhow::Result<()> {
    let event = &decision.event;
    let text = |name: &str| event.metadata.get(name).and_then(Value::as_str).unwrap_or_default();
    let effect: Effect = text("effect").parse()?;
    let request = recorded(decision).ok().map(|Recorded { request, .. }| request);
    let examined = request
        .as_ref()
        .and_then(|request| governance.engine.examine(&request.action, &request.args).ok());
    let tokens = [event.input_tokens, event.output_tokens].into_iter().flatten();
    observed.take(&ActionSeen {
        at: event.timestamp,
        action: &event.action,
        args: request.as_ref().and_then(|request| request.args.value().ok()),
        facts: examined.as_ref().map(|examined| examined.facts()),
        effect,
        allowed: event.allowed,
        observed: text("mode") == "observe",
        session: Some(event.session_id.as_str()).filter(|session| *session != "unknown"),
        tokens: tokens.fold(0, u64::saturating_add),
    });
    Ok(())
}

fn show(agent: &AgentId, lesson: &Lesson, out: &Output) -> io::Result<()> {
    out.line(out.paint(Tone::Quiet, format!("# --- agents/{agent}.yaml")))?;
    out.text(&lesson.profile)?;
    if let Some(catalogue) = &lesson.catalogue {
        out.line(out.paint(Tone::Quiet, format!("\n# --- actions/{agent}.yaml")))?;
        out.text(catalogue)?;
    }
    Ok(())
}

/// Writes the drafts where nothing reads them, and never over anything.
fn write(dir: &Path, agent: &AgentId, lesson: &Lesson) -> anyhow::Result<Vec<PathBuf>> {
    let drafts = dir.join("drafts");
    let profile = (drafts.join(format!("{agent}.yaml")), Some(&lesson.profile));
    let catalogue = (drafts.join(format!("{agent}-actions.yaml")), lesson.catalogue.as_ref());
    let texts: Vec<_> =
        [profile, catalogue].into_iter().filter_map(|(path, text)| Some((path, text?))).collect();
    if let Some((path, _)) = texts.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
        let message = format!("`{}` is already there", path.display());
        return Err(Failure::new(
            message,
            "nothing was written; move it away, or leave --write out",
        )
        .into());
    }
    fs::create_dir_all(&drafts).with_context(|| format!("cannot create `{}`", drafts.display()))?;
    for (path, text) in &texts {
        File::create_new(path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(texts.into_iter().map(|(path, _)| path).collect())
}
