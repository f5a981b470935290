//! What can be found, by name: the kinds that scanners know, and those of `detectors/*.yaml`.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use schemars::{Schema, json_schema};
use syndic_detect::Entity;

use crate::report::Report;
use crate::text::{Meaning, Text, did_you_mean};

/// The name of a kind of personal data or secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntityName(String);

impl EntityName {
    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the kind.
    #[must_use]
    pub fn entity(&self) -> Entity {
        self.0.parse().unwrap_or_else(|_| Entity::Custom(self.0.as_str().into()))
    }
}

impl fmt::Display for EntityName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for EntityName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let shaped = text.starts_with(|c: char| c.is_ascii_uppercase())
            && text.len() <= 64
            && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if shaped {
            return Ok(Self(text.to_owned()));
        }
        Err(format!("`{}` is no kind's name", text.escape_debug()))
    }
}

impl Meaning for EntityName {
    const CODE: &'static str = "unknown-kind";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^[A-Z][A-Z0-9_]{0,63}$"})
    }

    fn hint(raw: &str) -> Option<String> {
        let hint = did_you_mean(raw, found().map(Entity::as_str));
        hint.or_else(|| Some("capitals, digits and `_`, like `EMAIL_ADDRESS`".to_owned()))
    }
}

/// Every kind that can be found.
#[derive(Debug, Clone)]
pub(crate) struct Kinds(BTreeSet<String>);

impl Default for Kinds {
    fn default() -> Self {
        Self(found().map(ToString::to_string).collect())
    }
}

impl Kinds {
    /// Adds a kind that a detector finds.
    pub(crate) fn add(&mut self, name: &EntityName) {
        self.0.insert(name.to_string());
    }

    /// Returns all names.
    pub(crate) fn all(&self) -> BTreeSet<EntityName> {
        self.0.iter().cloned().map(EntityName).collect()
    }

    /// Returns the names of what is no secret.
    pub(crate) fn personal(&self) -> BTreeSet<String> {
        let secret = |name: &&String| name.as_str() != Entity::Secret.as_str();
        self.0.iter().filter(secret).cloned().collect()
    }

    /// Reads a name; one of nothing that can be found is a finding.
    pub(crate) fn read(
        &self,
        text: &Text<EntityName>,
        report: &mut Report<'_>,
    ) -> Option<EntityName> {
        let name = report.read(text)?;
        if self.0.contains(name.as_str()) {
            return Some(name);
        }
        let hint = did_you_mean(name.as_str(), self.0.iter().map(String::as_str));
        let hint = hint.unwrap_or_else(|| "declare it in `detectors/`".to_owned());
        report.error(text.position, EntityName::CODE, format!("nothing finds `{name}`"), hint);
        None
    }

    /// Reads the names of a list.
    pub(crate) fn read_all(
        &self,
        texts: Option<&[Text<EntityName>]>,
        report: &mut Report<'_>,
    ) -> BTreeSet<EntityName> {
        texts.unwrap_or_default().iter().filter_map(|text| self.read(text, report)).collect()
    }
}

/// The kinds that scanners know.
fn found() -> impl Iterator<Item = &'static Entity> {
    let seam = |entity: &&Entity| matches!(entity, Entity::Person | Entity::StreetAddress);
    Entity::ALL.iter().filter(move |entity| !seam(entity))
}
