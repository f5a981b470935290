//! Statements about what the catalogue of duties does not have.

use syndic_compliance::Catalogue;
use syndic_governance::{Checked, did_you_mean, stated};
use syndic_model::{Finding, Level, Place, StatementField};

/// What stands before an item of the checklist in a statement about it.
const ITEMS: &str = "checklist";

/// Adds the statements that a report counts for nothing, because there is nothing that they are about.
pub(super) fn add(checked: &mut Checked) -> anyhow::Result<()> {
    let catalogue = Catalogue::builtin()?;
    let stated = stated(&checked.sources).into_iter();
    let unknown = stated.filter(|(field, _)| !catalogue.knows(field.as_str()));
    checked.findings.extend(unknown.map(|(field, place)| finding(&field, place, catalogue)));
    Ok(())
}

fn finding(field: &StatementField, place: Place, catalogue: &Catalogue) -> Finding {
    let (framework, id) = field.as_str().split_once(':').unwrap_or_default();
    let (what, list) = match framework {
        ITEMS => (
            format!("the checklist has no item `{id}`"),
            "`syndic checklist --agent AGENT` lists them".to_owned(),
        ),
        known if catalogue.framework(known).is_some() => (
            format!("there is no control `{field}`"),
            format!("`syndic comply catalogue {known}` lists them"),
        ),
        _ => (
            format!("there is no framework `{framework}`"),
            "`syndic comply catalogue` lists them".to_owned(),
        ),
    };
    let items = catalogue.checklist.iter().map(|item| format!("{ITEMS}:{}", item.id));
    let known: Vec<_> = catalogue.controls().map(|one| one.id.clone()).chain(items).collect();
    let near = did_you_mean(field.as_str(), known.iter().map(String::as_str));
    Finding {
        level: Level::Warning,
        code: "unknown-control",
        place,
        message: format!("{what}, so a report counts the statement for nothing"),
        hint: Some(near.unwrap_or(list)),
    }
}
