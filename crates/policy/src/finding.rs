//! Short ways to say what is wrong, and where.

use std::sync::Arc;

use syndic_model::{Finding, Level, Place};

pub(crate) fn error(code: &'static str, place: Place, message: impl Into<String>) -> Finding {
    Finding { level: Level::Error, code, place, message: message.into(), hint: None }
}

pub(crate) fn warning(code: &'static str, place: Place, message: impl Into<String>) -> Finding {
    Finding { level: Level::Warning, ..error(code, place, message) }
}

pub(crate) fn note(code: &'static str, place: Place, message: impl Into<String>) -> Finding {
    Finding { level: Level::Note, ..error(code, place, message) }
}

/// Adds a hint to a finding.
pub(crate) trait Hint {
    fn hint(self, hint: impl Into<String>) -> Self;
    /// Adds `did you mean …?` if one of `candidates` is close to `word`.
    fn did_you_mean<'a>(self, word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self;
}

impl Hint for Finding {
    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    fn did_you_mean<'a>(self, word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        match near(word, candidates) {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }
}

/// Asks `did you mean …?` if one of `candidates` is close to `word`.
pub(crate) fn near<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let scored = candidates.into_iter().map(|known| (strsim::jaro_winkler(word, known), known));
    let (score, known) = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (score > 0.75).then(|| format!("did you mean `{known}`?"))
}

pub(crate) fn file(path: impl Into<String>) -> Place {
    Place { file: path.into(), position: None }
}

/// Returns the place of a byte offset: line and column from 1, columns in characters.
pub(crate) fn position(path: &str, text: &str, offset: usize) -> Place {
    Lines::of(text).position(path, text, offset)
}

/// Where the lines of a text begin, so that many places in a long file take no longer each than in a short one.
#[derive(Debug, Clone)]
pub(crate) struct Lines(Arc<[usize]>);

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        Self(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    pub(crate) fn position(&self, path: &str, text: &str, offset: usize) -> Place {
        let offset = if text.is_char_boundary(offset) { offset } else { text.len() };
        let line = self.0.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|before| self.0.get(before)).copied();
        let before = text.get(start.unwrap_or_default()..offset).unwrap_or_default();
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let position = (number(line), number(before.chars().count() + 1));
        Place { file: path.to_owned(), position: Some(position) }
    }
}
