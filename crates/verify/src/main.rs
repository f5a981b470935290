//! `syndic-verify`: verifies a data directory or a proof, for somebody who trusts nothing but a key.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use serde::Serialize;
use serde_json::{Value, json};
use syndic_ledger::VerifierKey;
use syndic_verify::{Options, ProofError, VerifyError, verify_directory, verify_proof};

/// The longest proof that is read: the most records, each as long as one can be.
const MOST_PROOF_BYTES: u64 = 128 << 20;

/// Verify a syndic data directory or a proof, with no server and no trust in whoever keeps it
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "\
Examples:
  syndic-verify proof.txt --vkey log.vkey
  syndic-verify proof.txt --vkey log.vkey --witness witness.vkey
  syndic-verify /var/lib/syndic --vkey log.vkey --from checkpoint.last-year

Get the log's verifier key from a source you trust, not from the directory you verify. Keep a checkpoint when you are
done: with --from, the next time proves that history was not rewritten since.

Exit status: 0 verified, 1 refuted, 2 nothing could be said."
)]
struct Args {
    /// A data directory, or a file that `syndic audit prove` or `sample` wrote
    #[arg(value_name = "DIR|PROOF")]
    subject: PathBuf,
    /// A verifier key of the log, or a file with one a line; may be given again
    #[arg(long, value_name = "KEY|FILE")]
    vkey: Vec<String>,
    /// The verifier key of a witness, or a file with one a line; one of them must have cosigned
    #[arg(long, value_name = "KEY|FILE")]
    witness: Vec<String>,
    /// A checkpoint of this log that was kept elsewhere; the directory must continue it
    #[arg(long, value_name = "FILE")]
    from: Vec<PathBuf>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let (code, answer, text) = match verify(&args) {
        Ok(Answer::Verified(report, text)) => (0, report, text),
        Ok(Answer::Refuted(index, why)) => {
            let answer = json!({ "verified": false, "index": index, "error": why });
            (1, answer, format!("refuted: {why}\n"))
        }
        Err(error) => {
            let answer = json!({ "verified": Value::Null, "error": format!("{error:#}") });
            (2, answer, format!("error: {error:#}\n"))
        }
    };
    let text = if args.json { format!("{answer}\n") } else { text };
    let written = if code == 2 && !args.json {
        io::stderr().write_all(text.as_bytes())
    } else {
        io::stdout().write_all(text.as_bytes())
    };
    // What was found is not to be taken for something else because nobody reads it.
    ExitCode::from(if written.is_err() { 2 } else { code })
}

enum Answer {
    /// The report, as JSON and for people.
    Verified(Value, String),
    /// The first bad index, and what is wrong.
    Refuted(Option<u64>, String),
}

fn verify(args: &Args) -> anyhow::Result<Answer> {
    let keys = syndic_verify::keys(&args.vkey)?;
    let witnesses = syndic_verify::keys(&args.witness)?;
    if args.subject.is_dir() {
        directory(args, &keys, &witnesses)
    } else {
        proof(args, &keys, &witnesses)
    }
}

fn directory(
    args: &Args,
    keys: &[VerifierKey],
    witnesses: &[VerifierKey],
) -> anyhow::Result<Answer> {
    let from = args.from.iter().map(|file| Ok((file.clone(), syndic_verify::checkpoint(file)?)));
    let from = from.collect::<anyhow::Result<Vec<_>>>()?;
    let options = Options { keys, witnesses, from: &from, ..Options::default() };
    match verify_directory(&args.subject, &options) {
        Ok(report) => verified(&report, report.to_string()),
        Err(VerifyError::Refuted(found)) => Ok(Answer::Refuted(found.index, found.to_string())),
        Err(VerifyError::Unusable(error)) => Err(error.into()),
    }
}

fn proof(args: &Args, keys: &[VerifierKey], witnesses: &[VerifierKey]) -> anyhow::Result<Answer> {
    anyhow::ensure!(
        !keys.is_empty(),
        "a proof is verified with the log's key; give it with --vkey"
    );
    anyhow::ensure!(args.from.is_empty(), "--from is for a data directory");
    let text = read(&args.subject)?;
    match verify_proof(&text, keys, witnesses) {
        Ok(report) => verified(&report, report.to_string()),
        Err(ProofError::Unusable(error)) => {
            Err(anyhow::Error::new(error)
                .context(format!("`{}` is no proof", args.subject.display())))
        }
        Err(refused) => Ok(Answer::Refuted(None, refused.to_string())),
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    let unread = || format!("cannot read `{}`", path.display());
    let length = fs::metadata(path).with_context(unread)?.len();
    anyhow::ensure!(length <= MOST_PROOF_BYTES, "`{}` is too long for a proof", path.display());
    fs::read_to_string(path).with_context(unread)
}

fn verified(report: &impl Serialize, text: String) -> anyhow::Result<Answer> {
    let mut report = serde_json::to_value(report)?;
    if let Some(report) = report.as_object_mut() {
        report.shift_insert(0, "verified".to_owned(), Value::Bool(true));
    }
    Ok(Answer::Verified(report, text))
}
