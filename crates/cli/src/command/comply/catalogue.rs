//! `syndic comply catalogue`

use jiff::Timestamp;
use jiff::tz::TimeZone;
use syndic_compliance::Catalogue;
use syndic_gate::{SystemClock, catalogue_document};
use syndic_model::Clock as _;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};

/// Show the frameworks and duties that reports are judged by
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic comply catalogue
  syndic comply catalogue eu-ai-act
  syndic comply catalogue --json

Duties are paraphrased, with the day of their review; this is no legal advice.")]
pub(crate) struct CatalogueArgs {
    /// Show the controls of this framework
    #[arg(value_name = "FRAMEWORK")]
    framework: Option<String>,
}

pub(crate) fn run(args: &CatalogueArgs, out: &Output) -> anyhow::Result<Exit> {
    if out.is_json() {
        out.document(&catalogue_document()?)?;
        return Ok(Exit::Success);
    }
    let catalogue = Catalogue::builtin()?;
    let today = Timestamp::to_zoned(SystemClock.now(), TimeZone::UTC).date();
    if let Some(warning) = catalogue.review(today) {
        out.warning(warning);
    }
    match &args.framework {
        Some(id) => controls(catalogue, id, out)?,
        None => frameworks(catalogue, out)?,
    }
    Ok(Exit::Success)
}

fn frameworks(catalogue: &Catalogue, out: &Output) -> anyhow::Result<()> {
    let mut table = Table::new(&["framework", "controls", "title"]);
    for framework in &catalogue.frameworks {
        table.push(vec![
            Cell::from(framework.id.as_str()),
            Cell::from(framework.controls.len().to_string()),
            Cell::from(framework.title.as_str()),
        ]);
    }
    table.write(out)?;
    out.note(format!("as of {}", out.paint(Tone::Quiet, catalogue.as_of)));
    Ok(())
}

fn controls(catalogue: &Catalogue, id: &str, out: &Output) -> anyhow::Result<()> {
    let framework = catalogue.framework(id).ok_or_else(|| {
        Failure::usage(
            format!("there is no framework `{id}`"),
            "`syndic comply catalogue` lists them",
        )
    })?;
    let mut table = Table::new(&["control", "reference", "title", "probes"]);
    for control in &framework.controls {
        table.push(vec![
            Cell::from(control.id.as_str()),
            Cell::from(control.reference.as_str()),
            Cell::from(control.title.as_str()),
            Cell::from(catalogue.evidence_of(control).join(" ")),
        ]);
    }
    table.write(out)?;
    Ok(())
}
