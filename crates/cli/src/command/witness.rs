//! `syndic witness`

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::json;
use syndic_gate::SystemClock;
use syndic_model::Clock as _;
use syndic_witness::{Directory, DirectoryError, Witness, parse_logs, serve};
use tokio::net::TcpListener;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Tone};
use crate::{daemon, log};

/// Vouch for the history of somebody else's log
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  syndic witness key --dir witness --name witness.example.org
  syndic witness serve --dir witness --log 'syndic.example.com/log+4fa1b2c3+AQx…'
  syndic witness serve --dir witness --logs logs.txt --listen 127.0.0.1:7861

A witness keeps the newest checkpoint of each log, and signs a newer one that contains it:
a log that rewrote its past gets no signature any more. Run it where whoever runs the log
cannot reach. It sees sizes and hashes, never a record.")]
pub(crate) enum WitnessCommand {
    /// Make the key of a new witness, and print what verifies its signatures; without a name, print that of one that is
    Key(KeyArgs),
    /// Cosign checkpoints until stopped
    Serve(ServeArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic witness key --dir witness --name witness.example.org
  syndic witness key --dir witness

Whoever runs a log puts the printed line under `audit.witnesses` of syndic.yaml.")]
pub(crate) struct KeyArgs {
    /// The witness's own directory
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// What the witness is called, like a web address without `https://`
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic witness serve --dir witness --log 'syndic.example.com/log+4fa1b2c3+AQx…'
  syndic witness serve --dir witness --logs logs.txt --listen 127.0.0.1:7861

A log's key is the first line of `log.vkey` in its data directory. The file of --logs has one a line.
What a witness says is signed, so it speaks plain HTTP; a proxy in front ends TLS where logs ask for https.
SYNDIC_LOG sets what is logged to standard error, as in SYNDIC_LOG=debug.")]
pub(crate) struct ServeArgs {
    /// The witness's own directory
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Listen here
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7861")]
    listen: SocketAddr,
    /// Cosign this log, by its verifier key
    #[arg(long = "log", value_name = "VKEY", required_unless_present = "logs")]
    log: Vec<String>,
    /// Cosign the logs of this file, one verifier key a line
    #[arg(long, value_name = "FILE")]
    logs: Option<PathBuf>,
}

pub(crate) async fn run(command: WitnessCommand, out: &Output) -> anyhow::Result<Exit> {
    match command {
        WitnessCommand::Key(args) => key(&args, out)?,
        WitnessCommand::Serve(args) => serve_until_stopped(&args, out).await?,
    }
    Ok(Exit::Success)
}

fn key(KeyArgs { dir, name }: &KeyArgs, out: &Output) -> anyhow::Result<()> {
    let verifier = match name {
        Some(name) => {
            let mut seed = [0; 32];
            SystemClock.fill(&mut seed);
            Directory::make_key(dir, name, &seed).map_err(advised)?
        }
        None => Directory::verifier(dir).map_err(advised)?,
    };
    let path = dir.join("witness.key");
    if out.is_json() {
        out.document(
            &json!({ "name": verifier.name(), "vkey": verifier.to_string(), "path": path }),
        )?;
    } else {
        out.line(verifier)?;
        out.note(format!("its secret is in {}, for you alone", path.display()));
    }
    Ok(())
}

/// Says what helps where a key is missing, or there already.
fn advised(error: DirectoryError) -> anyhow::Error {
    let hint = match &error {
        DirectoryError::NoKey(_) => "make one with --name, like `--name witness.example.org`",
        DirectoryError::HasKey { .. } => {
            "leave --name out to print it; another witness has another directory"
        }
        DirectoryError::Name { .. } => {
            "call it like a web address, as in `--name witness.example.org`"
        }
        DirectoryError::Locked(_) => "stop the other one first",
        DirectoryError::Io { .. } | DirectoryError::Damaged { .. } => return error.into(),
    };
    Failure::new(error.to_string(), hint).into()
}

async fn serve_until_stopped(args: &ServeArgs, out: &Output) -> anyhow::Result<()> {
    log::to_stderr();
    let mut logs = args.log.join("\n");
    if let Some(path) = &args.logs {
        logs.push('\n');
        logs.push_str(&read(path)?);
    }
    let known = parse_logs(&logs).map_err(|error| {
        let hint = "a log's key is the first line of `log.vkey` in its data directory";
        Failure::usage(format!("the logs cannot be read: {error}"), hint)
    })?;
    if known.is_empty() {
        let hint = "name one with --log, or write its verifier key into the file of --logs";
        return Err(Failure::usage("no log is named", hint).into());
    }
    let directory = Directory::open(&args.dir).map_err(advised)?;
    let witness = Arc::new(Witness::new(directory, known)?);
    let listener = TcpListener::bind(args.listen)
        .await
        .with_context(|| format!("cannot listen on `{}`", args.listen))?;
    // Whoever reads that it listens may stop it at once.
    let stopped = daemon::stopped()?;
    announce(&witness, listener.local_addr()?, out)?;
    let now = || u64::try_from(SystemClock.now().as_second()).unwrap_or_default();
    serve(witness, Arc::new(now), listener, stopped).await;
    out.note("stopped");
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}

fn announce(witness: &Witness, address: SocketAddr, out: &Output) -> anyhow::Result<()> {
    if out.is_json() {
        let logs: Vec<_> = witness
            .logs()
            .map(|(origin, size)| json!({ "origin": origin, "size": size }))
            .collect();
        let vkey = witness.verifier().to_string();
        out.json_line(
            &json!({ "listening": format!("http://{address}"), "vkey": vkey, "logs": logs }),
        )?;
        return Ok(());
    }
    out.line(format!("witness {}", out.paint(Tone::Strong, witness.verifier())))?;
    for (origin, size) in witness.logs() {
        let cosigned = size.map_or_else(
            || "nothing cosigned yet".to_owned(),
            |size| format!("cosigned up to {size} records"),
        );
        out.line(format!("  {origin}: {cosigned}"))?;
    }
    out.line(format!("listening on http://{address}"))?;
    Ok(())
}
