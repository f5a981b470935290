//! Places for the findings of the policy crate, which knows agents and actions but no lines.

use std::collections::BTreeSet;

use syndic_model::{Finding, Place};

use crate::catalogue::Catalogue;
use crate::directory::Directory;

/// Points a finding at what it names: an entry of the catalogue, or a field of a profile.
pub(crate) fn place(finding: Finding, catalogue: &Catalogue, directory: &Directory) -> Finding {
    if finding.place.position.is_some() {
        return finding;
    }
    let mut named = finding.message.split('`').skip(1).step_by(2);
    let found = match finding.place.file.as_str() {
        "actions" => named.find_map(|name| catalogue.places.get(name).cloned()),
        file => {
            let text = directory.text(file);
            let position = named.find_map(|name| field(text, name));
            position.map(|position| Place { file: file.to_owned(), position: Some(position) })
        }
    };
    match found {
        Some(place) => Finding { place, ..finding },
        None => finding,
    }
}

/// Finds a top-level field of a YAML file.
fn field(text: &str, name: &str) -> Option<(u32, u32)> {
    let is_field = |line: &str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(':'));
    let line = text.lines().position(is_field)?;
    Some((u32::try_from(line).ok()?.checked_add(1)?, 1))
}

/// Drops from `told` what was already found at its line: the same code in the same file.
pub(crate) fn untold(told: Vec<Finding>, found: &[Finding]) -> Vec<Finding> {
    let known: BTreeSet<_> =
        found.iter().map(|finding| (&finding.place.file, finding.code)).collect();
    told.into_iter()
        .filter(|finding| !known.contains(&(&finding.place.file, finding.code)))
        .collect()
}
