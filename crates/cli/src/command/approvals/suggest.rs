//! `syndic approvals suggest`

use std::fs;

use anyhow::Context as _;
use serde_json::json;
use serde_json::value::RawValue;
use syndic_api::{Event, KindStatistics};
use syndic_client::Client;
use syndic_governance::{ApprovedAction, ApprovedKind, Governance, Narrower, narrower};
use syndic_model::{ActionName, AgentId, Arguments};

use crate::args::Global;
use crate::directory;
use crate::output::{Output, Tone};

#[derive(Debug, clap::Args)]
pub(crate) struct SuggestArgs {
    /// How many approvals in a row, without one that was rejected or not answered
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..))]
    after: u64,
    /// How many days back
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=366))]
    days: u16,
    /// Take the first draft: change the policies and profiles, and add its tests
    #[arg(long)]
    write: bool,
}

pub(super) async fn suggest(
    args: &SuggestArgs,
    global: &Global,
    client: &Client,
    out: &Output,
) -> anyhow::Result<()> {
    let governance = &directory::load(&global.dir, out)?;
    let told = client.approval_statistics(args.days).await?;
    let kinds = told.kinds.iter().filter(|kind| kind.approved_in_a_row >= args.after);
    let mut suggestions = Vec::new();
    for kind in kinds {
        suggestions.push((kind, draft(kind, governance, client).await?));
    }
    if out.is_json() {
        return Ok(out.document(&body(&suggestions))?);
    }
    if suggestions.is_empty() {
        out.note(format!("nothing was approved {} times in a row", args.after));
    }
    for (kind, drafted) in &suggestions {
        show(kind, drafted, out)?;
    }
    // One draft rests on the files as they are, and not on what another changes in them.
    let drafted = suggestions.iter().find_map(|(_, drafted)| drafted.as_ref().ok());
    if let Some(drafted) = drafted.filter(|_| args.write) {
        for (path, text) in &drafted.files {
            fs::write(global.dir.join(path), text)
                .with_context(|| format!("cannot write `{path}`"))?;
            out.line(format!("wrote {path}"))?;
        }
    }
    if drafted.is_some() {
        out.line(next(args.write))?;
    }
    Ok(())
}

/// Says what a person does with drafts before they are in force.
const fn next(written: bool) -> &'static str {
    if written {
        "\nOnly the first draft was taken; run it again for the next. Before it is in force, run the tests and the \
         invariants:\n  syndic check\n  syndic test\n  syndic prove"
    } else {
        "A draft is no more than what people agreed to: read it, and after taking it run the tests (`syndic test`) and \
         the invariants\n(`syndic prove`). `--write` takes the first draft only."
    }
}

type Drafted = Result<Narrower, String>;

async fn draft(
    kind: &KindStatistics,
    governance: &Governance,
    client: &Client,
) -> anyhow::Result<Drafted> {
    let (agent, action): (AgentId, ActionName) = (kind.agent.parse()?, kind.action.parse()?);
    let mut approved = Vec::new();
    for id in &kind.last_approved {
        match read(&client.event(id).await?, &action, governance) {
            Some(one) => approved.push(one),
            None => {
                return Ok(Err(
                    "what was approved is erased, or no longer fits `actions/`".to_owned()
                ));
            }
        }
    }
    if approved.is_empty() {
        return Ok(Err("nothing of it is left".to_owned()));
    }
    let kind = ApprovedKind {
        agent: &agent,
        action: &action,
        policies: &kind.policies,
        approved: &approved,
    };
    Ok(narrower(governance, &kind).map_err(|error| error.to_string()))
}

fn read(event: &Event, action: &ActionName, governance: &Governance) -> Option<ApprovedAction> {
    let args = event.tool_args.clone()?;
    let parsed = Arguments::parse(&RawValue::from_string(args.to_string()).ok()?).ok()?;
    let examined = governance.engine.examine(action, &parsed).ok()?;
    let facts = examined.facts();
    Some(ApprovedAction {
        args,
        amount: facts.amount,
        currency: facts.currency,
        recipients: facts.recipients.clone(),
    })
}

fn show(kind: &KindStatistics, drafted: &Drafted, out: &Output) -> anyhow::Result<()> {
    out.line(format!(
        "{} {}: approved {} times in a row, held by {}",
        kind.agent,
        kind.action,
        kind.approved_in_a_row,
        kind.policies.join(", ")
    ))?;
    let drafted = match drafted {
        Ok(drafted) => drafted,
        Err(why) => return Ok(out.line(out.paint(Tone::Quiet, format!("  no draft: {why}\n")))?),
    };
    for (path, change) in &drafted.changes {
        out.line(format!("\n--- {path}"))?;
        out.text(change)?;
    }
    let tests = drafted.files.iter().filter(|(path, _)| path.starts_with("policies/tests/"));
    for (path, text) in tests {
        out.line(format!("\n+++ {path}"))?;
        out.text(text)?;
    }
    Ok(out.line("")?)
}

fn body(suggestions: &[(&KindStatistics, Drafted)]) -> serde_json::Value {
    let suggestions = suggestions.iter().map(|(kind, drafted)| {
        let told = drafted.as_ref();
        let changes: Vec<_> = told.map_or_else(
            |_| Vec::new(),
            |one| {
                one.changes.iter().map(|(path, diff)| json!({"path": path, "diff": diff})).collect()
            },
        );
        json!({
            "agent": kind.agent,
            "action": kind.action,
            "policies": kind.policies,
            "approved_in_a_row": kind.approved_in_a_row,
            "changes": changes,
            "files": told.ok().map(|one| &one.files),
            "no_draft": told.err(),
        })
    });
    json!({ "suggestions": suggestions.collect::<Vec<_>>() })
}
