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
use syndic_model::{Arguments, Clock as _};

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
  syndic permit verify eyJhbGciOi… --jwks jwks.json --args args.json
  syndic permit verify - --jwks http://127.0.0.1:7860/.well-known/jwks.json < permit

With a file, nothing is asked over the network. Exits 1 when the permit does not hold.")]
pub(crate) enum PermitCommand {
    /// Check the signature and the time of a permit, and which arguments it is for
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
    if let Some(path) = &args.args {
        check_args(path, &claims)?;
    }
    if out.is_json() {
        out.document(&claims)?;
    } else {
        show(&claims, args.args.is_some(), out)?;
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

fn show(claims: &PermitClaims, args_checked: bool, out: &Output) -> anyhow::Result<()> {
    out.line(format!(
        "{}: {} may run {} once, until {} UTC",
        out.paint(Tone::Good, "valid"),
        claims.sub,
        claims.action,
        readable(Timestamp::from_second(claims.exp)?),
    ))?;
    out.line(format!("action {}, record {}", claims.jti, claims.record))?;
    if !args_checked {
        out.note(format!(
            "the arguments were not checked; pass --args FILE, or compare their digest with {}",
            claims.args_digest
        ));
    }
    Ok(())
}

fn read_stdin() -> io::Result<String> {
    let mut text = String::new();
    io::stdin().lock().take(64 * 1024).read_to_string(&mut text)?;
    Ok(text)
}
