//! Packs: policies with their tests and calendars, to be added to a governance directory.

use std::collections::BTreeSet;
use std::path::Path;

use syndic_model::Capability;

use crate::directory::{Directory, Kind};
use crate::init::{InitError, write_new};
use crate::wire::ApproversFile;
use crate::yaml;

/// A pack as it is shipped.
#[derive(Debug)]
pub struct Pack {
    /// Its name, as in `packs/NAME`.
    pub name: &'static str,
    /// What it is for, in a line.
    pub summary: &'static str,
    /// The page about it, in Markdown.
    pub page: &'static str,
    /// Its files: where each goes, and what it says.
    pub files: &'static [(&'static str, &'static str)],
    /// The capabilities that its policies are about.
    pub needs: &'static [Capability],
    /// The labels of sessions that its policies are about.
    pub labels: &'static [&'static str],
}

/// What became of a file of a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// It was written.
    Added,
    /// It was there, to the letter.
    Unchanged,
    /// Another file of that name is there, or others declare the groups in it; it was left alone.
    Kept,
}

macro_rules! files {
    ($name:literal: $($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../packs/", $name, "/", $path)))),*]
    };
}

macro_rules! page {
    ($name:literal) => {
        include_str!(concat!("../../../packs/", $name, "/README.md"))
    };
}

const PACKS: &[Pack] = &[
    Pack {
        name: "baseline",
        summary: "the permit, no personal data outside, no money or code on an advisory path",
        page: page!("baseline"),
        files: files!("baseline":
            "policies/org/baseline.cedar",
            "policies/org/no-pii-external.cedar",
            "policies/org/advisory-path.cedar",
            "policies/tests/pack-baseline.yaml",
        ),
        needs: &[
            Capability::SendExternalMessage,
            Capability::FinancialTransaction,
            Capability::ExecuteCode,
        ],
        labels: &[],
    },
    Pack {
        name: "business-hours",
        summary: "money moves while somebody is there; messages at night are counted",
        page: page!("business-hours"),
        files: files!("business-hours":
            "calendars/business-hours.yaml",
            "policies/org/business-hours.cedar",
            "policies/tests/pack-business-hours.yaml",
        ),
        needs: &[Capability::FinancialTransaction, Capability::SendExternalMessage],
        labels: &[],
    },
    Pack {
        name: "information-flow",
        summary: "what was read decides who may be written to, and whether money moves or code runs",
        page: page!("information-flow"),
        files: files!("information-flow":
            "approvers/support.yaml",
            "approvers/finance.yaml",
            "policies/org/information-flow.cedar",
            "policies/tests/pack-information-flow.yaml",
        ),
        needs: &[
            Capability::SendExternalMessage,
            Capability::FinancialTransaction,
            Capability::ExecuteCode,
        ],
        labels: &["untrusted_content", "sensitive_data"],
    },
    Pack {
        name: "mcp",
        summary: "what servers of the Model Context Protocol may ask for, and who looks at changed tools",
        page: page!("mcp"),
        files: files!("mcp":
            "actions/mcp.yaml",
            "approvers/tools.yaml",
            "policies/org/mcp.cedar",
            "policies/tests/pack-mcp.yaml",
        ),
        needs: &[],
        labels: &[],
    },
    Pack {
        name: "owasp-agentic",
        summary: "policies and tests by the ids of the OWASP Top 10 for Agentic Applications",
        page: page!("owasp-agentic"),
        files: files!("owasp-agentic":
            "policies/org/owasp-agentic.cedar",
            "policies/tests/pack-owasp-agentic.yaml",
        ),
        needs: &[
            Capability::WriteData,
            Capability::SendExternalMessage,
            Capability::ExecuteCode,
            Capability::FinancialTransaction,
        ],
        labels: &[],
    },
    Pack {
        name: "unusual-behaviour",
        summary: "what is far from an agent's own usual waits for a human",
        page: page!("unusual-behaviour"),
        files: files!("unusual-behaviour":
            "approvers/support.yaml",
            "policies/org/unusual-behaviour.cedar",
            "policies/tests/pack-unusual-behaviour.yaml",
        ),
        needs: &[
            Capability::WriteData,
            Capability::SendExternalMessage,
            Capability::FinancialTransaction,
            Capability::ExecuteCode,
        ],
        labels: &[],
    },
];

/// Returns all packs, by name.
#[must_use]
pub const fn packs() -> &'static [Pack] {
    PACKS
}

/// Finds a pack.
#[must_use]
pub fn pack(name: &str) -> Option<&'static Pack> {
    PACKS.iter().find(|pack| pack.name == name)
}

impl Pack {
    /// Writes the files that are not there yet; none that is there is changed.
    ///
    /// # Errors
    /// When a file cannot be written; those before it were.
    pub fn add(&self, dir: &Path) -> Result<Vec<(&'static str, Placed)>, InitError> {
        let place = |(path, text): &(&'static str, &str)| Ok((*path, place(dir, path, text)?));
        self.files.iter().map(place).collect()
    }

    /// Compares the files with those that are there; `None` is not there.
    #[must_use]
    pub fn compare(&self, dir: &Path) -> Vec<(&'static str, Option<Placed>)> {
        self.files.iter().map(|(path, text)| (*path, there(dir, path, text))).collect()
    }
}

fn place(dir: &Path, path: &str, text: &str) -> Result<Placed, InitError> {
    if let Some(placed) = there(dir, path, text) {
        return Ok(placed);
    }
    let path = dir.join(path);
    write_new(&path, text).map_err(|source| InitError::Write { path, source })?;
    Ok(Placed::Added)
}

fn there(dir: &Path, path: &str, text: &str) -> Option<Placed> {
    let approves = path.starts_with("approvers/");
    let path = dir.join(path);
    if path.symlink_metadata().is_err() {
        return (approves && declares_any(dir, text)).then_some(Placed::Kept);
    }
    let same = std::fs::read_to_string(path).is_ok_and(|there| there == text);
    Some(if same { Placed::Unchanged } else { Placed::Kept })
}

/// Tells whether a directory declares a group or person of a file of approvers: declared twice they would be errors.
fn declares_any(dir: &Path, text: &str) -> bool {
    let Ok(file) = yaml::parse::<ApproversFile>("approvers", text) else { return false };
    let directory = Directory::read(dir);
    let there = directory.kinds.iter().filter(|(_, kind)| **kind == Kind::Approvers);
    let there = there.filter_map(|(path, _)| yaml::parse(path, directory.text(path)).ok());
    let known: BTreeSet<String> = there.flat_map(|file| declared(&file)).collect();
    declared(&file).iter().any(|id| known.contains(id))
}

fn declared(file: &ApproversFile) -> Vec<String> {
    let people = file.people.iter().flat_map(|people| &people.0).map(|(id, _)| &id.raw);
    let groups = file.groups.iter().flat_map(|groups| &groups.0).map(|(id, _)| &id.raw);
    people.map(|id| format!("person {id}")).chain(groups.map(|id| format!("group {id}"))).collect()
}
