//! `syndic checklist`

use std::io;
use std::sync::Arc;

use anyhow::Context as _;
use syndic_api::{ChecklistBody, ChecklistItemBody, JudgedChecklistBody};
use syndic_client::Client;
use syndic_gate::{Checklist, Gate, JudgedChecklist, SystemClock};
use syndic_model::AgentId;

use super::comply::{LOCAL, is_alone};
use crate::args::Global;
use crate::exit::Exit;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};
use crate::visible::visible;
use crate::{connect, daemon, directory};

/// Show what is to be done before an agent is deployed, and how far it is
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic checklist --agent customer-support
  syndic checklist --agent customer-support --gate

With --gate it exits 1 while an item is open that the agent's risk level requires, and what came of it is recorded.
Where a daemon runs it needs an approver's, auditor's or admin's key, --gate an auditor's or an admin's: --key-file FILE
or SYNDIC_KEY. Where none runs it opens the directory itself.")]
pub(crate) struct ChecklistArgs {
    /// The agent
    #[arg(long, value_name = "ID")]
    agent: AgentId,
    /// Judge whether it may be deployed, record it, and fail where it may not
    #[arg(long)]
    gate: bool,
}

pub(crate) async fn run(
    args: ChecklistArgs,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Exit> {
    let agent = args.agent.as_str();
    if !args.gate {
        show(&looked(agent, global, out).await?, global, out)?;
        return Ok(Exit::Success);
    }
    let judged = judged(agent, global, out).await?;
    if out.is_json() {
        out.document(&judged)?;
    } else {
        show(&judged.checklist, global, out)?;
        out.line(format!("recorded as {}", judged.record))?;
    }
    Ok(if judged.checklist.passed { Exit::Success } else { Exit::Failure })
}

/// Has the daemon look; where none runs and no key is at hand, this process opens the data directory for it.
async fn looked(agent: &str, global: &Global, out: &Output) -> anyhow::Result<ChecklistBody> {
    if !is_alone(global)? {
        return connect::with(global, out, async |client| Ok(client.checklist(agent).await?)).await;
    }
    body(&opened(global, out).await?.checklist(agent).await?)
}

async fn judged(agent: &str, global: &Global, out: &Output) -> anyhow::Result<JudgedChecklistBody> {
    if !is_alone(global)? {
        let judge = async |client: &Client| Ok(client.judge_checklist(agent).await?);
        return connect::with(global, out, judge).await;
    }
    let JudgedChecklist { checklist, record } =
        opened(global, out).await?.judge_checklist(agent, LOCAL).await?;
    Ok(JudgedChecklistBody { checklist: body(&checklist)?, record })
}

async fn opened(global: &Global, out: &Output) -> anyhow::Result<Arc<Gate>> {
    daemon::open(directory::load(&global.dir, out)?, Arc::new(SystemClock)).await
}

fn body(checklist: &Checklist) -> anyhow::Result<ChecklistBody> {
    serde_json::from_value(serde_json::to_value(checklist)?).context("the checklist cannot be read")
}

fn show(list: &ChecklistBody, global: &Global, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(list);
    }
    let width = |text: fn(&ChecklistItemBody) -> usize| list.items.iter().map(text).max();
    let ids = width(|item| item.id.chars().count()).unwrap_or_default();
    let states = width(|item| state(item).1.chars().count()).unwrap_or_default();
    let mut table = Table::without_header().with_widths(&[ids + 2, states]);
    for (place, item) in list.items.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|before| list.items.get(before));
        if before.is_none_or(|before| before.section != item.section) {
            out.line(&item.section)?;
        }
        let (tone, word) = state(item);
        let id = format!("  {}", item.id);
        table.push(vec![Cell::from(id), Cell::new(tone, word), Cell::from(&item.title)]);
        table.write(out)?;
        if matches!(item.state.as_str(), "open" | "not_applicable") {
            out.folded(6, 0, Tone::Quiet, &visible(&item.why))?;
        }
        for closes in &item.closes {
            out.line(format!("      {}", visible(closes)))?;
        }
    }
    out.line(verdict(list, out))?;
    if list.items.iter().any(|item| !item.closes.is_empty()) {
        out.note(super::comply::with_commands(global));
    }
    Ok(())
}

/// Says where an item stands.
fn state(item: &ChecklistItemBody) -> (Tone, String) {
    let by = item.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
    match item.state.as_str() {
        "done" => (Tone::Good, "done".to_owned()),
        "attested" => (Tone::Good, format!("attested{by}")),
        "not_applicable" => (Tone::Quiet, format!("not applicable{by}")),
        "open" if item.required => (Tone::Bad, "open".to_owned()),
        "open" => (Tone::Quiet, "open, not required".to_owned()),
        other => (Tone::Plain, other.to_owned()),
    }
}

fn verdict(list: &ChecklistBody, out: &Output) -> String {
    let ChecklistBody { agent, risk_level, open_required, .. } = list;
    let at = format!("at {risk_level} risk");
    match open_required.len() {
        0 => out.paint(Tone::Good, format!("{agent} may be deployed {at}")),
        1 => out.paint(Tone::Bad, format!("{agent} may not be deployed {at}: 1 item is open")),
        open => {
            out.paint(Tone::Bad, format!("{agent} may not be deployed {at}: {open} items are open"))
        }
    }
}
