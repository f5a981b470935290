//! `syndic comply verify`

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Value, json};
use syndic_compliance::{Difference, Report};
use syndic_gate::{
    BundleError, ReportSignature, UnverifiableError, VerifiedBundle, VerifiedReport, verify_bundle,
    verify_report,
};
use syndic_ledger::VerifierKey;

use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Tone};

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
        return bundle(&verified, &report, out);
    }
    let (data_dir, dir) = places(args.log.as_deref().unwrap_or(&global.dir))?;
    let verified = verify_report(&report, &data_dir, &dir, &keys)?;
    directory(&verified, &report, keys.as_slice(), out)
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

fn directory(
    verified: &VerifiedReport,
    report: &Report,
    keys: &[VerifierKey],
    out: &Output,
) -> anyhow::Result<Exit> {
    if out.is_json() {
        out.document(&json!({
            "verified": verified.holds(),
            "outcome": outcome(verified),
            "signature": signature(&verified.signature),
            "keys": if keys.is_empty() { "directory" } else { "given" },
            "records": report.log.size,
            "differences": verified.differences.count,
            "first": verified.differences.first.iter().map(difference).collect::<Vec<_>>(),
            "unproved": verified.unproved,
            "dropped_since": verified.dropped_since,
            "erased_since": verified.erased_since,
            "record": verified.record,
        }))?;
        return Ok(ended(verified));
    }
    said(&verified.signature, out)?;
    if verified.differences.first.iter().any(|one| one.path == "log/signed") {
        out.warning(
            "the log does not have the root that its checkpoint signs: it was changed, or belongs to another log",
        );
    }
    if let Some(other) = verified.differences.first.iter().find(|one| one.path == "log/origin") {
        let name =
            |value: &Option<Value>| value.as_ref().map_or("none".to_owned(), Value::to_string);
        out.warning(format!(
            "the report names the log {}, and this is {}: give the log that it was made from with --log DIR",
            name(&other.claimed),
            name(&other.recomputed)
        ));
    }
    for one in &verified.differences.first {
        let said =
            |value: &Option<Value>| value.as_ref().map_or("nothing".to_owned(), Value::to_string);
        let path = out.paint(Tone::Strong, &one.path);
        out.line(format!(
            "{path}\n  the report says  {}\n  the log says     {}",
            said(&one.claimed),
            said(&one.recomputed)
        ))?;
    }
    let more = verified.differences.count.saturating_sub(verified.differences.first.len() as u64);
    if more > 0 {
        out.line(format!("and {more} more"))?;
    }
    if !verified.unproved.is_empty() {
        out.line(format!("cited and not proved: {}", listed(&verified.unproved)))?;
    }
    if let Some(first) = verified.dropped_since {
        out.warning(format!(
            "records before {first} were dropped since, so what rested on them cannot be computed"
        ));
    }
    if verified.erased_since > 0 {
        out.warning(format!(
            "what was recorded of users was erased since, {} times: the records still prove, and what stood beside them \
             cannot be looked at any more",
            verified.erased_since
        ));
    }
    if verified.holds() {
        let readings = report.readings.len();
        let done = format!(
            "verified: {readings} readings over {} records are what the log says",
            report.log.size
        );
        out.line(out.paint(Tone::Good, done))?;
        if let Some(record) = verified.record {
            out.note(format!("that it was made is record {record} of the log"));
        }
    } else if verified.is_cut() {
        let told = format!(
            "not refuted, and not to be computed any more: {} values rest on records that were dropped",
            verified.differences.count
        );
        out.line(out.paint(Tone::Waiting, told))?;
    } else {
        let told = match verified.differences.count {
            0 => "refuted, though every value is what the log says".to_owned(),
            1 => "refuted: one value differs".to_owned(),
            count => format!("refuted: {count} values differ"),
        };
        out.line(out.paint(Tone::Bad, told))?;
    }
    if keys.is_empty() {
        out.note("the keys are the directory's own; give the log's key that you know with --key");
    }
    Ok(ended(verified))
}

/// Says in a word what came of it.
fn outcome(verified: &VerifiedReport) -> &'static str {
    match (verified.holds(), verified.is_cut()) {
        (true, _) => "verified",
        (false, true) => "dropped",
        (false, false) => "refuted",
    }
}

fn ended(verified: &VerifiedReport) -> Exit {
    if verified.is_cut() { Exit::Usage } else { exit(verified.holds()) }
}

fn bundle(verified: &VerifiedBundle, report: &Report, out: &Output) -> anyhow::Result<Exit> {
    if out.is_json() {
        out.document(&json!({
            "verified": verified.holds(),
            "signature": signature(&verified.signature),
            "keys": "given",
            "records": report.log.size,
            "recomputed": false,
            "proved": verified.proved,
            "unproved": verified.unproved,
            "not_recomputed": verified.not_recomputed,
        }))?;
        return Ok(exit(verified.holds()));
    }
    said(&verified.signature, out)?;
    out.line(format!(
        "{} records that it cites are in the log of {} records",
        verified.proved, report.log.size
    ))?;
    if !verified.unproved.is_empty() {
        out.line(format!("cited and not proved: {}", listed(&verified.unproved)))?;
    }
    out.warning(format!(
        "{} readings, and the score, checks, controls and gaps that follow from them, were not computed again: whoever \
         has the log's key could have signed others; that takes the log (--log DIR)",
        verified.not_recomputed.len()
    ));
    Ok(exit(verified.holds()))
}

const fn exit(holds: bool) -> Exit {
    if holds { Exit::Success } else { Exit::Failure }
}

fn said(signed: &ReportSignature, out: &Output) -> anyhow::Result<()> {
    let (tone, text) = match signed {
        ReportSignature::Valid(by) => (Tone::Good, format!("signed by {}", by.join(", "))),
        ReportSignature::Missing => (Tone::Bad, "not signed".to_owned()),
        ReportSignature::Refuted(why) => (Tone::Bad, format!("signature: {why}")),
        ReportSignature::Unknown(why) => (Tone::Bad, format!("signature: {why}")),
    };
    Ok(out.line(out.paint(tone, text))?)
}

fn signature(signed: &ReportSignature) -> Value {
    match signed {
        ReportSignature::Valid(by) => json!({"state": "valid", "by": by}),
        ReportSignature::Missing => json!({"state": "missing"}),
        ReportSignature::Refuted(why) => json!({"state": "refuted", "why": why}),
        ReportSignature::Unknown(why) => json!({"state": "unknown", "why": why}),
    }
}

fn difference(one: &Difference) -> Value {
    json!({"path": one.path, "claimed": one.claimed, "recomputed": one.recomputed})
}

fn listed(records: &[u64]) -> String {
    records.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
}
