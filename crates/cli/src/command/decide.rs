//! `syndic decide`

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use syndic_api::{CheckBody, Decided, SubmitAction};
use syndic_gate::{SystemClock, preview};
use syndic_model::{ActionRequest, Effect};

use crate::args::Global;
use crate::directory;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};

/// As much as the server takes.
const MOST_BYTES: u64 = 1 << 20;

/// Tell what would be answered about an action; nothing is recorded
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic decide action.json --dir governance
  echo '{\"agent\": \"customer-support\", \"action\": \"issue_refund\",
         \"args\": {\"order_id\": \"A-1\", \"amount\": 150}}' | syndic decide --json

Takes and answers what POST /v1/actions does. Exits 0 for allow, 10 for deny, 11 for hold, 2 when it cannot be read.")]
pub(crate) struct DecideArgs {
    /// The action as JSON; `-` reads standard input
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
}

pub(crate) fn run(args: &DecideArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let governance = directory::load(&global.dir, out)?;
    let request = read(&args.file).map_err(|error| {
        Failure::usage(
            format!("cannot read the action: {error:#}"),
            "write it like `{\"agent\": \"…\", \"action\": \"…\", \"args\": {…}}`; see `syndic decide --help`",
        )
    })?;
    let decided = preview(&governance, &SystemClock, &request);
    let body = Decided::from(&decided);
    if out.is_json() {
        out.document(&body)?;
    } else {
        show(&body, decided.effect, &request, out)?;
    }
    Ok(Exit::from(decided.effect))
}

fn read(file: &Path) -> anyhow::Result<ActionRequest> {
    let mut text = Vec::new();
    let read = if file == Path::new("-") {
        io::stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut text)
    } else {
        File::open(file).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut text))
    };
    let length = read.with_context(|| format!("`{}`", file.display()))?;
    anyhow::ensure!(u64::try_from(length)? <= MOST_BYTES, "it has more than {MOST_BYTES} bytes");
    let wire: SubmitAction = serde_json::from_slice(&text)?;
    Ok(wire.try_into()?)
}

fn show(body: &Decided, effect: Effect, request: &ActionRequest, out: &Output) -> io::Result<()> {
    out.line(format!(
        "{}  {} by {}",
        out.paint(tone(effect), &body.effect),
        out.paint(Tone::Strong, &request.action),
        out.paint(Tone::Strong, &request.agent),
    ))?;
    let may = if body.allowed { "may run" } else { "may not run" };
    out.line(format!(
        "{may} (mode {}, risk {}, revision {})",
        body.mode, body.risk_level, body.policy_revision
    ))?;
    out.line("")?;
    let mut table = Table::new(&["check", "result", "severity", "reason"]);
    for check in &body.checks {
        table.push(row(check));
    }
    table.write(out)?;
    out.line(format!(
        "\n{} {}",
        out.paint(Tone::Quiet, "the model is told:"),
        body.model_message.text
    ))
}

fn row(check: &CheckBody) -> Vec<Cell> {
    let tone = match check.result.as_str() {
        "blocked" => Tone::Bad,
        "held" => Tone::Waiting,
        _ => Tone::Quiet,
    };
    let shadow = if check.shadow { " (shadow)" } else { "" };
    vec![
        Cell::from(&check.policy),
        Cell::new(tone, format!("{}{shadow}", check.result)),
        Cell::from(&check.severity),
        Cell::from(check.reason.as_deref().unwrap_or_default()),
    ]
}

fn tone(effect: Effect) -> Tone {
    match effect {
        Effect::Allow => Tone::Good,
        Effect::Deny => Tone::Bad,
        Effect::Hold => Tone::Waiting,
    }
}
