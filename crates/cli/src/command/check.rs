//! `syndic check`

mod deep;
mod statements;

use std::path::Path;

use jiff::tz::TimeZone;
use serde_json::json;
use syndic_gate::SystemClock;
use syndic_governance::{Checked, observed_too_long, read_cases};
use syndic_model::{Clock, Level};
use syndic_prove::World;

use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::finding::{self, FindingBody};
use crate::output::{Output, Tone};
use crate::{directory, sarif, solver};

/// Find every mistake in the governance directory
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic check                             the directory you are in
  syndic check --dir governance --json     for a machine
  syndic check --sarif > findings.sarif    for code scanning, paths relative to DIR

  syndic check --deep                      and what only the solver sees: cvc5, in PATH or at $CVC5

Mistakes in tests and invariants are told too. docs/findings.md lists what can be found.
Exits 1 when there is an error; warnings and notes do not count.")]
pub(crate) struct CheckArgs {
    /// Answer with SARIF 2.1.0, for code scanning
    #[arg(long)]
    sarif: bool,
    /// Also ask the solver which policies never match, can fail to evaluate, or permit nothing of their own
    #[arg(long)]
    deep: bool,
}

pub(crate) async fn run(args: &CheckArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    if args.sarif && out.is_json() {
        return Err(Failure::usage("--sarif and --json are two formats", "give one of them").into());
    }
    let mut checked = directory::check(&global.dir)?;
    add_roll_out(&mut checked, &SystemClock);
    add_tests(&mut checked, &global.dir);
    add_invariants(&mut checked)?;
    statements::add(&mut checked)?;
    if args.deep {
        deep::look(&mut checked, out).await?;
    }
    checked.findings.sort_by(|a, b| (a.level, &a.place).cmp(&(b.level, &b.place)));
    if args.sarif {
        out.document(&sarif::log(&checked.findings))?;
    } else if out.is_json() {
        let findings: Vec<_> = checked.findings.iter().map(FindingBody::from).collect();
        let revision = checked.governance.as_ref().map(|governance| &governance.revision);
        out.document(
            &json!({ "ok": is_sound(&checked), "revision": revision, "findings": findings }),
        )?;
    } else {
        for one in &checked.findings {
            out.line(finding::render(one, &checked.sources, out.colours()))?;
        }
        out.line(verdict(&checked, out))?;
    }
    Ok(if is_sound(&checked) { Exit::Success } else { Exit::Failure })
}

/// Adds which risky agents were observed for too long: that depends on the day, and loading does not.
fn add_roll_out(checked: &mut Checked, clock: &dyn Clock) {
    if let Some(governance) = &checked.governance {
        let today = clock.now().to_zoned(TimeZone::UTC).date();
        checked.findings.append(&mut observed_too_long(governance, today));
    }
}

/// Adds what is wrong in the tests of the policies, which can be told once the rest is right.
fn add_tests(checked: &mut Checked, dir: &Path) {
    if let Some(governance) = &checked.governance {
        let mut read = read_cases(dir, governance);
        checked.findings.append(&mut read.findings);
        checked.sources.append(&mut read.sources);
    }
}

/// Adds what is wrong in the invariants, which need the catalogue's schema too.
fn add_invariants(checked: &mut Checked) -> anyhow::Result<()> {
    if let Some(governance) = checked.governance.as_ref().filter(|one| !one.invariants.is_empty()) {
        let world = World::new(solver::subject(governance))?;
        let files = governance.invariants.iter();
        let files = files.map(|(path, text)| (path.as_str(), text.as_str()));
        checked.findings.append(&mut syndic_prove::read(files, &world).findings);
    }
    Ok(())
}

fn is_sound(checked: &Checked) -> bool {
    checked.findings.iter().all(|finding| finding.level != Level::Error)
}

fn verdict(checked: &Checked, out: &Output) -> String {
    let counts = counts(checked);
    match &checked.governance {
        Some(_) if !is_sound(checked) => {
            format!("{}: {counts}", out.paint(Tone::Bad, "tests or invariants cannot be read"))
        }
        Some(governance) => format!(
            "{}: {} agents, {} actions, {} files, revision {}; {counts}",
            out.paint(Tone::Good, "ok"),
            governance.agents.len(),
            governance.catalogue.len(),
            governance.files.len(),
            governance.revision,
        ),
        None => format!("{}: {counts}", out.paint(Tone::Bad, "not loadable")),
    }
}

/// Counts the findings of each level, as in `1 error, 2 warnings`.
fn counts(checked: &Checked) -> String {
    let count = |level| checked.findings.iter().filter(|finding| finding.level == level).count();
    let told: Vec<_> = [Level::Error, Level::Warning, Level::Note]
        .into_iter()
        .filter_map(|level| match count(level) {
            0 => None,
            1 => Some(format!("1 {level}")),
            many => Some(format!("{many} {level}s")),
        })
        .collect();
    if told.is_empty() { "no findings".to_owned() } else { told.join(", ") }
}
