//! `syndic comply diff`

use std::path::PathBuf;

use syndic_compliance::{Changed, Figure, FigureMoved, Gap, Moved, Status, changes};

use crate::exit::Exit;
use crate::output::{Output, Tone};
use crate::visible::visible;
use crate::when::readable;

const NOTHING: &str = "(nothing)";

/// Show what moved between two reports about an agent
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic comply diff january.json november.json
  syndic comply diff january.json november.json --json

Neither report is verified: `syndic comply verify` does that.")]
pub(crate) struct DiffArgs {
    /// The older report, as JSON
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The newer one
    #[arg(value_name = "NEW")]
    new: PathBuf,
}

pub(crate) fn run(args: &DiffArgs, out: &Output) -> anyhow::Result<Exit> {
    let found = changes(&super::read(&args.old)?, &super::read(&args.new)?)?;
    if out.is_json() {
        out.document(&found)?;
        return Ok(Exit::Success);
    }
    let (from, to) = (readable(found.from), readable(found.to));
    out.line(format!("{}: {from} to {to} UTC", found.agent))?;
    section("grounds", found.grounds.iter().map(changed), out)?;
    section("checks", found.checks.iter().map(moved), out)?;
    section("controls", found.controls.iter().map(moved), out)?;
    section("duties that do not apply yet", found.not_yet.iter().map(moved), out)?;
    let gap = |gap: &Gap| format!("{}: {}", gap.id, gap.why);
    section("gaps opened", found.opened.iter().map(gap), out)?;
    section("gaps closed", found.closed.iter().map(|gap| gap.id.clone()), out)?;
    let figure = |one: &FigureMoved| {
        format!(
            "{} {}: {} to {}",
            one.probe,
            one.name,
            told(one.from.as_ref()),
            told(one.to.as_ref())
        )
    };
    section("figures", found.figures.iter().map(figure), out)?;
    section("statements", found.statements.iter().map(changed), out)?;
    Ok(Exit::Success)
}

fn section(
    title: &str,
    lines: impl ExactSizeIterator<Item = String>,
    out: &Output,
) -> anyhow::Result<()> {
    if lines.len() == 0 {
        return Ok(());
    }
    out.line(format!("\n{}", out.paint(Tone::Strong, title)))?;
    for line in lines {
        out.folded(2, 2, Tone::Plain, &visible(&line))?;
    }
    Ok(())
}

fn changed(one: &Changed) -> String {
    let said = |text: &Option<String>| something(text.clone().unwrap_or_default());
    format!("{}: {} to {}", one.what, said(&one.from), said(&one.to))
}

fn moved(one: &Moved) -> String {
    let said = |status: Option<Status>| status.map_or(NOTHING, |status| status.as_str());
    format!("{}: {} to {} ({})", one.id, said(one.from), said(one.to), one.why)
}

fn told(figure: Option<&Figure>) -> String {
    match figure {
        None => NOTHING.to_owned(),
        Some(Figure::Count(count)) => count.to_string(),
        Some(Figure::Text(text)) => something(text.clone()),
        Some(Figure::List(all)) => something(all.join(", ")),
        Some(Figure::At(at)) => format!("{} UTC", readable(*at)),
    }
}

fn something(text: String) -> String {
    if text.is_empty() { NOTHING.to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use syndic_compliance::{Changed, Figure};

    use super::{changed, told};

    #[test]
    fn nothing_is_told_as_such_and_a_time_to_the_second() {
        let at = "2026-11-23T12:00:00.123456Z".parse().unwrap();
        for (figure, text) in [
            (None, "(nothing)"),
            (Some(Figure::Text(String::new())), "(nothing)"),
            (Some(Figure::List(vec![])), "(nothing)"),
            (Some(Figure::List(vec!["a".to_owned(), "b".to_owned()])), "a, b"),
            (Some(Figure::At(at)), "2026-11-23 12:00:00 UTC"),
        ] {
            assert_eq!(told(figure.as_ref()), text);
        }
        let one = Changed { what: "model".to_owned(), from: Some(String::new()), to: None };
        assert_eq!(changed(&one), "model: (nothing) to (nothing)");
    }
}
