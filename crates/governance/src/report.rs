//! Findings about one file, gathered.

use syndic_model::{Finding, Level, Place};

use crate::position::Position;
use crate::text::{Meaning, Text};

/// What is wrong in one file, so far.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    file: &'a str,
    pub(crate) findings: Vec<Finding>,
}

impl<'a> Report<'a> {
    pub(crate) const fn new(file: &'a str) -> Self {
        Self { file, findings: Vec::new() }
    }

    /// Returns a place in this file.
    pub(crate) fn place(&self, position: Position) -> Place {
        Place { file: self.file.to_owned(), position }
    }

    pub(crate) fn error(
        &mut self,
        position: Position,
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) {
        self.add(Level::Error, position, code, message.into(), hint.into());
    }

    pub(crate) fn warn(
        &mut self,
        position: Position,
        code: &'static str,
        message: impl Into<String>,
        hint: &str,
    ) {
        self.add(Level::Warning, position, code, message.into(), Some(hint.to_owned()));
    }

    fn add(
        &mut self,
        level: Level,
        position: Position,
        code: &'static str,
        message: String,
        hint: Option<String>,
    ) {
        let place = self.place(position);
        self.findings.push(Finding { level, code, place, message, hint });
    }

    /// Reads a text; what it does not mean is a finding.
    pub(crate) fn read<T: Meaning>(&mut self, text: &Text<T>) -> Option<T> {
        match text.raw.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.error(text.position, T::CODE, error.to_string(), T::hint(&text.raw));
                None
            }
        }
    }

    /// Reads the texts of a list, leaving out those that mean nothing.
    pub(crate) fn read_all<T: Meaning>(&mut self, texts: Option<&[Text<T>]>) -> Vec<T> {
        texts.unwrap_or_default().iter().filter_map(|text| self.read(text)).collect()
    }

    /// Insists on a field.
    pub(crate) fn require<'v, T>(
        &mut self,
        value: Option<&'v T>,
        position: Position,
        field: &str,
        hint: &str,
    ) -> Option<&'v T> {
        if value.is_none() {
            self.error(position, "missing-field", format!("`{field}` is missing"), hint.to_owned());
        }
        value
    }
}
