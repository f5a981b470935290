//! `syndic comply verify`

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use syndic_gate::{BundleError, UnverifiableError, VerifiedReport, verify_bundle, verify_report};

use super::verified;
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// Compute a report again from the log it rests on, and name what differs
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic comply verify report.json --log governance
  syndic comply verify report.json --log backup/.syndic --key log.vkey
  syndic comply verify report.json --proofs report.proofs --key log.vkey

A directory may be in use meanwhile. Without --key, the keys are the directory's own: then it is shown that the report
and the log belong together, not whose they are.

Exit status: 0 verified, 1 refuted, 2 nothing could be said: also where records that it rests on were dropped since.")]
pub(crate) struct VerifyArgs {
    /// The report, as JSON
    #[arg(value_name = "REPORT")]
    report: PathBuf,
    /// The governance or data directory of the log; that of --dir where neither this nor --proofs is given
    #[arg(long, value_name = "DIR", conflicts_with = "proofs")]
    log: Option<PathBuf>,
    /// The proofs that were written with the report
    #[arg(long, value_name = "FILE", requires = "key")]
    proofs: Option<PathBuf>,
    /// A verifier key of the log, or a file with one a line
    #[arg(long, value_name = "KEY|FILE")]
    key: Vec<String>,
}

pub(crate) fn run(args: &VerifyArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    match verify(args, global, out) {
        Ok(exit) => Ok(exit),
        Err(error) if error.downcast_ref::<Failure>().is_some() => Err(error),
        Err(error) => {
            out.error(&error, None);
            Ok(if is_refuted(&error) { Exit::Failure } else { Exit::Usage })
        }
    }
}

/// Tells whether what was found speaks against the report, and does not only say too little.
fn is_refuted(error: &anyhow::Error) -> bool {
    let other_log = matches!(
        error.downcast_ref(),
        Some(
            UnverifiableError::Short { .. }
                | UnverifiableError::NoPolicy
                | UnverifiableError::Refuted(..)
        )
    );
    let other_proofs = matches!(
        error.downcast_ref(),
        Some(BundleError::Refused(_) | BundleError::Other | BundleError::Head { .. })
    );
    other_log || other_proofs
}

fn verify(args: &VerifyArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let report = super::read(&args.report)?;
    let keys = syndic_verify::keys(&args.key)?;
    if let Some(file) = &args.proofs {
        let proofs = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read `{}`", file.display()))?;
        let verified = verify_bundle(&report, &proofs, &keys)?;
        verified::bundle(&verified, &report, out)?;
        return Ok(exit(verified.holds()));
    }
    let (data_dir, dir) = places(args.log.as_deref().unwrap_or(&global.dir))?;
    let verified = verify_report(&report, &data_dir, &dir, &keys)?;
    verified::report(&verified, &report, &keys, out)?;
    Ok(ended(&verified))
}

/// Tells the data directory, and where the governance directory stands or stood.
fn places(log: &Path) -> Result<(PathBuf, PathBuf), Failure> {
    if log.join("syndic.yaml").is_file() {
        return Ok((syndic_governance::data_dir(log), log.to_owned()));
    }
    if log.join("segments").is_dir() {
        let above = log.parent().filter(|above| !above.as_os_str().is_empty());
        return Ok((log.to_owned(), above.unwrap_or(Path::new(".")).to_owned()));
    }
    let message = format!("`{}` is neither a governance nor a data directory", log.display());
    Err(Failure::usage(message, "name the one that the report was made from with --log DIR"))
}

fn ended(verified: &VerifiedReport) -> Exit {
    if verified.is_cut() { Exit::Usage } else { exit(verified.holds()) }
}

const fn exit(holds: bool) -> Exit {
    if holds { Exit::Success } else { Exit::Failure }
}
