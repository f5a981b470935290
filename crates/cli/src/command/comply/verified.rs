//! What `syndic comply verify` prints.

use serde_json::{Value, json};
use syndic_compliance::{Difference, Differences, Report};
use syndic_gate::{ReportSignature, VerifiedBundle, VerifiedReport};
use syndic_ledger::VerifierKey;

use crate::output::{Output, Tone};

/// Prints what came of a comparison with a log.
pub(super) fn report(
    verified: &VerifiedReport,
    report: &Report,
    keys: &[VerifierKey],
    out: &Output,
) -> anyhow::Result<()> {
    if out.is_json() {
        return Ok(out.document(&report_json(verified, report, keys))?);
    }
    signed(&verified.signature, out)?;
    other_log(verified, out);
    differences(&verified.differences, "the log says", out)?;
    unproved(&verified.unproved, out)?;
    lost(verified, out);
    verdict(verified, report, out)?;
    if keys.is_empty() {
        out.note("the keys are the directory's own; give the log's key that you know with --key");
    }
    Ok(())
}

/// Prints what came of a comparison with proofs.
pub(super) fn bundle(
    verified: &VerifiedBundle,
    report: &Report,
    out: &Output,
) -> anyhow::Result<()> {
    if out.is_json() {
        return Ok(out.document(&json!({
            "verified": verified.holds(),
            "signature": signature_json(&verified.signature),
            "keys": "given",
            "records": report.log.size,
            "recomputed": false,
            "differences": verified.differences.count,
            "first": first_json(&verified.differences),
            "proved": verified.proved,
            "unproved": verified.unproved,
            "not_recomputed": verified.not_recomputed,
        }))?);
    }
    signed(&verified.signature, out)?;
    out.line(format!(
        "{} records that it cites are in the log of {} records",
        verified.proved, report.log.size
    ))?;
    unproved(&verified.unproved, out)?;
    differences(&verified.differences, "its readings say", out)?;
    match verified.differences.count {
        0 => out
            .line("its score, checks, controls and gaps follow from its readings and statements")?,
        count => out.line(out.paint(Tone::Bad, differ(count)))?,
    }
    out.warning(format!(
        "{} readings were not computed again: whoever has the log's key could have signed others; that takes the log \
         (--log DIR)",
        verified.not_recomputed.len()
    ));
    Ok(())
}

fn report_json(verified: &VerifiedReport, report: &Report, keys: &[VerifierKey]) -> Value {
    json!({
        "verified": verified.holds(),
        "outcome": outcome(verified),
        "signature": signature_json(&verified.signature),
        "keys": if keys.is_empty() { "directory" } else { "given" },
        "records": report.log.size,
        "differences": verified.differences.count,
        "first": first_json(&verified.differences),
        "unproved": verified.unproved,
        "dropped_since": verified.dropped_since,
        "erased_since": verified.erased_since,
        "record": verified.record,
    })
}

/// Says in a word what came of it.
fn outcome(verified: &VerifiedReport) -> &'static str {
    match (verified.holds(), verified.is_cut()) {
        (true, _) => "verified",
        (false, true) => "dropped",
        (false, false) => "refuted",
    }
}

fn signature_json(signed: &ReportSignature) -> Value {
    match signed {
        ReportSignature::Valid(by) => json!({"state": "valid", "by": by}),
        ReportSignature::Missing => json!({"state": "missing"}),
        ReportSignature::Refuted(why) => json!({"state": "refuted", "why": why}),
        ReportSignature::Unknown(why) => json!({"state": "unknown", "why": why}),
    }
}

fn first_json(differences: &Differences) -> Value {
    let difference = |one: &Difference| json!({"path": one.path, "claimed": one.claimed, "recomputed": one.recomputed});
    differences.first.iter().map(difference).collect()
}

fn signed(signed: &ReportSignature, out: &Output) -> anyhow::Result<()> {
    let (tone, text) = match signed {
        ReportSignature::Valid(by) => (Tone::Good, format!("signed by {}", by.join(", "))),
        ReportSignature::Missing => (Tone::Bad, "not signed".to_owned()),
        ReportSignature::Refuted(why) | ReportSignature::Unknown(why) => {
            (Tone::Bad, format!("signature: {why}"))
        }
    };
    Ok(out.line(out.paint(tone, text))?)
}

/// Says where it is another log than the one that the report was made from.
fn other_log(verified: &VerifiedReport, out: &Output) {
    let at = |path: &str| verified.differences.first.iter().find(|one| one.path == path);
    if at("log/signed").is_some() {
        out.warning(
            "the log does not have the root that its checkpoint signs: it was changed, or belongs to another log",
        );
    }
    if let Some(other) = at("log/origin") {
        out.warning(format!(
            "the report names the log {}, and this is {}: give the log that it was made from with --log DIR",
            said(other.claimed.as_ref()),
            said(other.recomputed.as_ref())
        ));
    }
}

/// Names what differs; `by` says what else says so.
fn differences(differences: &Differences, by: &str, out: &Output) -> anyhow::Result<()> {
    for one in &differences.first {
        out.line(format!(
            "{}\n  {:<17}{}\n  {by:<17}{}",
            out.paint(Tone::Strong, &one.path),
            "the report says",
            said(one.claimed.as_ref()),
            said(one.recomputed.as_ref())
        ))?;
    }
    let more = differences.count.saturating_sub(differences.first.len() as u64);
    if more > 0 {
        out.line(format!("and {more} more"))?;
    }
    Ok(())
}

fn said(value: Option<&Value>) -> String {
    value.map_or("nothing".to_owned(), Value::to_string)
}

fn unproved(records: &[u64], out: &Output) -> anyhow::Result<()> {
    if records.is_empty() {
        return Ok(());
    }
    let listed: Vec<_> = records.iter().map(u64::to_string).collect();
    Ok(out.line(format!("cited and not proved: {}", listed.join(", ")))?)
}

/// Says what cannot be looked at any more.
fn lost(verified: &VerifiedReport, out: &Output) {
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
}

fn differ(count: u64) -> String {
    match count {
        1 => "refuted: one value differs".to_owned(),
        count => format!("refuted: {count} values differ"),
    }
}

fn verdict(verified: &VerifiedReport, report: &Report, out: &Output) -> anyhow::Result<()> {
    let count = verified.differences.count;
    let (tone, told) = if verified.holds() {
        let (readings, records) = (report.readings.len(), report.log.size);
        (
            Tone::Good,
            format!("verified: {readings} readings over {records} records are what the log says"),
        )
    } else if verified.is_cut() {
        (
            Tone::Waiting,
            format!(
                "not refuted, and not to be computed any more: {count} values rest on records that were dropped"
            ),
        )
    } else {
        let told = match count {
            0 => "refuted, though every value is what the log says".to_owned(),
            count => differ(count),
        };
        (Tone::Bad, told)
    };
    out.line(out.paint(tone, told))?;
    if verified.holds()
        && let Some(record) = verified.record
    {
        out.note(format!("that it was made is record {record} of the log"));
    }
    Ok(())
}
