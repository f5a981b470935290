//! `syndic audit export`

#[cfg(feature = "parquet")]
mod columns;
mod complete;
mod csv;

use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use syndic_api::Event;
use syndic_client::{Client, EventFilter};

use crate::args::Global;
use crate::command::audit::coverage;
use crate::command::audit::filter::{FilterArgs, PeriodArgs};
use crate::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

const PAGE: u16 = 500;

/// Write events as a file for other programs, oldest first
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Everything that was recorded when the export began is in it. Fields are the 17 of an audit event;
in CSV and Parquet, those with structure are JSON text, and in CSV a cell that a spreadsheet would take
for a formula begins with '. Parquet is there where syndic was built with it (--features parquet).

Examples:
  syndic audit export --format jsonl --out events.jsonl
  syndic audit export --format csv --since 2026-08-01T00:00:00Z --until 2026-09-01T00:00:00Z --out august.csv
  syndic audit export --format parquet --out events.parquet
  syndic audit export --format jsonl --agent financial-advisor | jq .tool_args
  syndic audit export --complete --proofs --user ada@example.org --out ada.jsonl")]
pub(crate) struct ExportArgs {
    /// How to write them
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
    /// Where to; standard output when left out
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// A JSON object on each line with all that is recorded: what was decided on, and requests for approval
    #[arg(long, conflicts_with = "format")]
    complete: bool,
    /// With the proof of each
    #[arg(long, requires = "complete")]
    proofs: bool,
    /// With these words in their arguments or reasons
    #[arg(long, value_name = "WORDS", help_heading = "Which events")]
    q: Option<String>,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    period: PeriodArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A JSON object on each line
    Jsonl,
    /// Comma-separated values with a header (RFC 4180)
    Csv,
    /// Columns with types (Apache Parquet)
    Parquet,
}

/// What events are written to, one after the other.
trait Sink {
    fn write(&mut self, event: &Event) -> anyhow::Result<()>;

    /// Writes what is left.
    fn finish(self: Box<Self>) -> anyhow::Result<()>;
}

pub(crate) async fn run(args: ExportArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let ExportArgs { format, out: path, complete, proofs, q, filter, period } = args;
    if out.is_json() && format != Format::Jsonl {
        return Err(Failure::two_forms(&format).into());
    }
    let filter = EventFilter { q, ..period.narrow(filter.filter()) };
    if format == Format::Parquet {
        can_write_columns(path.is_none())?;
    }
    // While it is written it has another name, so that no half of it is taken for all.
    let partial = path.as_deref().map(partial);
    let to: Box<dyn Write + Send> = match &partial {
        None => Box::new(io::stdout()),
        Some(partial) => {
            let refused = || format!("cannot write `{}`", partial.display());
            Box::new(File::create(partial).with_context(refused)?)
        }
    };
    let mut to = BufWriter::new(to);
    let count = if complete {
        connect::with(global, out, async |client| {
            coverage::complete(client, out).await?;
            complete::pour(filter, proofs, &mut to, client, out).await
        })
        .await?
    } else {
        let mut sink = sink(format, to)?;
        let count = connect::with(global, out, async |client| {
            coverage::complete(client, out).await?;
            pour(filter, &mut *sink, client, out).await
        })
        .await?;
        sink.finish()?;
        count
    };
    if let (Some(partial), Some(path)) = (partial, path) {
        let refused = || format!("cannot write `{}`", path.display());
        fs::rename(partial, &path).with_context(refused)?;
        out.progress("");
        out.note(format!("{count} events in {}", path.display()));
    }
    Ok(Exit::Success)
}

/// Writes every event that `filter` names, page by page.
async fn pour(
    filter: EventFilter,
    sink: &mut dyn Sink,
    client: &Client,
    out: &Output,
) -> anyhow::Result<u64> {
    let mut filter = EventFilter { limit: Some(PAGE), oldest_first: true, ..filter };
    let mut count = 0;
    let mut end = None;
    loop {
        let page = client.events(&filter).await?;
        let end = *end.get_or_insert(page.indexed_through);
        for event in &page.events {
            sink.write(event)?;
            count += 1;
        }
        out.progress(format!("{count} events"));
        // A cursor is the position of a record. What came after the export began may come faster than it goes.
        let next = page.next_cursor.filter(|next| next.parse().is_ok_and(|next: u64| next < end));
        if next.is_none() {
            return Ok(count);
        }
        filter.cursor = next;
    }
}

fn partial(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

fn sink(format: Format, to: BufWriter<Box<dyn Write + Send>>) -> anyhow::Result<Box<dyn Sink>> {
    match format {
        Format::Jsonl => Ok(Box::new(Lines(to))),
        Format::Csv => Ok(Box::new(csv::Rows::new(to)?)),
        #[cfg(feature = "parquet")]
        Format::Parquet => Ok(Box::new(columns::Columns::new(to)?)),
        #[cfg(not(feature = "parquet"))]
        Format::Parquet => Err(without_parquet()),
    }
}

/// Refuses before there is a file.
fn can_write_columns(to_stdout: bool) -> anyhow::Result<()> {
    if !cfg!(feature = "parquet") {
        return Err(without_parquet());
    }
    if to_stdout && io::stdout().is_terminal() {
        bail!("Parquet is not for a terminal; name a file: `--out events.parquet`");
    }
    Ok(())
}

fn without_parquet() -> anyhow::Error {
    anyhow!(
        "this program was built without Parquet; build it with `--features parquet`, or take `--format csv` or `jsonl`"
    )
}

struct Lines<W: Write>(W);

impl<W: Write> Sink for Lines<W> {
    fn write(&mut self, event: &Event) -> anyhow::Result<()> {
        serde_json::to_writer(&mut self.0, event).map_err(io::Error::from)?;
        Ok(self.0.write_all(b"\n")?)
    }

    fn finish(mut self: Box<Self>) -> anyhow::Result<()> {
        Ok(self.0.flush()?)
    }
}

/// The fields of an event as text, in the order of [`NAMES`]; nothing where there is nothing.
fn cells(event: &Event) -> [Option<String>; 17] {
    fn json(value: &impl serde::Serialize) -> Option<String> {
        serde_json::to_string(value).ok()
    }
    let Event {
        event_id,
        timestamp,
        agent_name,
        agent_version,
        session_id,
        user_id,
        action,
        tool_name,
        tool_args,
        tool_result,
        policy_checks,
        allowed,
        duration_ms,
        model,
        input_tokens,
        output_tokens,
        metadata,
    } = event;
    let plain =
        |value: &serde_json::Value| value.as_str().map(str::to_owned).or_else(|| json(value));
    [
        Some(event_id.clone()),
        Some(timestamp.to_string()),
        Some(agent_name.clone()),
        Some(agent_version.clone()),
        Some(session_id.clone()),
        user_id.as_ref().and_then(plain),
        Some(action.clone()),
        tool_name.clone(),
        tool_args.as_ref().and_then(json),
        tool_result.as_ref().and_then(json),
        json(policy_checks),
        Some(allowed.to_string()),
        duration_ms.map(|number| number.to_string()),
        Some(model.clone()),
        input_tokens.map(|number| number.to_string()),
        output_tokens.map(|number| number.to_string()),
        json(metadata),
    ]
}

/// The 17 fields of an event.
const NAMES: [&str; 17] = [
    "event_id",
    "timestamp",
    "agent_name",
    "agent_version",
    "session_id",
    "user_id",
    "action",
    "tool_name",
    "tool_args",
    "tool_result",
    "policy_checks",
    "allowed",
    "duration_ms",
    "model",
    "input_tokens",
    "output_tokens",
    "metadata",
];
