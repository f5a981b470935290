//! `syndic pack`

use std::collections::BTreeMap;

use serde_json::json;
use syndic_governance::{Governance, InitError, Pack, Placed, pack, packs};
use syndic_model::Level;

use crate::args::Global;
use crate::directory;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};

/// Policies with their tests, to add to the governance directory
#[derive(Debug, clap::Subcommand)]
pub(crate) enum PackCommand {
    List(ListArgs),
    Show(ShowArgs),
    Add(AddArgs),
}

/// List the packs there are
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic pack list
  syndic pack list --json | jq -r '.packs[].name'")]
pub(crate) struct ListArgs {}

/// Show what a pack does, what it does not do, and its files
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic pack show owasp-agentic
  syndic pack show baseline --json | jq -r '.files[].text'")]
pub(crate) struct ShowArgs {
    /// A name that `syndic pack list` prints
    #[arg(value_name = "NAME")]
    name: String,
}

/// Copy a pack into the governance directory; no file that is there is changed
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic pack add baseline --dir governance
  syndic check --dir governance && syndic test --dir governance

Exits 1 when the directory has errors afterwards, 2 when there is no such pack.")]
pub(crate) struct AddArgs {
    /// A name that `syndic pack list` prints
    #[arg(value_name = "NAME")]
    name: String,
}

pub(crate) fn run(command: &PackCommand, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    match command {
        PackCommand::List(ListArgs {}) => list(out),
        PackCommand::Show(args) => show(find(&args.name)?, out),
        PackCommand::Add(args) => add(find(&args.name)?, global, out),
    }
}

fn find(name: &str) -> Result<&'static Pack, Failure> {
    pack(name).ok_or_else(|| {
        let names: Vec<_> = packs().iter().map(|pack| pack.name).collect();
        Failure::usage(
            format!("there is no pack `{}`", name.escape_debug()),
            format!("the packs are {}", names.join(", ")),
        )
    })
}

fn list(out: &Output) -> anyhow::Result<Exit> {
    if out.is_json() {
        let packs: Vec<_> = packs()
            .iter()
            .map(|pack| json!({ "name": pack.name, "summary": pack.summary }))
            .collect();
        out.document(&json!({ "packs": packs }))?;
        return Ok(Exit::Success);
    }
    let mut table = Table::new(&["pack", "what it is for"]);
    for pack in packs() {
        table.push(vec![Cell::from(pack.name), Cell::from(pack.summary)]);
    }
    table.write(out)?;
    Ok(Exit::Success)
}

fn show(pack: &Pack, out: &Output) -> anyhow::Result<Exit> {
    if out.is_json() {
        let files: Vec<_> =
            pack.files.iter().map(|(path, text)| json!({ "path": path, "text": text })).collect();
        let needs: Vec<_> = pack.needs.iter().map(|capability| capability.as_str()).collect();
        out.document(&json!({
            "name": pack.name,
            "summary": pack.summary,
            "page": pack.page,
            "needs": needs,
            "labels": pack.labels,
            "files": files,
        }))?;
        return Ok(Exit::Success);
    }
    out.text(pack.page)?;
    out.line("\n## Files\n")?;
    for (path, _) in pack.files {
        out.line(format!("- {path}"))?;
    }
    Ok(Exit::Success)
}

fn add(pack: &Pack, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    directory::check(&global.dir)?;
    let placed = pack.add(&global.dir).map_err(|error| match error {
        InitError::Exists { .. } | InitError::Write { .. } => anyhow::Error::from(error),
    })?;
    let checked = directory::check(&global.dir)?;
    let count = |level| checked.findings.iter().filter(|finding| finding.level == level).count();
    let (errors, warnings) = (count(Level::Error), count(Level::Warning));
    let missing: Vec<&str> = match &checked.governance {
        Some(governance) => pack
            .needs
            .iter()
            .filter(|needed| {
                !governance.catalogue.values().any(|entry| entry.capabilities.contains(*needed))
            })
            .map(|needed| needed.as_str())
            .collect(),
        None => Vec::new(),
    };
    let labels = labels(pack, checked.governance.as_ref());
    if out.is_json() {
        let files: Vec<_> = placed
            .iter()
            .map(|(path, placed)| json!({ "path": path, "placed": word(*placed) }))
            .collect();
        out.document(&json!({
            "ok": errors == 0,
            "files": files,
            "missing_capabilities": missing,
            "labels": labels,
            "errors": errors,
            "warnings": warnings,
        }))?;
    } else {
        let mut table = Table::without_header();
        for (path, placed) in &placed {
            let tone = if *placed == Placed::Kept { Tone::Waiting } else { Tone::Plain };
            table.push(vec![Cell::new(tone, word(*placed)), Cell::from(*path)]);
        }
        table.write(out)?;
        tell(pack, &placed, &missing, &labels, out)?;
        let dir = global.dir.display();
        let next = match (errors, warnings) {
            (0, 0) => format!("\nNext:\n  syndic test --dir {dir}"),
            _ => format!(
                "\nThe directory has {errors} errors and {warnings} warnings now; syndic check --dir {dir} shows them"
            ),
        };
        out.line(next)?;
    }
    Ok(if errors == 0 { Exit::Success } else { Exit::Failure })
}

/// Returns the labels that a pack is about, and the actions that leave each.
fn labels<'a>(
    pack: &Pack,
    governance: Option<&'a Governance>,
) -> BTreeMap<&'static str, Vec<&'a str>> {
    let left_by = |label: &str| {
        let entries = governance.into_iter().flat_map(|governance| &governance.catalogue);
        let leaves = entries.filter(|(_, entry)| entry.labels.contains(label));
        leaves.map(|(action, _)| action.as_str()).collect()
    };
    pack.labels.iter().map(|label| (*label, left_by(label))).collect()
}

/// Says what a person has to look at.
fn tell(
    pack: &Pack,
    placed: &[(&str, Placed)],
    missing: &[&str],
    labels: &BTreeMap<&str, Vec<&str>>,
    out: &Output,
) -> anyhow::Result<()> {
    if placed.iter().any(|(_, placed)| *placed == Placed::Kept) {
        let name = pack.name;
        out.line(format!(
            "\nWhat is kept differs from the pack; syndic pack show {name} --json has its text"
        ))?;
    }
    if !missing.is_empty() {
        let missing: Vec<_> = missing.iter().map(|capability| format!("`{capability}`")).collect();
        out.line(format!(
            "\nNo action has the capability {}: what the pack says about it matches nothing until one has",
            missing.join(" or "),
        ))?;
    }
    if !labels.is_empty() {
        out.line(
            "\nThe pack decides by labels; give them to every action that should leave them:",
        )?;
        for (label, actions) in labels {
            let left_by =
                if actions.is_empty() { "no action".to_owned() } else { actions.join(", ") };
            out.line(format!("  {label}, left by {left_by}"))?;
        }
    }
    Ok(())
}

const fn word(placed: Placed) -> &'static str {
    match placed {
        Placed::Added => "added",
        Placed::Unchanged => "unchanged",
        Placed::Kept => "kept",
    }
}
