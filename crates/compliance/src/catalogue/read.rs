//! YAML text to a catalogue: strict, bounded, and checked as a whole.

use serde_json::Value;
use serde_saphyr::{DuplicateKeyPolicy, MergeKeyPolicy, Options, budget, options};
use thiserror::Error;

use super::validate::mistakes;
use super::{BUILTIN_TEXT, Catalogue, Mistake};

/// A text is no catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CatalogueError {
    /// It cannot be read: its syntax, a field or a word is wrong.
    #[error("the catalogue cannot be read: {told}")]
    Unreadable {
        /// What is wrong, with line and column where that is known.
        told: String,
    },
    /// It can be read, but is wrong in itself.
    #[error("the catalogue is wrong in itself:{}", .0.iter().map(|one| format!("\n- {one}")).collect::<String>())]
    Wrong(Vec<Mistake>),
}

impl Catalogue {
    /// Returns the catalogue of this program as it is written, for people and other programs; its JSON Schema is
    /// [`Self::schema`].
    ///
    /// # Errors
    ///
    /// None in a program that was tested.
    pub fn document() -> Result<Value, CatalogueError> {
        serde_saphyr::from_str_with_options(BUILTIN_TEXT, strict()).map_err(|error| {
            CatalogueError::Unreadable { told: error.without_snippet().to_string() }
        })
    }

    /// Reads a catalogue and checks all of it.
    ///
    /// # Errors
    ///
    /// The first thing that cannot be read, or else every mistake, each with its place and what to do.
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        let catalogue: Self =
            serde_saphyr::from_str_with_options(text, strict()).map_err(|error| {
                CatalogueError::Unreadable { told: error.without_snippet().to_string() }
            })?;
        match mistakes(&catalogue) {
            none if none.is_empty() => Ok(catalogue),
            mistakes => Err(CatalogueError::Wrong(mistakes)),
        }
    }
}

fn strict() -> Options {
    options! {
        budget: budget! { max_depth: 64, max_nodes: 50_000, max_events: 150_000, max_aliases: 0, max_documents: 1 },
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        reject_unsupported_tags: true,
        with_snippet: false,
    }
}
