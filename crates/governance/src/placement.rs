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
        "actions" => named
            .by_ref()
            .find_map(|name| catalogue.places.get(name).cloned())
            .map(|entry| within(entry, named.next().unwrap_or_default(), directory)),
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

/// Finds what a finding names inside an entry: a JSON pointer into its schema, or a text of it.
fn within(entry: Place, named: &str, directory: &Directory) -> Place {
    let text = directory.text(&entry.file);
    let line = entry.position.map_or(1, |(line, _)| line);
    let skipped = text.split_inclusive('\n').take(usize::try_from(line).unwrap_or(0));
    let start: usize = skipped.map(str::len).sum();
    let mut at = start;
    let steps: Vec<&str> = match named.strip_prefix('/') {
        Some(pointer) => pointer.split('/').collect(),
        None if named.contains("://") => vec![named],
        None => return entry,
    };
    for step in steps {
        let rest = text.get(at..).unwrap_or_default();
        let Some(found) = rest.find(&format!("{step}:")).or_else(|| rest.find(step)) else {
            return entry;
        };
        at += found;
    }
    let before = text.get(..at).unwrap_or_default();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let line = count(before.matches('\n').count() + 1);
    let column = count(before.rsplit('\n').next().unwrap_or_default().chars().count() + 1);
    Place { position: Some((line, column)), ..entry }
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
