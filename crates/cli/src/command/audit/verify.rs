//! `syndic audit verify`

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Value, json};
use syndic_ledger::{Line, VerifierKey};
use syndic_store::{Examiner, MasterKey};
use syndic_verify::{Options, ProofError, VerifyError, verify_directory, verify_proof};

use crate::args::Global;
use crate::directory;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Tone};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic audit verify
  syndic audit verify --from checkpoint.last-year
  syndic audit verify proof.txt --vkey log.vkey --witness witness.vkey

A directory may be in use meanwhile. Where its keys are at hand, what is sealed beside the records is opened too.
`syndic-verify` does the same, and is all that an auditor needs.

Exit status: 0 verified, 1 refuted, 2 nothing could be said.")]
pub(crate) struct VerifyArgs {
    /// A data directory or a proof; the data directory of --dir when left out
    #[arg(value_name = "DIR|PROOF")]
    subject: Option<PathBuf>,
    /// A verifier key of the log, or a file with one a line; a directory's own when left out
    #[arg(long, value_name = "KEY|FILE")]
    vkey: Vec<String>,
    /// The verifier key of a witness, or a file with one a line; one of them must have cosigned
    #[arg(long, value_name = "KEY|FILE")]
    witness: Vec<String>,
    /// A checkpoint of this log that was kept elsewhere; the directory must continue it
    #[arg(long, value_name = "FILE")]
    from: Vec<PathBuf>,
}

pub(crate) fn run(args: &VerifyArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    match verify(args, global, out) {
        Ok(exit) => Ok(exit),
        Err(error) => {
            out.error(&error, None);
            Ok(Exit::Usage)
        }
    }
}

fn verify(args: &VerifyArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let keys = syndic_verify::keys(&args.vkey)?;
    let witnesses = syndic_verify::keys(&args.witness)?;
    match &args.subject {
        Some(file) if file.is_file() => proof(file, args, &keys, &witnesses, out),
        Some(data_dir) => {
            let examiner = Examiner::open(data_dir, &MasterKey::InDirectory);
            if let Err(error) = &examiner {
                out.warning(format!("what is sealed beside the records is not opened: {error}"));
            }
            records(data_dir, examiner.ok().as_ref(), args, &keys, &witnesses, out)
        }
        None => {
            let settings = directory::load(&global.dir, out)?.settings;
            let examiner = syndic_gate::examiner(&settings)?;
            records(&settings.data_dir, Some(&examiner), args, &keys, &witnesses, out)
        }
    }
}

fn records(
    data_dir: &Path,
    examiner: Option<&Examiner>,
    args: &VerifyArgs,
    keys: &[VerifierKey],
    witnesses: &[VerifierKey],
    out: &Output,
) -> anyhow::Result<Exit> {
    let from = args.from.iter().map(|file| Ok((file.clone(), syndic_verify::checkpoint(file)?)));
    let from = from.collect::<anyhow::Result<Vec<_>>>()?;
    let open = examiner.map(|examiner| {
        |line: &Line<'_>| examiner.examine(line).map_err(|error| error.to_string())
    });
    let parts = open.as_ref().map(|open| open as &syndic_verify::PartsHook<'_>);
    let options = Options { keys, witnesses, from: &from, parts, ..Options::default() };
    match verify_directory(data_dir, &options) {
        Ok(report) => verified(&report, &report.to_string(), out),
        Err(VerifyError::Refuted(found)) => refuted(found.index, &found.to_string(), out),
        Err(VerifyError::Unusable(error)) => Err(error.into()),
    }
}

fn proof(
    file: &Path,
    args: &VerifyArgs,
    keys: &[VerifierKey],
    witnesses: &[VerifierKey],
    out: &Output,
) -> anyhow::Result<Exit> {
    if keys.is_empty() {
        let message = "a proof is verified with the log's key";
        return Err(Failure::new(message, "give it with --vkey KEY or --vkey FILE").into());
    }
    anyhow::ensure!(args.from.is_empty(), "--from is for a data directory");
    match verify_proof(&fs::read_to_string(file)?, keys, witnesses) {
        Ok(report) => verified(&report, &report.to_string(), out),
        Err(ProofError::Unusable(error)) => Err(error.into()),
        Err(refused) => refuted(None, &refused.to_string(), out),
    }
}

fn verified(report: &impl Serialize, text: &str, out: &Output) -> anyhow::Result<Exit> {
    if out.is_json() {
        let mut report = serde_json::to_value(report)?;
        if let Some(report) = report.as_object_mut() {
            report.shift_insert(0, "verified".to_owned(), Value::Bool(true));
        }
        out.document(&report)?;
    } else {
        out.text(text)?;
    }
    Ok(Exit::Success)
}

fn refuted(index: Option<u64>, why: &str, out: &Output) -> anyhow::Result<Exit> {
    if out.is_json() {
        out.document(&json!({ "verified": false, "index": index, "error": why }))?;
    } else {
        out.line(format!("{}: {why}", out.paint(Tone::Bad, "refuted")))?;
    }
    Ok(Exit::Failure)
}
