//! The technical documentation of Annex IV of the EU AI Act, as far as a runtime can fill it.
//!
//! What it holds is in the report, in the governance directory in force or in a statement of a person, and says which,
//! and of when it is. The rest needs a person, and says what is asked of them.

mod basis;
mod element;
mod fact;
mod need;
mod pages;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use self::basis::Basis;
use self::element::ELEMENTS;
use crate::report::{CatalogueUsed, LogUsed, Subject};
use crate::{Catalogue, Report, Setup, Verdict};

/// The format of a dossier.
pub const DOSSIER_SCHEMA: &str = "syndic/dossier/v1";

/// The sections of Annex IV, with what is known of each and what needs a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dossier {
    /// [`DOSSIER_SCHEMA`].
    pub schema: String,
    /// The version of the program that made it.
    pub program: String,
    /// When the report was made that it rests on.
    pub made_at: Timestamp,
    /// Whom it is about.
    pub agent: Subject,
    /// SHA-256 (hex) of the report that it rests on; left out where that has no canonical form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
    /// The hash of the governance directory that it rests on.
    pub manifest: String,
    /// The catalogue whose sections it has.
    pub catalogue: CatalogueUsed,
    /// The log that the report rests on.
    pub log: LogUsed,
    /// The ids of the elements that need a person.
    pub open: Vec<String>,
    /// The sections, in order.
    pub sections: Vec<DossierSection>,
}

/// A section of Annex IV.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DossierSection {
    /// Its number.
    pub section: u8,
    /// What it holds, in our own words.
    pub content: String,
    /// Its elements, in order.
    pub elements: Vec<Element>,
}

/// Something that a section asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Element {
    /// Where the annex has it, such as `2(e)`.
    pub id: String,
    /// What it asks for, in our own words.
    pub asks: String,
    /// What is known of it.
    pub shown: Vec<Shown>,
    /// What needs a person; empty where nothing does.
    pub needed: Vec<Needed>,
}

/// Something that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// What it is about, such as `purpose`.
    pub what: String,
    /// What is known, for people.
    pub told: String,
    /// Of which day it is.
    pub on: Date,
    /// Where it comes from.
    pub from: Source,
}

/// Where something comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A file of the governance directory in force.
    File(String),
    /// What the report says of itself and of its log.
    Report,
    /// A reading of the report.
    Reading {
        /// The probe's id.
        probe: String,
        /// The version of its rule.
        version: u32,
        /// What its rule says.
        verdict: Verdict,
        /// The first and the last record it rests on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        records: Option<(u64, u64)>,
    },
    /// A statement that holds.
    Statement {
        /// What it is about.
        field: String,
        /// Who states it.
        by: String,
        /// Their function.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        function: Option<String>,
        /// SHA-256 (hex) of the document it rests on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<String>,
        /// The record that has it; left out where it stands in the governance directory.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        record: Option<u64>,
    },
}

/// Something that needs a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Needed {
    /// What is asked of them.
    pub asks: String,
    /// Why it is open.
    pub why: String,
    /// What a statement that carries it is about: a field, or a control.
    pub field: String,
    /// The command that states it, or the document to look into.
    pub closes: String,
}

/// Fills the sections of Annex IV with what is known. Nothing is put in the place of what is not.
#[must_use]
pub fn dossier(report: &Report, setup: &Setup, catalogue: &Catalogue) -> Dossier {
    let basis = Basis { report, setup, catalogue };
    let sections: Vec<_> = catalogue
        .annex_iv
        .iter()
        .map(|section| DossierSection {
            section: section.section,
            content: section.content.clone(),
            elements: ELEMENTS
                .iter()
                .filter(|asked| asked.section == section.section)
                .map(|asked| asked.fill(&basis))
                .collect(),
        })
        .collect();
    let elements = sections.iter().flat_map(|section| &section.elements);
    let open = elements.filter(|element| !element.needed.is_empty());
    Dossier {
        schema: DOSSIER_SCHEMA.to_owned(),
        program: report.program.clone(),
        made_at: report.made_at,
        agent: report.agent.clone(),
        report: report.digest().ok(),
        manifest: setup.manifest.clone(),
        catalogue: report.catalogue.clone(),
        log: report.log.clone(),
        open: open.map(|element| element.id.clone()).collect(),
        sections,
    }
}

impl Dossier {
    /// Writes it as Markdown (GFM). Every text is escaped.
    #[must_use]
    pub fn markdown(&self) -> String {
        crate::render::markdown::write(&pages::document(self))
    }

    /// Writes it as one page that needs nothing else. Every text is escaped.
    #[must_use]
    pub fn html(&self) -> String {
        crate::render::html::write(&pages::document(self))
    }
}
