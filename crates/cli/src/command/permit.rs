//! `syndic permit`

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use jiff::Timestamp;
use serde_json::value::RawValue;
use syndic_client::Client;
use syndic_gate::{PermitClaims, SystemClock, args_digest, verify_permit};
use syndic_model::{ActionName, AgentId, Arguments, Clock as _};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Tone};
use crate::when::readable;

const JWKS_PATH: &str = "/.well-known/jwks.json";

/// Verify permits, where a tool wants proof before it acts
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  curl -s http://127.0.0.1:7860/.well-known/jwks.json > jwks.json
  syndic permit verify eyJhbGciOi… --jwks jwks.json --agent customer-support --action issue_refund --args args.json
  syndic permit verify - --jwks http://127.0.0.1:7860/.well-known/jwks.json < permit

With a file, nothing is asked over the network. Exits 1 when the permit does not hold.")]
pub(crate) enum PermitCommand {
    /// Check the signature and the time of a permit, and whom and what it is for
    Verify(VerifyArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// The permit's token; `-` reads standard input
    #[arg(value_name = "TOKEN")]
    token: String,
    /// The daemon's public keys, as a file or a URL
    #[arg(long, value_name = "FILE|URL")]
    jwks: String,
    /// The agent that calls the tool
    #[arg(long, value_name = "ID")]
    agent: Option<AgentId>,
    /// The action the tool runs
    #[arg(long, value_name = "ID")]
    action: Option<ActionName>,
    /// The arguments the tool was called with, as JSON
    #[arg(long, value_name = "FILE")]
    args: Option<PathBuf>,
}

pub(crate) async fn run(command: PermitCommand, out: &Output) -> anyhow::Result<Exit> {
    let PermitCommand::Verify(args) = command;
    let token = match args.token.as_str() {
        "-" => read_stdin().context("cannot read the permit")?,
        token => token.to_owned(),
    };
    let claims = verify_permit(&token, &key_set(&args.jwks).await?, SystemClock.now())
        .context("the permit does not hold")?;
    let agent = args.agent.as_ref().map(AgentId::as_str);
    check_name("agent", agent, &claims.sub)?;
    check_name("action", args.action.as_ref().map(ActionName::as_str), &claims.action)?;
    if let Some(path) = &args.args {
        check_args(path, &claims)?;
    }
    if out.is_json() {
        out.document(&claims)?;
    } else {
        show(&claims, &args, out)?;
    }
    Ok(Exit::Success)
}

async fn key_set(place: &str) -> anyhow::Result<String> {
    if !place.starts_with("http://") && !place.starts_with("https://") {
        return fs::read_to_string(place).with_context(|| format!("cannot read `{place}`"));
    }
    let base = place.strip_suffix(JWKS_PATH).unwrap_or(place);
    Ok(Client::tcp(base, None)?.jwks().await?.to_string())
}

/// Compares a name in the permit with the one the tool was called under, where that is given.
fn check_name(what: &str, called: Option<&str>, permitted: &str) -> anyhow::Result<()> {
    match called.filter(|called| *called != permitted) {
        None => Ok(()),
        Some(called) => Err(Failure::new(
            format!("the permit is for {what} `{permitted}`, not `{called}`"),
            "do not run the tool; a permit is for one agent, one action and its arguments",
        )
        .into()),
    }
}

/// Compares digests: the same arguments in another order or spelling have the same.
fn check_args(path: &Path, claims: &PermitClaims) -> anyhow::Result<()> {
    let shown = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("cannot read `{shown}`"))?;
    let raw: Box<RawValue> =
        serde_json::from_str(&text).with_context(|| format!("`{shown}` is not JSON"))?;
    let digest = args_digest(&Arguments::parse(&raw)?);
    if digest.as_deref() == Some(claims.args_digest.as_str()) {
        return Ok(());
    }
    Err(Failure::new(
        format!("the permit is for other arguments than `{shown}`"),
        "do not run the tool; submit these arguments as an action of their own",
    )
    .into())
}

fn show(claims: &PermitClaims, args: &VerifyArgs, out: &Output) -> anyhow::Result<()> {
    out.line(format!(
        "{}: {} may run {} once, until {} UTC",
        out.paint(Tone::Good, "valid"),
        claims.sub,
        claims.action,
        readable(Timestamp::from_second(claims.exp)?),
    ))?;
    out.line(format!("action {}, record {}", claims.jti, claims.record))?;
    out.line(format!("arguments with the digest {}", claims.args_digest))?;
    let left = [
        ("--agent ID", args.agent.is_none()),
        ("--action ID", args.action.is_none()),
        ("--args FILE", args.args.is_none()),
    ];
    let left: Vec<_> = left.iter().filter(|(_, left)| *left).map(|(flag, _)| *flag).collect();
    if !left.is_empty() {
        out.note(format!("not all of the call was compared; pass {}", left.join(", ")));
    }
    Ok(())
}

fn read_stdin() -> io::Result<String> {
    let mut text = String::new();
    io::stdin().lock().take(64 * 1024).read_to_string(&mut text)?;
    Ok(text)
}
