//! The summary for a terminal.

use super::told::one_line;
use super::wrap::{shorten, wrap, wrap_command};
use super::written::{count, is_command, time};
use crate::{CHECKS, Gap, Report, Status};

/// How many gaps are told with what closes them.
const GAPS: usize = 5;

/// How long a reason may be; all of it is in the report.
const REASON: usize = 190;

/// Writes the summary of a report: plain text of at most 100 columns, what is not shown first.
#[must_use]
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    head(report, &mut out);
    limits(report, &mut out);
    checks(report, &mut out);
    counts(report, &mut out);
    gaps(report, &mut out);
    foot(report, &mut out);
    out
}

fn head(report: &Report, out: &mut String) {
    let agent = &report.agent;
    let name = format!("{} ({})", one_line(&agent.name), one_line(&agent.id));
    wrap(out, "", "", &name);
    let grades = match agent.grades.as_slice() {
        [] => "no path seen".to_owned(),
        grades => one_line(&grades.join(", ")),
    };
    let about = format!(
        "{} risk, {} ({grades}); evidence of {}, {} of {}",
        one_line(&agent.risk_level),
        one_line(&agent.mode),
        time(report.made_at),
        count(usize::try_from(report.log.size).unwrap_or(usize::MAX), "record", "records"),
        one_line(&report.log.origin),
    );
    wrap(out, "", "", &about);
    wrap(out, "", "", &one_line(&report.headline));
}

fn limits(report: &Report, out: &mut String) {
    out.push_str("\nWhat this report does not show\n");
    for limit in &report.not_shown {
        wrap(out, "  - ", "    ", &one_line(&limit.told));
    }
}

fn checks(report: &Report, out: &mut String) {
    out.push_str("\nThe seven checks\n");
    for name in CHECKS {
        let status = report.checks.get(name).map_or(Status::Unknown, |check| check.status);
        wrap(out, &format!("  {name:<18}"), "", status.as_str());
    }
}

fn counts(report: &Report, out: &mut String) {
    let controls: usize = report.frameworks.iter().map(|framework| framework.controls.len()).sum();
    let frameworks = count(report.frameworks.len(), "framework", "frameworks");
    let head = format!("{} of {frameworks}", count(controls, "control", "controls"));
    out.push('\n');
    wrap(out, "", "", &head);
    for status in Status::ALL {
        let number = report.summary.controls.get(status.as_str()).copied().unwrap_or_default();
        if number > 0 {
            wrap(out, &format!("  {number:>5}  "), "", status.as_str());
        }
    }
}

fn gaps(report: &Report, out: &mut String) {
    out.push('\n');
    let shown = report.gaps.len().min(GAPS);
    let all = count(report.gaps.len(), "gap", "gaps");
    let head = if shown < report.gaps.len() { format!("{all}, the first {shown}") } else { all };
    wrap(out, "", "", &head);
    report.gaps.iter().take(GAPS).for_each(|gap| entry(gap, out));
}

fn entry(gap: &Gap, out: &mut String) {
    let from = gap.from.map(|from| format!(", from {from} on")).unwrap_or_default();
    let head = format!("{}: {}{from}", one_line(&gap.id), gap.status.as_str());
    wrap(out, "  - ", "    ", &head);
    wrap(out, "    ", "    ", &shorten(&one_line(&gap.why), REASON));
    for closes in &gap.closes {
        let write = if is_command(closes) { wrap_command } else { wrap };
        write(out, "    > ", "      ", &one_line(closes));
    }
}

fn foot(report: &Report, out: &mut String) {
    out.push('\n');
    let signed = if report.signature.is_some() { "signed" } else { "not signed" };
    let digest = report.digest().unwrap_or_else(|_| "none".to_owned());
    wrap(out, "", "", &format!("Report {digest}, {signed}."));
    wrap(out, "", "", super::sections::VERIFY);
}
