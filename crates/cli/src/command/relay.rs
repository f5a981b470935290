//! `syndic relay`

use std::os::unix::net::UnixStream;

use clap::Subcommand;
use syndic_api::{ReplaySink, ReplayedSink, SinkBody, Sinks};

use crate::args::Global;
use crate::exit::Exit;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};
use crate::when::readable;
use crate::{connect, daemon, directory};

/// Tell how far the audit trail has come to its sinks, and send it again
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  syndic relay status
  syndic relay status --json | jq '.sinks[] | select(.circuit != \"closed\")'
  syndic relay replay --sink search --from 12000

`status` needs an auditor's or admin's key where a daemon runs, and reads the cursors where none does; `replay` needs a
daemon and an admin's key.")]
pub(crate) enum RelayCommand {
    /// Tell how each sink is
    Status,
    Replay(ReplayArgs),
}

/// Have a sink go on from an earlier record; events go there again with the same ids
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic relay replay --sink search --from 0
  syndic relay replay --sink trail --from 12000 --json

What knows events by their ids (Elasticsearch, OpenSearch) takes them once; a file has them twice. The record of an event
is in its dead letter, and `syndic audit list --json` tells that of others.")]
pub(crate) struct ReplayArgs {
    /// The sink, as `syndic.yaml` calls it
    #[arg(long, value_name = "NAME")]
    sink: String,
    /// Events that are complete from this record on
    #[arg(long, value_name = "INDEX")]
    from: u64,
}

pub(crate) async fn run(
    command: RelayCommand,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Exit> {
    match command {
        RelayCommand::Status => status(global, out).await,
        RelayCommand::Replay(args) => replay(&args, global, out).await,
    }
}

async fn status(global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let sinks = if has_daemon(global)? {
        connect::with(global, out, async |client| Ok(client.sinks().await?)).await?
    } else {
        let settings = directory::load(&global.dir, out)?.settings;
        let kept = syndic_relay::kept_sinks(&settings);
        out.note("no daemon runs: this is what the cursors say");
        Sinks { sinks: kept.into_iter().map(|state| SinkBody::new(state, None)).collect() }
    };
    if out.is_json() {
        out.document(&sinks)?;
    } else {
        show(&sinks.sinks, out)?;
    }
    let well = sinks.sinks.iter().all(|sink| sink.circuit != "open");
    Ok(if well { Exit::Success } else { Exit::Failure })
}

fn has_daemon(global: &Global) -> anyhow::Result<bool> {
    if global.url.is_some() {
        return Ok(true);
    }
    directory::known(&global.dir)?;
    let socket = daemon::socket(&syndic_governance::data_dir(&global.dir));
    Ok(UnixStream::connect(socket).is_ok())
}

fn show(sinks: &[SinkBody], out: &Output) -> anyhow::Result<()> {
    if sinks.is_empty() {
        out.line(
            "no sinks: the audit trail is in the ledger alone; docs/sinks.md says how to add one",
        )?;
        return Ok(());
    }
    let mut table = Table::new(&["sink", "state", "to", "next", "behind", "took", "last", "dead"]);
    for sink in sinks {
        let (tone, state) = match sink.circuit.as_str() {
            "open" => (Tone::Bad, "stopped"),
            "half-open" => (Tone::Waiting, "failing"),
            _ => (Tone::Good, "ok"),
        };
        let behind = match (sink.lag_records, sink.lag_seconds) {
            (Some(0), _) => "-".to_owned(),
            (Some(records), Some(seconds)) => format!("{records} records, {seconds} s"),
            (Some(records), None) => format!("{records} records"),
            (None, _) => "?".to_owned(),
        };
        let last = sink.last_success.map_or_else(|| "-".to_owned(), readable);
        table.push(vec![
            Cell::from(&sink.name),
            Cell::new(tone, state),
            Cell::from(format!("{} {} ({})", sink.kind, sink.place, sink.format)),
            Cell::from(sink.next_index.to_string()),
            Cell::from(behind),
            Cell::from(sink.taken.to_string()),
            Cell::from(last),
            Cell::from(sink.dead_letters.to_string()),
        ]);
    }
    table.write(out)?;
    for sink in sinks {
        if let Some(failure) = sink.last_failure.as_ref().filter(|one| one.since.is_some()) {
            out.line(format!("\n{}: {}", sink.name, failure.reason))?;
        }
    }
    Ok(())
}

async fn replay(args: &ReplayArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let wish = ReplaySink { from: args.from };
    let done: ReplayedSink = connect::with(global, out, async |client| {
        Ok(client.replay_sink(&args.sink, &wish).await?)
    })
    .await?;
    if out.is_json() {
        out.document(&done)?;
    } else {
        let ReplayedSink { sink, from, records } = done;
        out.line(format!("sink `{sink}` goes on from record {from}: {records} records again"))?;
    }
    Ok(Exit::Success)
}
