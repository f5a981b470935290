//! `syndic check`

use serde_json::json;
use syndic_governance::Checked;
use syndic_model::Level;

use crate::args::Global;
use crate::directory;
use crate::exit::Exit;
use crate::finding::{self, FindingBody};
use crate::output::{Output, Tone};

/// Find every mistake in the governance directory
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic check                             the directory you are in
  syndic check --dir governance --json     for a machine

Exits 1 when there is an error; warnings and notes do not count.")]
pub(crate) struct CheckArgs {}

pub(crate) fn run(global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let checked = directory::check(&global.dir)?;
    if out.is_json() {
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

fn is_sound(checked: &Checked) -> bool {
    checked.governance.is_some()
}

fn verdict(checked: &Checked, out: &Output) -> String {
    let counts = counts(checked);
    match &checked.governance {
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
