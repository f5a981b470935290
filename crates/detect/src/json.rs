//! JSON read from its own bytes: what a string holds is searched without its escapes, under the key it stands at, and
//! what is found has its place in the document.
//!
//! Strings, keys and whole numbers, however they are written, are searched. A string that holds JSON itself is read as
//! such. Short strings or numbers that follow each other in one object or array, or in the few places of those within,
//! or stand under one key of the objects of an array, are joined and searched as one value; each piece of what is found
//! then is a finding of its own.

mod columns;
mod lexer;
mod nested;
mod number;
mod pieces;
mod place;
mod text;
mod walk;

use serde_json::value::RawValue;

pub(crate) use lexer::{Lexer, Token};
pub(crate) use nested::numbers_in;
pub(crate) use text::unescaped;
use walk::Walk;

use crate::limits::Budget;
use crate::{Context, Findings, OverBudget, Scanner};

/// A document is not searched as JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// It is none.
    #[error("no JSON at byte {0}")]
    Malformed(usize),
    /// It would cost more than it may.
    #[error(transparent)]
    OverBudget(#[from] OverBudget),
}

impl Scanner {
    /// Finds what the keys, strings and numbers of a JSON document hold; spans are of its bytes.
    ///
    /// # Errors
    /// When it would cost more than [`Limits`](crate::Limits) say, or is nested too deep.
    pub fn scan_json(
        &self,
        json: &RawValue,
        context: &Context<'_>,
    ) -> Result<Findings, OverBudget> {
        match self.scan_json_text(json.get(), context) {
            Ok(findings) => Ok(findings),
            Err(JsonError::OverBudget(error)) => Err(error),
            // A raw value always is JSON; were it not, it still would be text.
            Err(JsonError::Malformed(_)) => self.scan(json.get(), context),
        }
    }

    /// Does as [`scan_json`](Self::scan_json) does, of a text that may be JSON.
    ///
    /// # Errors
    /// When it is not, would cost more than [`Limits`](crate::Limits) say, or is nested too deep.
    pub fn scan_json_text(&self, json: &str, context: &Context<'_>) -> Result<Findings, JsonError> {
        let budget = Budget::new(self.limits(), json.len())?;
        Walk::new(self, context, budget).document(json)
    }
}
